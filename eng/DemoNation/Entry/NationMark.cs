using System.Globalization;
using System.Text.Json;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.DemoNation;

/// <summary>What the database knows of the nation in it: seed, day, and whether it is whole.</summary>
public sealed record Filled(int Seed, DateOnly Today, bool IsWhole);

/// <summary>The mark of the nation in the database: two events in a log of its own, kept by the ledger like any other.</summary>
internal sealed class NationMark(Ledger.Ledger ledger)
{
    private const string Stream = "demo-nation";
    private static readonly ActorIdentifier Name = new(ActorIdentifier.PlatformSystem, "demo-nation");

    /// <summary>The mark, or null in a database without nation.</summary>
    public async Task<Filled?> ReadAsync(CancellationToken cancel)
    {
        var events = (await SnapshotAsync(cancel)).Events;
        return events.Count == 0 ? null : Parse(events[0].Body) with { IsWhole = events.Count > 1 };
    }

    /// <summary>Notes that the nation begins, or that it is whole.</summary>
    public async Task WriteAsync(Filled filled, CancellationToken cancel)
    {
        var snapshot = await SnapshotAsync(cancel);
        var body = JsonSerializer.SerializeToUtf8Bytes(new { seed = filled.Seed, today = filled.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) });
        var written = await ledger.CommitAsync(new WriteRequest(snapshot.Space, snapshot.AccessVersion)
        {
            StateVersion = snapshot.StateVersion, Events = [new NewEvent(Stream, snapshot.Events.Count + 1, body)],
        }, cancel);
        if (!written.TryGet(out var verdict, out var refusal) || !verdict.IsAccepted)
        {
            throw new InvalidOperationException($"The nation's mark was not written: {refusal?.Code ?? verdict!.Kind.ToString()}.");
        }
    }

    private async Task<SpaceSnapshot> SnapshotAsync(CancellationToken cancel)
    {
        var space = await ledger.ActorSpaceAsync(Name, cancel);
        return (await ledger.LoadAsync(space, [Stream], cancel)).TryGet(out var snapshot, out var refusal)
            ? snapshot
            : throw new InvalidOperationException($"The nation's mark cannot be read: {refusal.Code}.");
    }

    private static Filled Parse(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        return new Filled(
            json.RootElement.GetProperty("seed").GetInt32(),
            DateOnly.Parse(json.RootElement.GetProperty("today").GetString()!, CultureInfo.InvariantCulture), false);
    }
}
