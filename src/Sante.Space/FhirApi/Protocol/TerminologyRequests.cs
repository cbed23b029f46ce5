using System.Globalization;
using System.Text;
using Sante.Fhir;
using Sante.Fhir.Terminology;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>A terminology operation as it is offered (http://hl7.org/fhir/R4/terminology-service.html).</summary>
/// <param name="Type">Resource type in the address.</param>
/// <param name="Name">Its name, without <c>$</c>.</param>
/// <param name="OnInstance">Whether it may be called on one resource too.</param>
internal sealed record TerminologyOperation(string Type, string Name, bool OnInstance);

/// <summary>
/// From the parameters of a terminology operation to its answer, for every address that offers one. A parameter that is not understood is refused: an answer
/// that left it out would be another one. Refusals: <c>operation-parameter-invalid</c>, those of <see cref="Terminologies"/>.
/// </summary>
internal static class TerminologyRequests
{
    public static IReadOnlyList<TerminologyOperation> All { get; } =
    [
        new("ValueSet", "expand", true),
        new("ValueSet", "validate-code", true),
        new("CodeSystem", "lookup", false),
        new("CodeSystem", "validate-code", true),
        new("CodeSystem", "subsumes", false),
    ];

    /// <summary>The operation of that name on that type, or null.</summary>
    public static TerminologyOperation? Find(string type, string name) => All.FirstOrDefault(operation => operation.Type == type && operation.Name == name);

    /// <summary>The answer's bytes.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="input">Its parameters.</param>
    /// <param name="stored">The stored resource that it is called on or that its <c>url</c> names, or null.</param>
    /// <param name="now">Becomes <c>expansion.timestamp</c>.</param>
    /// <param name="identifier">Becomes <c>expansion.identifier</c>: new each time.</param>
    public static Outcome<byte[]> Answer(TerminologyOperation operation, OperationInput input, FhirResource? stored, DateTimeOffset now, Guid identifier) => (operation.Type, operation.Name) switch
    {
        ("ValueSet", "expand") => Expand(input, stored).Then<byte[]>(expansion => expansion.ToJson(now, identifier)),
        ("ValueSet", "validate-code") => ValidateInSet(input, stored).Then<byte[]>(verdict => verdict.ToJson()),
        ("CodeSystem", "lookup") => Lookup(input).Then<byte[]>(found => found.ToJson()),
        ("CodeSystem", "validate-code") => ValidateInSystem(input, stored).Then<byte[]>(verdict => verdict.ToJson()),
        _ => Subsumes(input),
    };

    private static Outcome<ValueSetExpansion> Expand(OperationInput input, FhirResource? stored)
    {
        if (input.Unless("url", "valueSet", "filter", "offset", "count", "displayLanguage", "activeOnly", "includeDesignations") is { } unknown)
            return unknown;
        if (!Number(input, "offset").TryGet(out var offset, out var wrong) || !Number(input, "count").TryGet(out var count, out wrong))
            return wrong;
        if (!Flag(input, "activeOnly").TryGet(out var activeOnly, out wrong) || !Flag(input, "includeDesignations").TryGet(out var designations, out wrong))
            return wrong;
        return Terminologies.Expand(new ExpandQuery
        {
            Url = input.Text("url"),
            ValueSet = input.Resource("valueSet") ?? input.Direct ?? stored,
            Filter = input.Text("filter"),
            Offset = offset ?? 0,
            Count = count,
            DisplayLanguage = input.Text("displayLanguage"),
            ActiveOnly = activeOnly,
            IncludeDesignations = designations,
        });
    }

    private static Outcome<CodeVerdict> ValidateInSet(OperationInput input, FhirResource? stored)
    {
        if (input.Unless("url", "valueSet", "code", "system", "display", "coding", "codeableConcept", "displayLanguage") is { } unknown)
            return unknown;
        var set = input.Resource("valueSet") ?? stored;
        var url = input.Text("url");
        if (set is null && url is null)
            return OperationInput.Wrong;
        return Codings(input, input.Text("system")).Then(codings => Terminologies.ValidateCode(new ValidateCodeQuery
        {
            Url = url,
            ValueSet = set,
            Codings = codings,
            DisplayLanguage = input.Text("displayLanguage"),
        }));
    }

    private static Outcome<CodeVerdict> ValidateInSystem(OperationInput input, FhirResource? stored)
    {
        if (input.Unless("url", "code", "display", "coding", "codeableConcept", "displayLanguage") is { } unknown)
            return unknown;
        var system = stored?.Root["url"u8].Text ?? input.Text("url");
        if (system is null && !input.Node("coding").Exists && !input.Node("codeableConcept").Exists)
            return OperationInput.Wrong;
        return Codings(input, system).Then(codings => Terminologies.ValidateCode(new ValidateCodeQuery { Codings = codings, DisplayLanguage = input.Text("displayLanguage") }));
    }

    private static Outcome<ConceptFound> Lookup(OperationInput input)
    {
        if (input.Unless("system", "code", "coding", "displayLanguage", "property") is { } unknown)
            return unknown;
        var coding = input.Node("coding");
        var (system, code) = (coding["system"u8].Text ?? input.Text("system"), coding["code"u8].Text ?? input.Text("code"));
        return system is null || code is null ? OperationInput.Wrong : Terminologies.Lookup(system, code, input.Text("displayLanguage"));
    }

    private static Outcome<byte[]> Subsumes(OperationInput input)
    {
        if (input.Unless("system", "codeA", "codeB", "codingA", "codingB") is { } unknown)
            return unknown;
        var (first, second) = (input.Node("codingA"), input.Node("codingB"));
        var system = input.Text("system") ?? first["system"u8].Text;
        if (system is null || (input.Text("codeA") ?? first["code"u8].Text) is not { } codeA || (input.Text("codeB") ?? second["code"u8].Text) is not { } codeB)
            return OperationInput.Wrong;
        return Terminologies.Subsumes(system, codeA, codeB).Then<byte[]>(relation =>
            Encoding.UTF8.GetBytes($$"""{"resourceType":"Parameters","parameter":[{"name":"outcome","valueCode":"{{relation}}"}]}"""));
    }

    private static Outcome<List<(string? System, string Code, string? Display)>> Codings(OperationInput input, string? system)
    {
        List<(string? System, string Code, string? Display)> codings = [];
        if (input.Text("code") is { } code)
            codings.Add((system, code, input.Text("display")));
        if (input.Node("coding") is { Exists: true } coding)
            Add(coding);
        foreach (var one in input.Node("codeableConcept")["coding"u8].Items)
            Add(one);
        return codings.Count > 0 ? codings : OperationInput.Wrong;

        void Add(FhirNode node)
        {
            if (node["code"u8].Text is { } text)
                codings.Add((node["system"u8].Text ?? system, text, node["display"u8].Text));
        }
    }

    private static Outcome<int?> Number(OperationInput input, string name) =>
        input.Text(name) is not { } text ? (int?)null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : OperationInput.Wrong;

    private static Outcome<bool> Flag(OperationInput input, string name) => input.Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        _ => OperationInput.Wrong,
    };
}
