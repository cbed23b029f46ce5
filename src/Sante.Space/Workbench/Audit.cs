using System.Globalization;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>AuditEvent</c> of a workbench: the lines of a patient's trace, by the same mapping as a citizen's, newest first. Read only. A search names its patient by
/// <c>patient</c> or <c>entity=Patient/id</c>; any other R4 parameter is matched on each line.
/// </summary>
internal static class Audit
{
    private const string Type = "AuditEvent";

    public static async ValueTask<Outcome<Reading>> ReadAsync(WorkbenchCall call, string id)
    {
        var dot = id.LastIndexOf('.');
        if (dot < 1 || !long.TryParse(id.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == long.MaxValue)
            return WorkbenchRefusals.ResourceUnknown;
        var (trail, refusal) = await Trail.OpenAsync(call, id[..dot]);
        if (trail is null)
            return refusal!;
        var found = await trail.LinesAsync(number + 1, 1, call.Cancel);
        if (trail.Refused is { } refused)
            return refused;
        return found is [var line] && line.Id == id ? Reading.Of(trail.Permit, line.Resource.Utf8.Span) : WorkbenchRefusals.ResourceUnknown;
    }

    public static async ValueTask<Outcome<Reading>> SearchAsync(WorkbenchCall call, SearchQuery query, List<KeyValuePair<string, string>> parameters, string? cursor)
    {
        if (PatientOf(parameters) is not { } patient)
            return HttpRefusals.AuditPatient;
        var (trail, refusal) = await Trail.OpenAsync(call, patient);
        if (trail is null)
            return refusal!;
        if (!(await SearchRun.RunAsync(query, trail, cursor, null, call.Cancel)).TryGet(out var page, out var wrong))
            return wrong;
        if (trail.Refused is { } refused)
            return refused;
        return Reading.Bundle(trail.Permit, "searchset", page.Total, Search.Links($"{call.BaseUrl}/{Type}", query.SelfQuery, page.Next), bundle =>
        {
            foreach (var match in page.Matches)
                bundle.Add(new BundleEntry { FullUrl = $"{call.BaseUrl}/{Type}/{match.Id}", Resource = match.Resource.Utf8, SearchMode = "match" });
        });
    }

    private static string? PatientOf(List<KeyValuePair<string, string>> parameters)
    {
        foreach (var (name, value) in parameters)
        {
            var id = value.StartsWith("Patient/", StringComparison.Ordinal) ? value["Patient/".Length..]
                : name is "patient" or "entity:Patient" && !value.Contains('/', StringComparison.Ordinal) ? value
                : null;
            if (name is "patient" or "entity" or "entity:Patient" or "patient:Patient" && id is not null && WorkbenchCall.IsId(id))
                return id;
        }

        return null;
    }

    /// <summary>The lines of one patient's trace as resources to search. Its order is that of the numbers, newest first.</summary>
    private sealed class Trail(WorkbenchCall call, string patient, DisclosePermit permit) : ISearchSource
    {
        private const int MostAtOnce = 500;

        public DisclosePermit Permit => permit;

        /// <summary>Set when lines could not be read: what was found is then no answer.</summary>
        public Refusal? Refused { get; private set; }

        /// <summary>Reading the trace is a line too: that of the patient's reading.</summary>
        public static async ValueTask<(Trail? Trail, Refusal? Refusal)> OpenAsync(WorkbenchCall call, string patient)
        {
            if (!WorkbenchCall.IsId(patient))
                return (null, WorkbenchRefusals.ResourceUnknown);
            var read = await call.Store.ReadAsync(call.Server, call.Actor, "Patient", patient, null, call.Cancel);
            return !read.TryGet(out var found, out var refusal) ? (null, refusal)
                : found.Found is null ? (null, WorkbenchRefusals.ResourceUnknown)
                : (new Trail(call, patient, found.Permit), null);
        }

        public async Task<IReadOnlyList<SearchSubject>> CandidatesAsync(CandidateRequest request, CancellationToken cancel)
        {
            var before = request.After is { } after ? NumberOf(after.Id) : null;
            var most = request.Limit ?? int.MaxValue;
            if (request.Ids is not { } ids)
                return await LinesAsync(before, Math.Min(most, MostAtOnce), cancel);
            // Named lines are asked for by their numbers: they may lie anywhere in the trace.
            var named = new List<SearchSubject>();
            foreach (var number in ids.Select(NumberOf).OfType<long>().Distinct().Where(n => n < (before ?? long.MaxValue)).OrderDescending())
            {
                if (named.Count >= most || Refused is not null)
                    break;
                named.AddRange((await LinesAsync(number + 1, 1, cancel)).Where(line => ids.Contains(line.Id)));
            }
            return named;
        }

        public Task<IReadOnlyList<SearchSubject>> ReadAsync(IReadOnlyCollection<(string Type, string Id)> references, CancellationToken cancel) =>
            Task.FromResult<IReadOnlyList<SearchSubject>>([]);

        public async Task<IReadOnlyList<SearchSubject>> LinesAsync(long? before, int most, CancellationToken cancel)
        {
            var lines = await call.Store.LinesAsync(call.Server, call.Actor, patient, before, most, cancel);
            if (lines.TryGet(out var found, out var refusal))
                return [.. found.Select(Subject)];
            Refused ??= refusal;
            return [];
        }

        private SearchSubject Subject(WorkbenchTraceLine line)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{patient}.{line.Number}");
            var bytes = AuditEventJson.Write(new AuditedLine(id, line.At, LineOf(line.Line), null), call.BaseUrl, patient);
            return new SearchSubject(FhirJson.Parse(bytes).Resource ?? throw new InvalidDataException("A written AuditEvent cannot be parsed."), id, line.At);
        }

        private static long? NumberOf(string id) =>
            long.TryParse(id.AsSpan(id.LastIndexOf('.') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

        private static TraceLine LineOf(WorkbenchLine line) => new()
        {
            Who = new Actor(ActorKind.App, line.Who, line.Client ?? line.Who.Value, Client: line.Client),
            Action = ActionOf(line.What),
            Allowed = true,
            Rule = "workbench-token",
            Reason = "Jeton de l'atelier.",
            Ids = line.Ids,
            Total = line.Ids.Count,
            Query = line.What,
            Origin = line.Client,
        };

        private static TraceAction ActionOf(string what) => what switch
        {
            "read" or "vread" => TraceAction.Read,
            "create" => TraceAction.Deposit,
            "update" or "patch" or "transaction" or "batch" => TraceAction.Amend,
            "delete" => TraceAction.Delete,
            _ => TraceAction.Search,
        };
    }
}
