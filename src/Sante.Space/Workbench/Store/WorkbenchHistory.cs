using System.Buffers.Binary;
using System.Buffers.Text;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Workbenches;

namespace Sante.Space.Workbench;

/// <summary>Histories: of one resource, of a type, of a whole workbench (http://hl7.org/fhir/R4/http.html#history). Newest first, by instant, row and version.</summary>
internal sealed class WorkbenchHistory(Ledger.Ledger ledger, WorkbenchPlaces places)
{
    private const int CursorBytes = 8 + 16 + 4;

    public async Task<Outcome<WorkbenchPage>> PageAsync(
        WorkbenchServer workbench, WorkbenchHistoryQuery query, Func<SpaceId, IEnumerable<FoundRow>, Task<Outcome<DisclosePermit>>> trace, CancellationToken cancel)
    {
        var before = query.Cursor is null ? null : Read(query.Cursor);
        if (query.Cursor is not null && before is null)
            return WorkbenchCursors.Invalid;
        var space = workbench.Home;
        Guid? row = query is { Type: { } type, Id: { } id } ? RowIds.Of(workbench.Number, type, id) : null;
        if (row is { } one)
        {
            if (await places.FindAsync(one, cancel) is not { } home)
                return WorkbenchRefusals.ResourceUnknown;
            space = home;
        }
        var wanted = new HistoryQuery(row, row is null ? query.Type : null, query.Since, query.At, before, query.Count + 1);
        var versions = await ledger.WorkbenchRows.FindVersionsAsync(workbench.Home, workbench.Number, wanted, cancel);
        var page = versions.Take(query.Count).ToList();
        var opened = (await ledger.WorkbenchRows.ReadVersionsAsync(page, cancel)).ToDictionary(r => (r.Id, r.Version));
        var found = page.Where(v => opened.ContainsKey((v.Id, v.Version)))
            .Select(v => new FoundRow(v.Space, StoredVersion.Read(opened[(v.Id, v.Version)]))).ToList();
        if (!(await trace(space, found)).TryGet(out var permit, out var refusal))
            return refusal;
        var next = versions.Count > query.Count && page is [.., var last] ? Write(last) : null;
        return new WorkbenchPage([.. found.Select(f => f.Stored)], [], next is null && before is null ? found.Count : null, next, permit);
    }

    private static string Write(VersionRow last)
    {
        Span<byte> bytes = stackalloc byte[CursorBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, last.At.UtcTicks);
        last.Id.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes[24..], last.Version);
        return Base64Url.EncodeToString(bytes);
    }

    private static (DateTimeOffset At, Guid Id, int Version)? Read(string cursor)
    {
        if (WorkbenchCursors.Bytes(cursor, CursorBytes) is not { } bytes)
            return null;
        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return ticks is < 0 or > 3155378975999999999 ? null
            : (new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes.AsSpan(8, 16), bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(24)));
    }
}

/// <summary>Cursors of histories and $everything: places in an order of rows, in Base64Url. Whoever forges one finds what his query finds anyway.</summary>
internal static class WorkbenchCursors
{
    public static readonly Refusal Invalid = new("cursor-invalid", RefusalKind.Invalid, "Ce curseur de page n’est pas de cette requête.");

    public static byte[]? Bytes(string cursor, int length) =>
        Base64Url.IsValid(cursor, out var decoded) && decoded == length ? Base64Url.DecodeFromChars(cursor) : null;
}
