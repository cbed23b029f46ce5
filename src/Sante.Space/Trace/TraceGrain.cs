using System.Text.Json;
using Orleans;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>A line as a reader of the trace may see it.</summary>
[GenerateSerializer]
public sealed record ShownLine(long Number, DateTimeOffset At, TraceLine Line, string Sentence)
{
    public override string ToString() => $"Line {Number}";
}

/// <summary>A page of the trace, newest first. <paramref name="Next"/>: the number below which the next page begins; null at the end.</summary>
[GenerateSerializer]
public sealed record TraceDisclosed(IReadOnlyList<ShownLine> Lines, long? Next, DisclosePermit Permit)
{
    /// <summary>Patient.id of the holder, "" where there is none (an actor's own log).</summary>
    public string Patient { get; init; } = "";

    public override string ToString() => $"Trace of {Lines.Count}";
}

/// <summary>Notices of a space, newest first.</summary>
[GenerateSerializer]
public sealed record NoticesDisclosed(IReadOnlyList<StoredNotice> Notices, DisclosePermit Permit)
{
    public override string ToString() => $"Notices {Notices.Count}";
}

/// <summary>Who accessed, in plain French, and what the space was told. Reading either is itself a line.</summary>
public interface ITraceGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Lines below <paramref name="before"/> (null = the newest), at most <paramref name="most"/> (1 to <see cref="SpaceGrain.MostLines"/>) numbers. What this reader may
    /// not know of is left out. For the holder's side, in every state of the account.
    /// </summary>
    Task<Outcome<TraceDisclosed>> ReadTraceAsync(Actor by, long? before, int most);

    /// <summary>The notices of this space.</summary>
    Task<Outcome<NoticesDisclosed>> ReadNoticesAsync(Actor by, int most);

    /// <summary>This space is an actor's own log: its notices, to that actor alone. Refusal <c>space-unknown</c> to any other.</summary>
    Task<Outcome<NoticesDisclosed>> ReadOwnLogAsync(Actor by, int most);

    /// <summary>This space is an actor's own log: it asked for someone who has no space. The same work as a refusal in a space.</summary>
    Task<Outcome<bool>> NoteMissAsync(Actor by, AccessMode mode);
}

public sealed partial class SpaceGrain : ITraceGrain
{
    /// <summary>Most lines of one reading.</summary>
    public const int MostLines = 1000;

    public async Task<Outcome<TraceDisclosed>> ReadTraceAsync(Actor by, long? before, int most)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            if (!(await EvaluateAsync(AskForTrace(by))).TryGet(out var evaluation, out var refusal))
                return refusal;
            if (!(await DiscloseAsync(evaluation, Disclosure.Nothing("trace"))).TryGet(out var permit, out var lost))
                return lost;
            if (permit is null)
                continue;
            var recorded = await ledger.ReadLinesAsync(permit, before ?? long.MaxValue, Math.Clamp(most, 1, MostLines));
            var name = evaluation.Decision.Capacity == Capacity.Holder ? null : evaluation.State.Account.HolderName;
            var shown = recorded.Select(line => Show(line, evaluation.Decision.Filter, name)).OfType<ShownLine>().ToList();
            return new TraceDisclosed(shown, recorded is [.., { Number: > 1 } last] ? last.Number : null, permit)
            {
                Patient = evaluation.State.Account.Holder?.Value ?? "",
            };
        }
        return Contended;
    }

    public async Task<Outcome<NoticesDisclosed>> ReadNoticesAsync(Actor by, int most)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            if (!(await EvaluateAsync(AskForTrace(by))).TryGet(out var evaluation, out var refusal))
                return refusal;
            // A representative is told in his own space of what he may know: of a document he reads nothing here, where a minor's secrets are told too.
            var notices = await NoticesAsync(evaluation.Permit, most, evaluation.Decision.Capacity == Capacity.Representative ? Notices.OfDocuments : []);
            if (!(await DiscloseAsync(evaluation, new Disclosure([], notices.Count, "notices"))).TryGet(out var permit, out var lost))
                return lost;
            if (permit is not null)
                return new NoticesDisclosed(notices, permit);
        }
        return Contended;
    }

    public async Task<Outcome<NoticesDisclosed>> ReadOwnLogAsync(Actor by, int most)
    {
        if (await ledger.ActorSpaceAsync(by.Identifier) != Space)
            return AccessRefusals.SpaceUnknown;
        var own = OwnLog.PermitOf(Space);
        var notices = await NoticesAsync(own, most, []);
        var traced = await ledger.TraceAsync(own, Json(OwnLine(by, AccessMode.Normal, "Votre propre journal.", allowed: true, notices.Count)));
        return traced.Then<NoticesDisclosed>(recorded => recorded.Permit is { } permit ? new NoticesDisclosed(notices, permit) : Contended);
    }

    public async Task<Outcome<bool>> NoteMissAsync(Actor by, AccessMode mode)
    {
        if (await ledger.ActorSpaceAsync(by.Identifier) != Space)
            return AccessRefusals.SpaceUnknown;
        var line = OwnLine(by, mode, "Aucun espace ne correspond à cette identité.", allowed: false, 0);
        var written = await ledger.CommitAsync(new WriteRequest(Space, OwnLog.AccessVersion) { Lines = [Json(line)], ShareKey = $"miss|{mode}" });
        return written.Then<bool>(_ => true);
    }

    private static AccessRequest AskForTrace(Actor by) =>
        new(by, AccessAction.ReadTrace, AccessMode.Normal, Categories.None, Purposes.None, default, [], false);

    private static TraceLine OwnLine(Actor by, AccessMode mode, string reason, bool allowed, int total) => new()
    {
        Who = by, Action = TraceAction.ReadTrace, Allowed = allowed, Rule = "acc-own-log", Reason = reason, Mode = mode, Total = total, Origin = by.Client,
    };

    private static ShownLine? Show(RecordedLine recorded, VisibilityFilter filter, string? holderName)
    {
        var line = JsonSerializer.Deserialize<TraceLine>(recorded.Body, SpaceJson.Options) ?? throw new JsonException("null is not a line");
        return TraceSight.For(line, filter) is { } seen
            ? new ShownLine(recorded.Number, recorded.At, seen, TraceFrench.Sentence(seen, recorded.At, holderName))
            : null;
    }

    private async Task<IReadOnlyList<StoredNotice>> NoticesAsync(EvaluatePermit permit, int most, IReadOnlyCollection<string> without)
    {
        var rows = await ledger.Resources.CandidatesAsync(permit, NoticeBox.StoredType, [], []);
        return [.. rows.Select(row => JsonSerializer.Deserialize<StoredNotice>(row.Body, SpaceJson.Options)!)
            .Where(notice => !without.Contains(notice.Kind)).Take(Math.Clamp(most, 1, MostLines))];
    }
}
