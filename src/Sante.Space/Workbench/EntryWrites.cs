using Sante.Fhir.Bundles;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>From an entry of a bundle to the write that it asks; its resource was checked before.</summary>
internal static class EntryWrites
{
    /// <param name="call">The request.</param>
    /// <param name="entry">An entry that is no GET.</param>
    /// <param name="names">References by which other entries name its resource.</param>
    public static Outcome<WorkbenchWrite> Of(WorkbenchCall call, TransactionEntry entry, IReadOnlyList<string> names)
    {
        if (call.MayNot(entry.Type, Action(entry.Method)) is { } refused)
            return refused;
        if (entry.Type == "AuditEvent")
            return HttpRefusals.AuditIsOurs;
        if (entry.Id is { } id && !WorkbenchCall.IsId(id))
            return HttpRefusals.IdInvalid;
        if (!Criteria(call, entry).TryGet(out var criteria, out var unknown))
            return unknown;
        if (!IfMatch(entry).TryGet(out var ifMatch, out var malformed))
            return malformed;
        return Write(call, entry).Then<WorkbenchWrite>(write => write with { Criteria = criteria, IfMatch = ifMatch, Names = names });
    }

    private static Outcome<WorkbenchWrite> Write(WorkbenchCall call, TransactionEntry entry)
    {
        switch (entry.Method)
        {
            case TransactionMethod.Post:
                return new WorkbenchCreate(entry.Resource!);
            case TransactionMethod.Put:
                return new WorkbenchUpdate(entry.Resource!, entry.Id, entry.IfNoneMatch == "*");
            case TransactionMethod.Patch:
                return PatchBody.OfEntry(entry.Resource!).Then<WorkbenchWrite>(patch => new WorkbenchPatch(entry.Type, entry.Id, patch.Next));
            default:
                return new WorkbenchDelete(entry.Type, entry.Id);
        }
    }

    private static Outcome<SearchQuery?> Criteria(WorkbenchCall call, TransactionEntry entry)
    {
        var text = entry.Method == TransactionMethod.Post ? entry.IfNoneExist : entry.Id is null ? entry.Query ?? "" : null;
        if (text is null)
            return (SearchQuery?)null;
        return call.Criteria(entry.Type, text).TryGet(out var query, out var refusal) ? query : refusal;
    }

    private static Outcome<int?> IfMatch(TransactionEntry entry) => entry.IfMatch is { } text ? Preconditions.IfMatch(text) : (int?)null;

    private static char Action(TransactionMethod method) => method switch
    {
        TransactionMethod.Post => 'c',
        TransactionMethod.Delete => 'd',
        _ => 'u',
    };
}
