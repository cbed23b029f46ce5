using System.Buffers.Text;
using Sante.Fhir.Bundles;
using Sante.Fhir;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Workbenches;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>Patient/[id]/$everything</c> (http://hl7.org/fhir/R4/patient-operation-everything.html): the patient first, its space, what is of its compartment and
/// lives elsewhere; with each page what it refers to outside compartments (organisations, practitioners…), as included.
/// </summary>
internal sealed class WorkbenchEverything(Ledger.Ledger ledger, WorkbenchPlaces places)
{
    /// <summary>A cursor is a stage (1 the space, 2 elsewhere) and the last row of it.</summary>
    private const int CursorBytes = 17;

    public async Task<Outcome<WorkbenchPage>> PageAsync(
        WorkbenchServer workbench, WorkbenchEverythingQuery query, Func<SpaceId, IEnumerable<FoundRow>, Task<Outcome<DisclosePermit>>> trace, CancellationToken cancel)
    {
        var patient = RowIds.Of(workbench.Number, "Patient", query.PatientId);
        if (await places.FindAsync(patient, cancel) is not { } space)
            return WorkbenchRefusals.ResourceUnknown;
        var cursor = query.Cursor is null ? null : WorkbenchCursors.Bytes(query.Cursor, CursorBytes);
        if (query.Cursor is not null && cursor is null)
            return WorkbenchCursors.Invalid;

        var found = new List<FoundRow>();
        if (cursor is null)
        {
            if ((await ledger.WorkbenchRows.ReadAsync([patient], cancel)).SingleOrDefault(row => !row.Deleted) is not { } self)
                return WorkbenchRefusals.ResourceUnknown;
            Add(found, self, query);
        }
        var next = await FillAsync(found, query, patient, space, cursor, cancel);
        var included = await ReferredAsync(workbench, found, query, cancel);
        if (!(await trace(space, found.Concat(included))).TryGet(out var permit, out var refusal))
            return refusal;
        return new WorkbenchPage([.. found.Select(f => f.Stored)], [.. included.Select(f => f.Stored)], cursor is null && next is null ? found.Count : null, next, permit);
    }

    private async Task<string?> FillAsync(List<FoundRow> found, WorkbenchEverythingQuery query, Guid patient, SpaceId space, byte[]? cursor, CancellationToken cancel)
    {
        var stage = cursor?[0] ?? 1;
        Guid? after = cursor is null ? null : new Guid(cursor.AsSpan(1, 16), bigEndian: true);
        while (stage == 1)
        {
            var rows = await ledger.WorkbenchRows.ReadSpaceAsync(space, after, query.Since, query.Count + 1, cancel);
            foreach (var row in rows)
            {
                if (found.Count >= query.Count)
                    return Write(1, after ?? Guid.Empty);
                if (row.Id != patient)
                    Add(found, row, query);
                after = row.Id;
            }
            if (rows.Count <= query.Count)
                (stage, after) = (2, null);
        }
        var elsewhere = (await ledger.WorkbenchRows.MentionsAsync(patient, cancel)).Where(id => after is null || Compare(id, after.Value) > 0).ToList();
        foreach (var row in (await ledger.WorkbenchRows.ReadAsync(elsewhere, cancel)).Where(row => !row.Deleted && !(row.At < query.Since)).OrderBy(row => row.Id, Comparer<Guid>.Create(Compare)))
        {
            if (found.Count >= query.Count)
                return Write(2, after ?? Guid.Empty);
            Add(found, row, query);
            after = row.Id;
        }
        return null;
    }

    /// <summary>What the page's resources refer to and that is of no patient: it lives in the home space.</summary>
    private async Task<IReadOnlyList<FoundRow>> ReferredAsync(WorkbenchServer workbench, List<FoundRow> found, WorkbenchEverythingQuery query, CancellationToken cancel)
    {
        if (query.Types is not null)
            return [];
        var ids = new HashSet<Guid>();
        foreach (var one in found)
            foreach (var reference in ReferenceRewrite.References(StoredVersion.Parse(one.Stored)))
                if (LocalReference.Of(reference.Text!) is var (type, id))
                    ids.Add(RowIds.Of(workbench.Number, type, id));
        var rows = ids.Count == 0 ? [] : await ledger.WorkbenchRows.ReadAsync(ids, cancel);
        return [.. rows.Where(row => row.Space == workbench.Home && !row.Deleted).OrderBy(row => row.Id).Select(row => new FoundRow(row.Space, StoredVersion.Read(row)))];
    }

    private static void Add(List<FoundRow> found, WorkbenchRow row, WorkbenchEverythingQuery query)
    {
        var stored = StoredVersion.Read(row);
        if ((query.Types is null || query.Types.Contains(stored.Type)) && !(stored.At < query.Since))
            found.Add(new FoundRow(row.Space, stored));
    }

    /// <summary>PostgreSQL's order of uuids: by bytes.</summary>
    private static int Compare(Guid left, Guid right) => left.ToByteArray(bigEndian: true).AsSpan().SequenceCompareTo(right.ToByteArray(bigEndian: true));

    private static string Write(byte stage, Guid last)
    {
        Span<byte> bytes = stackalloc byte[CursorBytes];
        bytes[0] = stage;
        last.TryWriteBytes(bytes[1..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }
}

/// <summary>A relative reference to a resource of this server: <c>Type/id</c>, with or without <c>/_history/n</c>.</summary>
internal static class LocalReference
{
    public static (string Type, string Id)? Of(string reference)
    {
        var slash = reference.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !char.IsAsciiLetterUpper(reference[0]) || reference.Contains('?', StringComparison.Ordinal))
            return null;
        var rest = reference[(slash + 1)..];
        var history = rest.IndexOf("/_history/", StringComparison.Ordinal);
        var id = history < 0 ? rest : rest[..history];
        return id.Length is > 0 and <= RowIds.MaxLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') && Sante.Fhir.Search.SearchParameters.IsResourceType(reference[..slash])
            ? (reference[..slash], id)
            : null;
    }
}
