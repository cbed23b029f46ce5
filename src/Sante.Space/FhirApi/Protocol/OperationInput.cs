using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>
/// What an operation is called with (http://hl7.org/fhir/R4/operations.html#executing): the query of a GET, or a posted Parameters resource, or both;
/// some operations take their one resource as the body itself.
/// </summary>
internal sealed class OperationInput(IReadOnlyList<KeyValuePair<string, string>> query, FhirResource? body)
{
    private static readonly Refusal Invalid = new("operation-parameter-invalid", RefusalKind.Invalid, "Un paramètre de l'opération manque, est inconnu ou n'a pas la forme attendue.");

    /// <summary>The body, when it is no Parameters.</summary>
    public FhirResource? Direct => body?.Type == "Parameters" ? null : body;

    /// <summary>Reads the request. Refused: 415, 413, 400.</summary>
    public static async ValueTask<(OperationInput? Input, IResult? Refused)> ReadAsync(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || context.Request.ContentLength == 0)
            return (new OperationInput(query, null), null);
        var (body, unread) = await FhirBody.ReadAsync(context);
        return (body is null ? null : new OperationInput(query, body), unread);
    }

    /// <summary>Whether nothing but these parameters is given, each with a value. Refusal <c>operation-parameter-invalid</c>.</summary>
    public Refusal? Unless(params ReadOnlySpan<string> known)
    {
        foreach (var (name, _) in query)
        {
            if (name is not ("_format" or "_pretty") && !known.Contains(name))
                return Invalid;
        }

        foreach (var parameter in Parameters)
        {
            if (parameter["name"u8].Text is not { } name || !known.Contains(name))
                return Invalid;
        }

        return null;
    }

    /// <summary>The refusal of a parameter that is missing or has another form.</summary>
    public static Refusal Wrong => Invalid;

    /// <summary>A primitive parameter as text; null without it.</summary>
    public string? Text(string name)
    {
        foreach (var (key, value) in query)
        {
            if (key == name)
                return value;
        }

        return Value(Find(name));
    }

    /// <summary>The value of a parameter of a complex type; absent without it.</summary>
    public FhirNode Node(string name)
    {
        foreach (var member in Find(name).Members)
        {
            if (member.NameUtf8.StartsWith("value"u8))
                return member;
        }

        return default;
    }

    /// <summary>The resource in a parameter, or null.</summary>
    public FhirResource? Resource(string name) => FhirResource.Within(Find(name)["resource"u8]);

    /// <summary>All primitive parameters as a query. Refusal <c>operation-parameter-invalid</c>.</summary>
    public Outcome<List<KeyValuePair<string, string>>> AsQuery()
    {
        List<KeyValuePair<string, string>> all = [.. query];
        if (Direct is not null)
            return Invalid;
        foreach (var parameter in Parameters)
        {
            if (parameter["name"u8].Text is not { } name || Value(parameter) is not { } value)
                return Invalid;
            all.Add(KeyValuePair.Create(name, value));
        }

        return all;
    }

    private FhirNodes Parameters => body?.Type == "Parameters" ? body.Root["parameter"u8].Items : default;

    private FhirNode Find(string name)
    {
        foreach (var parameter in Parameters)
        {
            if (parameter["name"u8].TextEquals(System.Text.Encoding.UTF8.GetBytes(name)))
                return parameter;
        }

        return default;
    }

    private static string? Value(FhirNode parameter)
    {
        foreach (var member in parameter.Members)
        {
            if (member.NameUtf8.StartsWith("value"u8))
                return member.Text;
        }

        return null;
    }
}
