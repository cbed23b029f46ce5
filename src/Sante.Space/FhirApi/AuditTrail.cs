using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Orleans;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>AuditEvent</c>: the access trace of one citizen as FHIR, read only, newest first, for those whom the trace view lets in and as far as it shows.
/// Reading it is itself a line. A token needs a <c>space/</c> scope beside that of the type, as for the trace view: a token for the record alone does not read who read it.
/// </summary>
internal sealed class AuditTrail(FhirStore store, CitizenNames citizens, IGrainFactory grains, World world)
{
    private const string Type = "AuditEvent";
    private const string CursorParameter = "_cursor";

    /// <summary>Lines opened for one page; a page may hold fewer than <c>_count</c> and still have a next one.</summary>
    private const int LinesAtOnce = SpaceGrain.MostLines;

    /// <summary>Most lines that a count goes through; each thousand is one more reading of the trace.</summary>
    private const int MostRounds = 20;

    /// <summary>What one reading gave.</summary>
    private sealed record Found(IReadOnlyList<SearchSubject> Matches, int? Total, long? Next, DisclosePermit Permit);

    public static async Task<IResult> ReadAsync(string id, HttpContext context, AuditTrail trail)
    {
        if (!CallOf(context, 'r').TryGet(out var call, out var refusal))
            return FhirProblem.Of(refusal);
        return (await trail.FindOneAsync(call, id)).TryGet(out var answer, out var told) ? answer : FhirProblem.Of(told);
    }

    public static async Task<IResult> SearchAsync(HttpContext context, AuditTrail trail)
    {
        if (!CallOf(context, 's').TryGet(out var call, out var refusal))
            return FhirProblem.Of(refusal);
        if (!(await Search.ParametersAsync(context)).TryGet(out var parameters, out var unread))
            return FhirProblem.Of(unread);
        return (await trail.FindAsync(call, parameters)).TryGet(out var answer, out var told) ? answer : FhirProblem.Of(told);
    }

    private async Task<Outcome<IResult>> FindOneAsync(FhirCall call, string id)
    {
        var known = AuditEventId.TryRead(id, out var patient, out var number);
        var space = (known ? await store.FindSpaceOfPatientAsync(patient, call.Cancel) : null) ?? await store.OwnLogAsync(call.Actor, call.Cancel);
        if (!(await Trace(space).ReadTraceAsync(call.Actor, known ? number + 1 : 1, 1)).TryGet(out var read, out var told))
            return told.Kind is RefusalKind.Forbidden or RefusalKind.Unknown ? FhirRefusals.NotFound : told;
        return read.Lines is [var shown, ..] && shown.Number == number
            ? Outcome.Of<IResult>(FhirAnswer.Of(call, store, read.Permit, Written(shown, call, patient.ToString())))
            : FhirRefusals.NotFound;
    }

    private async Task<Outcome<IResult>> FindAsync(FhirCall call, List<KeyValuePair<string, string>> parameters)
    {
        if (!CitizenNames.InQuery(Type, parameters, call).TryGet(out var named, out var unnamed))
            return unnamed;
        var cursor = named.Others.FirstOrDefault(parameter => parameter.Key == CursorParameter).Value;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return SearchRefusals.CursorInvalid;
        var lenient = call.Context.Request.Headers["Prefer"].ToString().Contains("handling=lenient", StringComparison.OrdinalIgnoreCase);
        var options = new SearchOptions { BaseUrl = call.BaseUrl, Lenient = lenient, Now = world.PlatformNow };
        if (!SearchQuery.Parse(Type, named.Others.Where(parameter => parameter.Key != CursorParameter), options).TryGet(out var query, out var wrong))
            return wrong;
        if (query.Includes.Count + query.ReverseIncludes.Count > 0 || query.Conditions.Any(condition => condition.Chain.Count > 0 || condition.Reverse is not null))
            return SearchRefusals.TraceAlone;
        if (query.Sort.Any(sort => !sort.Descending || sort.Parameter.Code is not ("date" or "_lastUpdated")))
            return SearchRefusals.TraceOrder;
        if (!(await citizens.FindSpaceAsync(named.Name, call.Cancel)).TryGet(out var found, out var refusal))
            return refusal;
        var space = found ?? await store.OwnLogAsync(call.Actor, call.Cancel);
        var before = cursor is null ? (long?)null : long.Parse(cursor, CultureInfo.InvariantCulture);
        var page = query.CountOnly ? await CountAsync(space, query, call) : await PageAsync(space, query, call, before);
        if (!page.TryGet(out var read, out var told))
            return told;
        var self = $"{call.BaseUrl}/{Type}?{NamingOf(parameters, call)}{(query.SelfQuery.Length > 0 ? "&" : "")}{query.SelfQuery}";
        return Outcome.Of<IResult>(FhirAnswer.Of(call, store, read.Permit, Bundle(call, self, read)));
    }

    private async Task<Outcome<Found>> PageAsync(SpaceId space, SearchQuery query, FhirCall call, long? before)
    {
        if (!(await Trace(space).ReadTraceAsync(call.Actor, before, LinesAtOnce)).TryGet(out var read, out var refusal))
            return refusal;
        var matches = new List<SearchSubject>();
        foreach (var line in read.Lines)
        {
            if (Subject(line, call, read.Patient) is var subject && !query.Matches(subject))
                continue;
            if (matches.Count == query.Count)
                return new Found(matches, null, NumberOf(matches[^1]), read.Permit);
            matches.Add(subject);
        }

        return new Found(matches, before is null && read.Next is null ? matches.Count : null, read.Next, read.Permit);
    }

    /// <summary>Counts over the whole trace. The lines of its own readings are not counted: the first bounds the rest.</summary>
    private async Task<Outcome<Found>> CountAsync(SpaceId space, SearchQuery query, FhirCall call)
    {
        var total = 0;
        long? before = null;
        for (var round = 0; round < MostRounds; round++)
        {
            if (!(await Trace(space).ReadTraceAsync(call.Actor, before, LinesAtOnce)).TryGet(out var read, out var refusal))
                return refusal;
            total += read.Lines.Count(line => query.Matches(Subject(line, call, read.Patient)));
            before = read.Next;
            if (before is null)
                return new Found([], total, null, read.Permit);
        }

        return SearchRefusals.TraceTooLong;
    }

    private static Outcome<FhirCall> CallOf(HttpContext context, char scope) => FhirCall.Of(context).Then<FhirCall>(call =>
        call.Holder.Scopes.Allows(Type, scope) && (call.Actor.Identifier.System != ActorIdentifier.PatientSystem || call.Holder.Scopes.HasContext("space"))
            ? call : FhirRefusals.ScopeInsufficient);

    private ITraceGrain Trace(SpaceId space) => grains.GetGrain<ITraceGrain>(space.Value);

    private static byte[] Written(ShownLine shown, FhirCall call, string patient) => AuditEventJson.Write(
        new AuditedLine(AuditEventId.Of(patient, shown.Number), shown.At, shown.Line, shown.Sentence), call.BaseUrl, patient);

    private static SearchSubject Subject(ShownLine shown, FhirCall call, string patient) => new(
        FhirJson.Parse(Written(shown, call, patient)).Resource ?? throw new InvalidDataException("A written AuditEvent cannot be parsed."),
        AuditEventId.Of(patient, shown.Number), shown.At);

    private static long NumberOf(SearchSubject subject) => AuditEventId.TryRead(subject.Id, out _, out var number) ? number : 0;

    private static string NamingOf(List<KeyValuePair<string, string>> parameters, FhirCall call) => string.Join('&', parameters
        .Where(parameter => CitizenNames.InQuery(Type, [parameter], call).Refusal is null)
        .Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value)}"));

    private static ReadOnlyMemory<byte> Bundle(FhirCall call, string self, Found found)
    {
        var links = new List<(string, string)> { ("self", self) };
        if (found.Next is { } next)
            links.Add(("next", string.Create(CultureInfo.InvariantCulture, $"{self}&{CursorParameter}={next}")));
        var output = new ArrayBufferWriter<byte>();
        using var bundle = new BundleWriter(output, "searchset", found.Total, links);
        foreach (var match in found.Matches)
            bundle.Add(new BundleEntry { FullUrl = $"{call.BaseUrl}/{Type}/{match.Id}", Resource = match.Resource.Utf8, SearchMode = "match" });
        bundle.End();
        return output.WrittenMemory;
    }
}

/// <summary>Id of a trace line as an AuditEvent: the Patient.id whose trace it is, a dot, its number there (record 0071).</summary>
internal static class AuditEventId
{
    public static string Of(string patientId, long number) => string.Create(CultureInfo.InvariantCulture, $"{patientId}.{number}");

    /// <summary>False for anything that is not the one spelling of such an id.</summary>
    public static bool TryRead(string id, out RecordId patient, out long number)
    {
        (patient, number) = (default, 0);
        return id.Split('.') is [var left, var right] && RecordId.TryParse(left).TryGet(out patient, out _)
            && right is not ['0', ..] && long.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < long.MaxValue;
    }
}
