using System.Text.Json;
using Sante.Fhir.Definitions;

namespace Sante.Definitions;

/// <summary>Expands the value sets that required bindings name. What cannot be expanded from the input is marked unknown, with the reason in the report.</summary>
internal sealed class ValueSetCompiler(Source source, Dictionary<string, ValueSetDef> svs)
{
    private static readonly Dictionary<string, Membership> Grammars = new(StringComparer.Ordinal)
    {
        ["http://hl7.org/fhir/ValueSet/mimetypes"] = Membership.MediaType,
        ["http://hl7.org/fhir/ValueSet/currencies"] = Membership.Currency,
        ["http://hl7.org/fhir/ValueSet/all-languages"] = Membership.Language,
        ["http://hl7.org/fhir/ValueSet/ucum-units"] = Membership.UcumUnit,
    };

    /// <summary>Value sets without codes: URL and reason.</summary>
    public SortedDictionary<string, string> NotChecked { get; } = new(StringComparer.Ordinal);

    public ValueSetDef Compile(string url)
    {
        if (Grammars.TryGetValue(url, out var grammar))
        {
            return new ValueSetDef { Url = url, Membership = grammar };
        }

        if (svs.TryGetValue(url, out var french))
        {
            return french;
        }

        var codes = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var reason = Expand(url, codes, 0);
        if (reason is not null)
        {
            NotChecked[url] = reason;
            return new ValueSetDef { Url = url, Membership = Membership.Unknown };
        }

        return new ValueSetDef
        {
            Url = url,
            Membership = Membership.Codes,
            Lists = [.. codes.Select(pair => new CodeList { Systems = [pair.Key], Codes = [.. pair.Value] })],
        };
    }

    /// <summary>Adds the codes of a value set; returns why not, or null.</summary>
    private string? Expand(string url, SortedDictionary<string, SortedSet<string>> codes, int depth)
    {
        if (svs.TryGetValue(url, out var french))
        {
            foreach (var list in french.Lists)
            {
                list.Systems.ForEach(system => AddAll(codes, system, list.Codes));
            }

            return null;
        }

        if (!source.ValueSets.TryGetValue(url, out var valueSet) || depth > 8)
        {
            return "value set not at hand";
        }

        var includes = valueSet.Member("compose")?.Items("include").ToList() ?? [];
        if (includes.Count == 0)
        {
            return "value set without compose";
        }

        foreach (var include in includes)
        {
            if (Include(include, codes, depth) is { } reason)
            {
                return reason;
            }
        }

        foreach (var exclude in valueSet.Member("compose")!.Value.Items("exclude"))
        {
            if (!exclude.Items("concept").Any())
            {
                return "exclusion by filter";
            }

            exclude.Items("concept").ToList().ForEach(concept => codes.GetValueOrDefault(exclude.Text("system")!)?.Remove(concept.Text("code")!));
        }

        return null;
    }

    private string? Include(JsonElement include, SortedDictionary<string, SortedSet<string>> codes, int depth)
    {
        foreach (var imported in include.Items("valueSet"))
        {
            if (Expand(imported.GetString()!.WithoutVersion(), codes, depth + 1) is { } reason)
            {
                return reason;
            }
        }

        if (include.Text("system") is not { } system)
        {
            return null;
        }

        if (include.Items("concept").Any())
        {
            AddAll(codes, system, include.Items("concept").Select(concept => concept.Text("code")!));
            return null;
        }

        if (!source.CodeSystems.TryGetValue(system, out var codeSystem) || codeSystem.Text("content") is not ("complete" or "fragment"))
        {
            return $"code system {system} not at hand";
        }

        if (codeSystem.Text("content") == "fragment")
        {
            return $"code system {system} is a fragment";
        }

        var filters = include.Items("filter").ToList();
        return filters.Count == 0 ? All(codeSystem, system, codes) : Filtered(codeSystem, system, filters, codes);
    }

    private static string? All(JsonElement codeSystem, string system, SortedDictionary<string, SortedSet<string>> codes)
    {
        AddAll(codes, system, codeSystem.Items("concept").SelectMany(Descendants).Select(concept => concept.Text("code")!));
        return null;
    }

    private static string? Filtered(JsonElement codeSystem, string system, List<JsonElement> filters, SortedDictionary<string, SortedSet<string>> codes)
    {
        if (filters is not [var filter] || filter.Text("property") != "concept" || filter.Text("op") is not ("is-a" or "descendent-of"))
        {
            return $"filter of {system}: {string.Join(", ", filters.Select(one => $"{one.Text("property")} {one.Text("op")}"))}";
        }

        var top = codeSystem.Items("concept").SelectMany(Descendants).FirstOrDefault(concept => concept.Text("code") == filter.Text("value"));
        if (top.ValueKind == JsonValueKind.Undefined)
        {
            return $"filter of {system}: no concept {filter.Text("value")}";
        }

        AddAll(codes, system, Descendants(top).Skip(filter.Text("op") == "is-a" ? 0 : 1).Select(concept => concept.Text("code")!));
        return null;
    }

    private static IEnumerable<JsonElement> Descendants(JsonElement concept) => concept.Items("concept").SelectMany(Descendants).Prepend(concept);

    private static void AddAll(SortedDictionary<string, SortedSet<string>> codes, string system, IEnumerable<string> added)
    {
        if (!codes.TryGetValue(system, out var list))
        {
            codes[system] = list = new SortedSet<string>(StringComparer.Ordinal);
        }

        list.UnionWith(added);
    }
}
