using System.Globalization;
using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.Check;

/// <summary>The FHIRPath of a node, found from the root down; computed only when an issue is reported.</summary>
internal static class NodePath
{
    /// <summary>For example <c>Patient.name[0].given[1]</c>; <c>_birthDate</c> is written as <c>birthDate</c>, <c>valueString</c> as <c>value</c>. Names that are no FHIR names become <c>?</c>.</summary>
    public static string Of(FhirNode node)
    {
        var tree = node.Tree;
        var root = new FhirNode(tree, 0)["resourceType"u8].Text;
        var path = new StringBuilder(root is not null && IsName(root) ? root : "Resource");
        var type = root is null ? null : R4.Current.Resources.GetValueOrDefault(root);
        var at = 0;
        while (at != node.Index)
        {
            var isArray = tree.Entries[at].Kind == FhirNodeKind.List;
            var child = at + 1;
            var position = 0;
            while (tree.Entries[child].End <= node.Index)
            {
                child = tree.Entries[child].End;
                position++;
            }

            if (isArray)
            {
                path.Append(CultureInfo.InvariantCulture, $"[{position}]");
            }
            else
            {
                Append(path, tree, child, ref type);
            }

            type = Inner(tree, child) ?? type;
            at = child;
        }

        return path.ToString();
    }

    private static void Append(StringBuilder path, JsonTree tree, int child, ref TypeDef? type)
    {
        var property = type?.Properties.Find(tree.Entries[child].NameHash, tree.Name(child));
        type = property is { Companion: true } ? R4.Current.Types["Element"] : property?.Use.Type;
        var name = property?.Element.Name ?? Encoding.UTF8.GetString(tree.Name(child)).TrimStart('_');
        path.Append('.').Append(IsName(name) ? name : "?");
    }

    /// <summary>The type of a resource inside another.</summary>
    private static TypeDef? Inner(JsonTree tree, int child) =>
        new FhirNode(tree, child)["resourceType"u8].Text is { } name ? R4.Current.Resources.GetValueOrDefault(name) : null;

    // A foreign name may hold anything, a person's data included: it is not echoed unless it looks like an element.
    private static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(char.IsAsciiLetterOrDigit);
}
