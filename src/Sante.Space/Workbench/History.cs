using System.Globalization;
using System.Text;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>_history</c> of a resource, of a type, of the whole workbench (http://hl7.org/fhir/R4/http.html#history): newest first, with <c>_count</c>, <c>_since</c>
/// and <c>_at</c>, pages by cursor.
/// </summary>
internal static class History
{
    public static async ValueTask<Outcome<Reading>> FindAsync(WorkbenchCall call, string? type, string? id, List<KeyValuePair<string, string>> parameters)
    {
        if (type is not null && call.MayNot(type, 'r') is { } refused)
            return refused;
        if (type is null && !call.Holder.Scopes.Allows("*", 'r'))
            return FhirRefusals.ScopeInsufficient;
        if (id is not null && !WorkbenchCall.IsId(id))
            return WorkbenchRefusals.ResourceUnknown;
        var asked = PageAsk.Read(parameters, call.Prefer.Lenient, "_since", "_at", "_list");
        if (!asked.TryGet(out var ask, out var wrong))
            return wrong;
        var found = await call.Store.HistoryAsync(
            call.Server, call.Actor, new WorkbenchHistoryQuery(type, id, ask.Since, ask.At, ask.Count, ask.Cursor), call.Cancel);
        if (!found.TryGet(out var page, out var refusal))
            return refusal;
        var address = $"{call.BaseUrl}/{(type is null ? "" : type + "/")}{(id is null ? "" : id + "/")}_history";
        return Reading.Bundle(page.Permit, "history", page.Total, Search.Links(address, ask.SelfQuery, page.Next), bundle =>
        {
            foreach (var version in page.Matches)
                bundle.Add(Entry(call, version));
        });
    }

    private static BundleEntry Entry(WorkbenchCall call, WorkbenchResource version)
    {
        var isFirst = version.Version == 1;
        var entry = new BundleEntry
        {
            FullUrl = $"{call.BaseUrl}/{version.Type}/{version.Id}",
            Method = version.Deleted ? "DELETE" : isFirst ? "POST" : "PUT",
            Url = isFirst && !version.Deleted ? version.Type : $"{version.Type}/{version.Id}",
            Status = version.Deleted ? "204 No Content" : isFirst ? "201 Created" : "200 OK",
            ETag = FhirHeaders.ETag(version.Version),
            LastModifiedAt = version.At,
        };
        return version.Deleted ? entry : entry with { Resource = version.Received, Places = version.Places, Stamp = version.Stamp };
    }
}

/// <summary>
/// The parameters of answers that come in pages without being searches. Refusals: <c>search-value-invalid</c>, <c>search-parameter-unknown</c> (unless lenient).
/// </summary>
internal sealed record PageAsk(int Count, string? Cursor, DateTimeOffset? Since, (DateTimeOffset From, DateTimeOffset To)? At, IReadOnlyList<string>? Types, string SelfQuery)
{
    private static readonly Refusal ValueInvalid = new("search-value-invalid", RefusalKind.Invalid, "Un paramètre n'a pas la forme attendue.");
    private static readonly Refusal ParameterUnknown = new("search-parameter-unknown", RefusalKind.Invalid, "Cette interaction n'a pas ce paramètre.");

    /// <param name="parameters">As received.</param>
    /// <param name="lenient">Leave unknown ones out.</param>
    /// <param name="known">Of <c>_since</c>, <c>_at</c>, <c>_type</c> those that the interaction has.</param>
    public static Outcome<PageAsk> Read(IReadOnlyList<KeyValuePair<string, string>> parameters, bool lenient, params string[] known)
    {
        var ask = new PageAsk(SearchOptions.Default.DefaultCount, null, null, null, null, "");
        var used = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            if (name is "_format" or "_pretty")
                continue;
            if (name is not ("_count" or Search.PageParameter) && !known.Contains(name))
            {
                if (lenient)
                    continue;
                return ParameterUnknown;
            }

            if (ask.With(name, value) is not { } next)
                return ValueInvalid;
            ask = next;
            if (name != Search.PageParameter)
                used.Append(used.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return ask with { SelfQuery = used.ToString() };
    }

    private PageAsk? With(string name, string value)
    {
        switch (name)
        {
            case "_count":
                return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? this with { Count = Math.Min(count, SearchOptions.Default.MaxCount) } : null;
            case Search.PageParameter:
                return this with { Cursor = value };
            case "_since":
                return Date(value) is { } since ? this with { Since = since.From } : null;
            case "_at":
                return Date(value) is { } at ? this with { At = at } : null;
            case "_type":
                var types = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                return types.Length > 0 && types.All(SearchParameters.IsResourceType) ? this with { Types = types } : null;
            default:
                return null;
        }
    }

    /// <summary>The interval that a FHIR date names. A plus sign that came as a space is meant as one.</summary>
    private static (DateTimeOffset From, DateTimeOffset To)? Date(string text) =>
        FhirDate.TryParse(Encoding.UTF8.GetBytes(text.Replace(' ', '+')), out var date)
            ? (new DateTimeOffset(date.LowTicks, TimeSpan.Zero), new DateTimeOffset(date.HighTicks, TimeSpan.Zero))
            : null;
}
