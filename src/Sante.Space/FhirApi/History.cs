using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>GET [base]/[type]/[id]/_history</c> and <c>GET [base]/[type]/_history?patient=…</c> (http://hl7.org/fhir/R4/http.html#history): versions, newest first, of what
/// is shown; those of a type in one citizen's space, who must be named. <c>_since</c>, <c>_count</c>; a withdrawn resource shows as DELETE.
/// </summary>
internal static class History
{
    private const int DefaultCount = 50;
    private const int MostCount = 500;

    /// <summary>What narrows a history.</summary>
    private sealed record Ask(DateTimeOffset? Since, int Count, VersionPlace? Before);

    public static async Task<IResult> HandleAsync(string type, string id, HttpContext context, FhirStore store, Disclosures disclosures)
    {
        if (!FhirCall.For(context, type, "history", 'r').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        var (call, held) = asked;
        if (!AskOf(Parameters(context)).TryGet(out var ask, out var wrong))
            return FhirProblem.Of(wrong);
        var ran = await disclosures.RunByIdAsync<IReadOnlyList<StoredResource>>(store, call, id, call.Ask(AccessAction.Read, held.Category), async (evaluation, recordId) =>
        {
            var found = await store.ReadVersionsAsync(evaluation, type, recordId, null, call.Cancel);
            return found.Count == 0 ? (null, Disclosure.Nothing(type)) : (found, Disclosures.Leaving(found, found.Count, type));
        });
        if (!ran.TryGet(out var disclosed, out var told))
            return FhirProblem.Of(told);
        var all = disclosed.Found.Where(version => ask.Since is null || version.At >= ask.Since).ToList();
        var page = all.Where(version => ask.Before is null || version.Version < ask.Before.Value.Version).Take(ask.Count + 1).ToList();
        return FhirAnswer.Of(call, store, disclosed.Permit, Bundle(call, $"{type}/{id}/_history", Parameters(context), page, ask, all.Count));
    }

    public static async Task<IResult> OfTypeAsync(string type, HttpContext context, FhirStore store, CitizenNames citizens, Disclosures disclosures)
    {
        if (!FhirCall.For(context, type, "history", 'r').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        var (call, held) = asked;
        var parameters = Parameters(context);
        if (!CitizenNames.InQuery(type, parameters, call).TryGet(out var named, out var unnamed))
            return FhirProblem.Of(unnamed);
        if (!AskOf(named.Others).TryGet(out var ask, out var wrong))
            return FhirProblem.Of(wrong);
        if (!(await citizens.FindSpaceAsync(named.Name, call.Cancel)).TryGet(out var space, out var malformed))
            return FhirProblem.Of(malformed);
        var ran = await disclosures.RunAsync(space ?? await store.OwnLogAsync(call.Actor, call.Cancel), call.Ask(AccessAction.Search, held.Category), async evaluation =>
        {
            var found = await store.ReadHistoryAsync(evaluation, type, ask.Since, ask.Before, ask.Count + 1, call.Cancel);
            var leaving = found.Take(ask.Count).ToList();
            return (found, Disclosures.Leaving(leaving, leaving.Count, $"{type} par _history"));
        });
        return ran.TryGet(out var disclosed, out var told)
            ? FhirAnswer.Of(call, store, disclosed.Permit, Bundle(call, $"{type}/_history", parameters, disclosed.Found, ask, null))
            : FhirProblem.Of(told);
    }

    private static List<KeyValuePair<string, string>> Parameters(HttpContext context) =>
        [.. context.Request.Query.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? "")))];

    /// <summary>Refusals: <c>search-value-invalid</c>, <c>search-parameter-unknown</c>, <c>cursor-invalid</c>.</summary>
    private static Outcome<Ask> AskOf(IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var ask = new Ask(null, DefaultCount, null);
        foreach (var (name, value) in parameters)
        {
            switch (name)
            {
                case "_since" when FhirDate.TryParse(Encoding.UTF8.GetBytes(value), out var since):
                    ask = ask with { Since = FhirContent.Instant(since.LowTicks) };
                    break;
                case "_count" when value.Length is > 0 and <= 18 && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count):
                    ask = ask with { Count = (int)Math.Clamp(count, 1, MostCount) };
                    break;
                case "_since" or "_count":
                    return SearchRefusals.HistoryValue;
                case SpaceSearch.CursorParameter when PlaceOf(value) is { } place:
                    ask = ask with { Before = place };
                    break;
                case SpaceSearch.CursorParameter:
                    return SearchRefusals.CursorInvalid;
                case "_format" or "_pretty":
                    break;
                default:
                    return SearchRefusals.HistoryParameter;
            }
        }

        return ask;
    }

    private static ReadOnlyMemory<byte> Bundle(
        FhirCall call, string path, List<KeyValuePair<string, string>> parameters, IReadOnlyList<StoredResource> found, Ask ask, int? total)
    {
        var used = parameters.Where(parameter => parameter.Key is not (SpaceSearch.CursorParameter or "_format" or "_pretty"))
            .Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value)}").ToList();
        var self = $"{call.BaseUrl}/{path}{(used.Count > 0 ? "?" : "")}{string.Join('&', used)}";
        var links = new List<(string, string)> { ("self", self) };
        if (found.Count > ask.Count)
            links.Add(("next", $"{self}{(used.Count > 0 ? "&" : "?")}{SpaceSearch.CursorParameter}={Written(found[ask.Count - 1])}"));
        var output = new ArrayBufferWriter<byte>();
        using var bundle = new BundleWriter(output, "history", total, links);
        foreach (var version in found.Take(ask.Count))
            bundle.Add(Entry(call, version));
        bundle.End();
        return output.WrittenMemory;
    }

    private static BundleEntry Entry(FhirCall call, StoredResource version)
    {
        var type = version.Header.Type;
        var first = version.Version == 1;
        return new BundleEntry
        {
            FullUrl = $"{call.BaseUrl}/{type}/{version.Id}",
            Resource = version.Deleted ? default : version.Stamped(),
            Method = version.Deleted ? "DELETE" : first ? "POST" : "PUT",
            Url = first ? type : string.Create(CultureInfo.InvariantCulture, $"{type}/{version.Id}"),
            Status = version.Deleted ? "204" : first ? "201" : "200",
            ETag = version.Stamp.ETag,
            LastModifiedAt = version.At,
        };
    }

    private static string Written(StoredResource version) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{version.At.UtcTicks}|{version.Id}|{version.Version}")));

    private static VersionPlace? PlaceOf(string cursor)
    {
        if (cursor.Length is 0 or > 128 || !Base64Url.IsValid(cursor))
            return null;
        return Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)).Split('|') is [var ticks, var id, var version]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTimeOffset.MaxValue.Ticks
            && RecordId.TryParse(id).TryGet(out var record, out _)
            && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new VersionPlace(new DateTimeOffset(at, TimeSpan.Zero), SpaceIds.StoredId(record), number) : null;
    }
}
