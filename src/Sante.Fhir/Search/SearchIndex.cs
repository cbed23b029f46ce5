using System.Globalization;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Search;

/// <summary>Takes from a resource the values by which it is found.</summary>
public static class SearchIndex
{
    /// <summary>Beyond this (the range that a decimal can be compared in without overflow) a number is served, and not found by its value.</summary>
    internal const decimal MaxNumber = 1e27m;

    [ThreadStatic]
    private static List<PathValue>? scratch;

    /// <summary>All values of all supported parameters of the resource's type, <c>_id</c> and <c>_lastUpdated</c> apart (the store knows them).</summary>
    public static IReadOnlyList<IndexValue> Of(FhirResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        List<IndexValue> values = new(32);
        foreach (var parameter in SearchParameters.Table(resource.Type).Indexed)
        {
            Add(values, resource, parameter);
        }

        return values;
    }

    /// <summary>The values of one parameter.</summary>
    public static IReadOnlyList<IndexValue> Of(FhirResource resource, SearchParameter parameter)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(parameter);
        List<IndexValue> values = [];
        Add(values, resource, parameter);
        return values;
    }

    internal static void Add(List<IndexValue> values, FhirResource resource, SearchParameter parameter)
    {
        if (parameter.Path is not { } path)
        {
            return;
        }

        // Taken while in use, so that a composite's parts get a list of their own.
        var found = scratch ?? [];
        scratch = null;
        path.Evaluate(R4.Current, resource.Root, found);
        foreach (var value in found)
        {
            if (parameter.Type == SearchType.Composite)
            {
                Composite(values, parameter, resource, value);
            }
            else
            {
                Add(values, parameter.Code, parameter.Type, value);
            }
        }

        found.Clear();
        scratch = found;
    }

    private static void Add(List<IndexValue> values, string code, SearchType type, in PathValue value)
    {
        switch (type)
        {
            case SearchType.Token:
                TokenIndex.Add(values, code, value);
                break;
            case SearchType.Date:
                DateIndex.Add(values, code, value);
                break;
            case SearchType.Text:
                Texts(values, code, value);
                break;
            case SearchType.Reference:
                Reference(values, code, value);
                break;
            case SearchType.Uri when value.Text is { } text:
                var (uri, version) = value.Use?.Name == "canonical" ? ReferenceText.Canonical(text) : (text, null);
                values.Add(new UriValue(code, uri) { Version = version });
                break;
            case SearchType.Quantity:
                Quantity(values, code, value.Node, value.Use?.Name);
                break;
            case SearchType.Number when Number(value.Text) is { } number:
                values.Add(new NumberValue(code, number));
                break;
            case SearchType.Special:
                Place(values, code, value.Node);
                break;
        }
    }

    private static void Composite(List<IndexValue> values, SearchParameter parameter, FhirResource resource, PathValue value)
    {
        var parts = new IReadOnlyList<IndexValue>[parameter.Components.Count];
        for (var at = 0; at < parts.Length; at++)
        {
            var component = parameter.Components[at];
            List<PathValue> found = [];
            component.PathOf(value.Use)?.Evaluate(R4.Current, component.FromResource ? resource.Root : value.Node, found);
            List<IndexValue> part = [];
            foreach (var one in found)
            {
                Add(part, parameter.Code, component.Type, one);
            }

            if (part.Count == 0)
            {
                return;
            }

            parts[at] = part;
        }

        values.Add(new CompositeValue(parameter.Code, parts));
    }

    private static void Texts(List<IndexValue> values, string code, in PathValue value)
    {
        if (value.Node.Kind != FhirNodeKind.Map)
        {
            Text(values, code, value.Text);
            return;
        }

        foreach (var member in value.Node.Members)
        {
            var name = member.NameUtf8;
            if (name[0] == '_' || name.SequenceEqual("use"u8) || (name.SequenceEqual("type"u8) && value.Use?.Name == "Address"))
            {
                continue;
            }

            foreach (var part in member.Items)
            {
                Text(values, code, part.Kind == FhirNodeKind.Text ? part.Text : null);
            }
        }
    }

    private static void Text(List<IndexValue> values, string code, string? text)
    {
        if (text is not null)
        {
            values.Add(new TextValue(code, text, TextFolding.Fold(text)));
        }
    }

    private static void Reference(List<IndexValue> values, string code, in PathValue value)
    {
        if (value.Use?.Name == "Reference")
        {
            if (ReferenceText.OfNode(R4.Current, code, value.Node) is { } reference)
            {
                values.Add(reference);
            }
        }
        else if (value.Text is { } text)
        {
            var (url, version) = ReferenceText.Canonical(text);
            values.Add(ReferenceText.Of(R4.Current, code, url, null, null, null) with { Version = version });
        }
        else if (FhirResource.Within(value.Node) is { } inline)
        {
            values.Add(new ReferenceValue(code, inline.Type, inline.Id, inline.Id is null ? null : $"{inline.Type}/{inline.Id}", null, null) { Inline = value.Node });
        }
    }

    private static void Quantity(List<IndexValue> values, string code, FhirNode node, string? type)
    {
        if (type == "Range")
        {
            Quantity(values, code, node["low"u8], null);
            Quantity(values, code, node["high"u8], null);
        }
        else if (Number(node["value"u8].Text) is { } number)
        {
            var money = type == "Money";
            values.Add(new QuantityValue(code, number, money ? "urn:iso:std:iso:4217" : node["system"u8].Text, money ? node["currency"u8].Text : node["code"u8].Text, node["unit"u8].Text));
        }
    }

    private static void Place(List<IndexValue> values, string code, FhirNode node)
    {
        if (Number(node["latitude"u8].Text) is { } latitude && Number(node["longitude"u8].Text) is { } longitude)
        {
            values.Add(new PlaceValue(code, (double)latitude, (double)longitude));
        }
    }

    internal static decimal? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= MaxNumber ? number : null;
}
