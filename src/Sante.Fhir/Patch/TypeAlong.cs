using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.FhirPath;
using Sante.Fhir.Json;

namespace Sante.Fhir.Patch;

/// <summary>The type of the object that a pointer leads to, by the definitions.</summary>
internal static class TypeAlong
{
    public static TypeDef? Of(FhirNode root, JsonPointer pointer)
    {
        var node = root;
        var type = Schema.ResourceType(root);
        foreach (var token in pointer.Tokens)
        {
            if (node.Kind == FhirNodeKind.Map)
            {
                var name = Encoding.UTF8.GetBytes(token);
                var use = type?.Properties.Find(Utf8Hash.Of(name), name);
                type = use is { Companion: true } ? Schema.Element : use?.Use.Type;
            }

            node = new JsonStep(token).From(node);
            type = type is { Kind: TypeKind.Resource } ? Schema.ResourceType(node) ?? type : type;
        }

        return type;
    }

    private readonly record struct JsonStep(string Token)
    {
        public FhirNode From(FhirNode node) => JsonPointer.Root.Add(Token).Find(node);
    }
}
