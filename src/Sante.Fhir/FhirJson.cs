using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sante.Fhir.Check;
using Sante.Fhir.Json;

namespace Sante.Fhir;

/// <summary>Either a parsed resource or the issues that prevented it.</summary>
public readonly struct FhirParsed
{
    internal FhirParsed(FhirResource? resource, IReadOnlyList<FhirIssue> issues) => (Resource, Issues) = (resource, issues);

    /// <summary>The resource, or null.</summary>
    public FhirResource? Resource { get; }

    /// <summary>Why there is no resource; empty on success.</summary>
    public IReadOnlyList<FhirIssue> Issues { get; }

    /// <summary>True with the resource, or false with the issues (all of HTTP status 400, or 413 for <c>body-too-large</c>).</summary>
    public bool TryGet([NotNullWhen(true)] out FhirResource? resource, out IReadOnlyList<FhirIssue> issues)
    {
        (resource, issues) = (Resource, Issues);
        return resource is not null;
    }
}

/// <summary>Reads FHIR R4 JSON (http://hl7.org/fhir/R4/json.html). Pure syntax: no definition is consulted.</summary>
public static class FhirJson
{
    /// <summary>
    /// Parses one resource. The bytes are kept, not copied: the caller must not change them. Refusals: <c>body-empty</c>,
    /// <c>body-too-large</c>, <c>json-…</c>, <c>resource-type-missing</c>; all duplicate and escaped names are reported together.
    /// </summary>
    public static FhirParsed Parse(ReadOnlyMemory<byte> utf8, FhirLimits? limits = null)
    {
        limits ??= FhirLimits.Default;
        if (utf8.IsEmpty)
        {
            return Refuse("body-empty", 0);
        }

        var tree = JsonScanner.Read(utf8, limits, out var fault, out var duplicates);
        if (tree is null)
        {
            return Refuse(fault.Code, fault.At);
        }

        var issues = NameIssues(tree, duplicates, limits);
        var resource = FhirResource.OfRoot(tree);
        if (resource is null)
        {
            issues.Add(FhirIssue.Error("structure", "resource-type-missing", null, "Le corps n’est pas une ressource FHIR : objet JSON avec « resourceType » attendu."));
        }

        return issues.Count > 0 ? new FhirParsed(null, issues) : new FhirParsed(resource, []);
    }

    private static List<FhirIssue> NameIssues(JsonTree tree, List<int> duplicates, FhirLimits limits)
    {
        List<FhirIssue> issues = [];
        foreach (var duplicate in duplicates.Take(limits.MaxIssues))
        {
            issues.Add(FhirIssue.Error("structure", "json-duplicate-name", NodePath.Of(new FhirNode(tree, duplicate)), "Ce membre figure deux fois dans le même objet JSON."));
        }

        for (var at = 0; at < tree.Entries.Length && issues.Count < limits.MaxIssues; at++)
        {
            if (tree.Entries[at].NameEscaped)
            {
                issues.Add(FhirIssue.Error("structure", "json-escaped-name", null, "Un nom d’élément FHIR s’écrit sans séquence d’échappement."));
            }
        }

        return issues;
    }

    private static FhirParsed Refuse(string code, int at) =>
        new(null, [new FhirIssue(FhirSeverity.Fatal, code is "body-too-large" ? "too-long" : code is "json-too-many-values" ? "too-costly" : "structure",
            code, null, string.Create(CultureInfo.InvariantCulture, $"{TextOf(code)} (octet {at})."))]);

    private static string TextOf(string code) => code switch
    {
        "body-empty" => "Le corps de la requête est vide",
        "body-too-large" => "Le corps dépasse la taille admise",
        "json-byte-order-mark" => "Une marque d’ordre des octets (BOM) précède le JSON",
        "json-not-utf8" => "Le corps n’est pas de l’UTF-8 valide",
        "json-lone-surrogate" => "Une demi-paire Unicode est isolée",
        "json-control-character" => "Un caractère de commande figure dans une chaîne",
        "json-too-deep" => "Le JSON est imbriqué trop profondément",
        "json-too-many-values" => "Le JSON contient trop de valeurs pour sa taille",
        "json-number-too-long" => "Un nombre est trop long",
        "json-name-too-long" => "Un nom de membre est trop long",
        "json-trailing-content" => "Du contenu suit la ressource",
        _ => "Le corps n’est pas du JSON valide",
    };
}
