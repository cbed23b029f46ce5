namespace Sante.Fhir.Search;

/// <summary>Codes, identifiers and booleans of resources (http://hl7.org/fhir/R4/search.html#token).</summary>
internal static class TokenIndex
{
    public static void Add(List<IndexValue> values, string code, in PathValue value)
    {
        var node = value.Node;
        switch (value.Use?.Name)
        {
            case "CodeableConcept":
                Concept(values, code, node);
                break;
            case "Coding":
                Token(values, code, node["system"u8].Text, node["code"u8].Text, node["display"u8].Text);
                break;
            case "Identifier":
                Identifier(values, code, node);
                break;
            case "ContactPoint":
                values.Add(new TokenValue(code, node["system"u8].Text, node["value"u8].Text, true, null));
                break;
            case "Quantity" or "Age" or "Duration" or "Count" or "Distance":
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

    /// <summary>True for the types whose values have no system of their own: a plain code's is implied by its definition.</summary>
    public static bool IsImplied(string type) => type is not ("CodeableConcept" or "Coding" or "Identifier" or "Quantity" or "Age" or "Duration" or "Count" or "Distance");

    private static void Concept(List<IndexValue> values, string code, FhirNode concept)
    {
        foreach (var coding in concept["coding"u8].Items)
        {
            Token(values, code, coding["system"u8].Text, coding["code"u8].Text, coding["display"u8].Text);
        }

        if (concept["text"u8].Text is { } text)
        {
            values.Add(new TokenValue(code, null, null, false, text));
        }
    }

    private static void Identifier(List<IndexValue> values, string code, FhirNode identifier)
    {
        var (system, value) = (identifier["system"u8].Text, identifier["value"u8].Text);
        if (system is null && value is null)
        {
            return;
        }

        var type = identifier["type"u8];
        if (!type.Exists)
        {
            values.Add(new TokenValue(code, system, value, false, null));
            return;
        }

        List<(string?, string?)> types = [];
        foreach (var coding in type["coding"u8].Items)
        {
            types.Add((coding["system"u8].Text, coding["code"u8].Text));
        }

        values.Add(new TokenValue(code, system, value, false, type["text"u8].Text) { Types = types });
    }

    private static void Token(List<IndexValue> values, string parameter, string? system, string? code, string? text)
    {
        if (system is not null || code is not null || text is not null)
        {
            values.Add(new TokenValue(parameter, system, code, false, text));
        }
    }
}
