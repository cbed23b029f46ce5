using System.Security.Cryptography;
using Sante.Ledger.Keys;

namespace Sante.Ledger.Writing;

/// <summary>A request with every content sealed, ready for the batch; sealing is done by the caller's thread, not by the writer.</summary>
internal sealed class SealedRequest
{
    internal readonly record struct Row(Guid RowId, byte[] Body);

    private SealedRequest(WriteRequest plain) => Plain = plain;

    public WriteRequest Plain { get; }
    public required Row[] Lines { get; init; }
    public required byte[][] Salts { get; init; }
    public required Row[] Events { get; init; }
    public required Row[] Resources { get; init; }
    public required long[] ResourceTypes { get; init; }
    /// <summary>Search tokens of each resource, sorted.</summary>
    public required long[][] Tokens { get; init; }
    public required (Guid Id, long Parameter, DateTimeOffset Low, DateTimeOffset High)[] Dates { get; init; }
    public required (Guid Id, long Parameter, double Value)[] Numbers { get; init; }
    public required (Guid Id, long Parameter, string Text)[] Texts { get; init; }
    public required (Guid Id, Guid Patient)[] Mentions { get; init; }
    public required (long Lock, long Type, long[] Tokens, Guard Plain)[] Guards { get; init; }
    public required (long Id, DateTimeOffset? At, Row Row)[] Due { get; init; }
    public required Row[] Outbox { get; init; }
    public byte[]? IdempotencyToken { get; init; }
    public Row Result { get; init; }
    public long? Share { get; init; }

    /// <summary>Sealed bytes plus a fixed estimate per row: large ones are committed alone.</summary>
    public int WeightBytes { get; private init; }

    public static SealedRequest Seal(WriteRequest plain, SpaceKeys keys)
    {
        Row Sealed(SealedTable table, ReadOnlyMemory<byte> body)
        {
            var rowId = Randomness.NewId();
            return new Row(rowId, keys.Seal(table, rowId, body.Span));
        }

        var lines = plain.Lines.Select(l => Sealed(SealedTable.Trace, l)).ToArray();
        var events = plain.Events.Select(e => Sealed(SealedTable.Event, e.Body)).ToArray();
        var resources = plain.Resources.Select(r => Sealed(SealedTable.Resource, r.Body)).ToArray();
        var tokens = plain.Resources.Select(r => TokensOf(r, keys)).ToArray();
        var dates = plain.Resources.SelectMany(r => r.Dates.Select(d => (r.Id, keys.IndexName(d.Parameter, ""), d.Low, d.High))).ToArray();
        var due = plain.Due.Select(d => (keys.IndexToken("due", d.Name), d.At, d.At is null ? default : Sealed(SealedTable.Due, d.Body))).ToArray();
        var outbox = plain.Outbox.Select(o => Sealed(SealedTable.Outbox, o)).ToArray();
        var idem = plain.Idempotency;
        return new SealedRequest(plain)
        {
            Lines = lines,
            Salts = [.. lines.Select(_ => RandomNumberGenerator.GetBytes(16))],
            Events = events,
            Resources = resources,
            ResourceTypes = [.. plain.Resources.Select(r => keys.IndexName("type", r.Type))],
            Tokens = tokens,
            Dates = dates,
            Numbers = [.. plain.Resources.SelectMany(r => r.Numbers.Select(n => (r.Id, keys.IndexName(n.Parameter, ""), n.Value)))],
            Texts = [.. plain.Resources.SelectMany(r => r.Texts.Select(t => (r.Id, keys.IndexName(t.Parameter, ""), t.Folded[..Math.Min(t.Folded.Length, IndexText.MaxLength)])))],
            Mentions = [.. plain.Resources.SelectMany(r => r.Mentions.Select(patient => (r.Id, patient)))],
            Guards = [.. plain.Guards.Select(g => (keys.IndexToken("guard/" + g.Type, g.Name), keys.IndexName("type", g.Type),
                g.Tokens.Select(t => keys.IndexName(t.Parameter, t.Value)).ToArray(), g))],
            Due = due,
            Outbox = outbox,
            IdempotencyToken = idem is null ? null : keys.LongIndexToken("idempotency/" + idem.Scope, idem.Key),
            Result = idem is null ? default : Sealed(SealedTable.Idempotency, idem.Result),
            Share = plain.ShareKey is null ? null : keys.HasContent ? keys.IndexToken("refusal", plain.ShareKey) : null,
            WeightBytes = lines.Concat(events).Concat(resources).Concat(outbox).Sum(r => r.Body.Length + 64) + (tokens.Sum(t => t.Length) + dates.Length) * 48,
        };
    }

    /// <summary>By which a resource is found: in its own space, and in a workbench across spaces too.</summary>
    private static long[] TokensOf(NewResource resource, SpaceKeys keys)
    {
        var tokens = new HashSet<long>();
        foreach (var token in resource.Tokens)
        {
            tokens.Add(keys.OwnToken(token.Parameter, token.Value));
            if (keys.Workbench is not null)
                tokens.Add(keys.IndexName(token.Parameter, token.Value));
        }
        var sorted = tokens.ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
