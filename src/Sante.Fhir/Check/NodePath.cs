using System.Globalization;
using System.Text;
using Sante.Fhir.Json;

namespace Sante.Fhir.Check;

/// <summary>The FHIRPath of a node, found from the root down; computed only when an issue is reported.</summary>
internal static class NodePath
{
    /// <summary>For example <c>Patient.name[0].given[1]</c>; <c>_birthDate</c> is written as <c>birthDate</c>. Names that are no FHIR names become <c>?</c>.</summary>
    public static string Of(FhirNode node)
    {
        var tree = node.Tree;
        var path = new StringBuilder(new FhirNode(tree, 0)["resourceType"u8].Text is { } type && IsName(type) ? type : "Resource");
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

            Append(path, tree, child, isArray ? position : -1);
            at = child;
        }

        return path.ToString();
    }

    private static void Append(StringBuilder path, JsonTree tree, int child, int position)
    {
        if (position >= 0)
        {
            path.Append(CultureInfo.InvariantCulture, $"[{position}]");
            return;
        }

        var name = Encoding.UTF8.GetString(tree.Name(child));
        name = name.StartsWith('_') ? name[1..] : name;
        path.Append('.').Append(IsName(name) ? name : "?");
    }

    // A foreign name may hold anything, a person's data included: it is not echoed unless it looks like an element.
    private static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(char.IsAsciiLetterOrDigit);
}
