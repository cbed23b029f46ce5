using System.Globalization;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Search;

/// <summary>Takes from a resource the values by which it is found.</summary>
public static class SearchIndex
{
    /// <summary>All values of all supported parameters of the resource's type, <c>_id</c> and <c>_lastUpdated</c> apart (the store knows them).</summary>
    public static IReadOnlyList<IndexValue> Of(FhirResource resource)
    {
        List<IndexValue> values = [];
        foreach (var parameter in SearchParameters.Table(resource.Type).Values)
        {
            if (parameter.IsSupported && parameter.Code is not ("_id" or "_lastUpdated"))
            {
                Add(values, resource, parameter);
            }
        }

        return values;
    }

    /// <summary>The values of one parameter.</summary>
    public static IReadOnlyList<IndexValue> Of(FhirResource resource, SearchParameter parameter)
    {
        List<IndexValue> values = [];
        Add(values, resource, parameter);
        return values;
    }

    private static void Add(List<IndexValue> values, FhirResource resource, SearchParameter parameter)
    {
        foreach (var value in parameter.Path?.Evaluate(R4.Current, resource) ?? [])
        {
            switch (parameter.Type)
            {
                case SearchType.Token:
                    Tokens(values, parameter.Code, value);
                    break;
                case SearchType.Date:
                    DateIndex.Add(values, parameter.Code, value);
                    break;
                case SearchType.Text:
                    Texts(values, parameter.Code, value);
                    break;
                case SearchType.Reference:
                    References(values, parameter.Code, value);
                    break;
                case SearchType.Uri when value.Text is { } uri:
                    values.Add(new UriValue(parameter.Code, uri));
                    break;
                case SearchType.Quantity:
                    Quantity(values, parameter.Code, value.Node, value.Use?.Name);
                    break;
                case SearchType.Number when Number(value.Text) is { } number:
                    values.Add(new NumberValue(parameter.Code, number));
                    break;
            }
        }
    }

    private static void Tokens(List<IndexValue> values, string code, PathValue value)
    {
        var node = value.Node;
        switch (value.Use?.Name)
        {
            case "CodeableConcept":
                var text = node["text"u8].Text;
                foreach (var coding in node["coding"u8].Items)
                {
                    Token(values, code, coding["system"u8].Text, coding["code"u8].Text, coding["display"u8].Text ?? text);
                }

                if (text is not null)
                {
                    values.Add(new TokenValue(code, null, null, false, text));
                }

                break;
            case "Coding":
                Token(values, code, node["system"u8].Text, node["code"u8].Text, node["display"u8].Text);
                break;
            case "Identifier":
                Token(values, code, node["system"u8].Text, node["value"u8].Text, node["type"u8]["text"u8].Text);
                break;
            case "ContactPoint":
                values.Add(new TokenValue(code, node["system"u8].Text, node["value"u8].Text, true, null));
                break;
            case "Quantity":
                Token(values, code, node["system"u8].Text, node["code"u8].Text, node["unit"u8].Text);
                break;
            default:
                if (value.Text is { } plain)
                {
                    values.Add(new TokenValue(code, null, plain, true, null));
                }

                break;
        }
    }

    private static void Token(List<IndexValue> values, string parameter, string? system, string? code, string? text)
    {
        if (system is not null || code is not null)
        {
            values.Add(new TokenValue(parameter, system, code, false, text));
        }
    }

    private static void Texts(List<IndexValue> values, string code, PathValue value)
    {
        if (value.Use?.Name is "HumanName" or "Address" or "CodeableConcept" or "Coding" or "Annotation")
        {
            foreach (var member in value.Node.Members)
            {
                foreach (var part in member.NameUtf8[0] == '_' || member.NameUtf8.SequenceEqual("use"u8) ? default : member.Items)
                {
                    Text(values, code, part.Kind == FhirNodeKind.Text ? part.Text : null);
                }
            }
        }
        else
        {
            Text(values, code, value.Text);
        }
    }

    private static void Text(List<IndexValue> values, string code, string? text)
    {
        if (text is not null)
        {
            values.Add(new TextValue(code, text, TextFolding.Fold(text)));
        }
    }

    private static void References(List<IndexValue> values, string code, PathValue value)
    {
        if (value.Use?.Name != "Reference")
        {
            if (value.Text is { } canonical)
            {
                values.Add(ReferenceText.Of(R4.Current, code, canonical, null, null, null));
            }

            return;
        }

        var identifier = value.Node["identifier"u8];
        var reference = value.Node["reference"u8].Text;
        if (reference is not null || identifier.Exists)
        {
            values.Add(ReferenceText.Of(R4.Current, code, reference, Check.References.TypeOf(R4.Current, value.Node), identifier["system"u8].Text, identifier["value"u8].Text));
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

    // Beyond System.Decimal a number is stored and served, and not found by its value.
    private static decimal? Number(string? text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>A reference's text taken apart.</summary>
internal static class ReferenceText
{
    public static ReferenceValue Of(R4 definitions, string parameter, string? reference, string? type, string? system, string? value)
    {
        if (reference is null)
        {
            return new ReferenceValue(parameter, type, null, null, system, value);
        }

        var history = reference.IndexOf("/_history/", StringComparison.Ordinal);
        var url = history < 0 ? reference : reference[..history];
        var slash = url.LastIndexOf('/');
        var literal = slash > 0 ? Check.References.TypeInUrl(definitions, url) : null;
        return new ReferenceValue(parameter, literal ?? type, literal is null ? null : url[(slash + 1)..], url, system, value);
    }
}
