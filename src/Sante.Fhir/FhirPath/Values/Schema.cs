using System.Collections.Frozen;
using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.FhirPath;

/// <summary>Questions to the definitions that FHIRPath asks.</summary>
internal static class Schema
{
    private const int LongestTypeName = 64;
    private static readonly uint ResourceTypeHash = Utf8Hash.Of("resourceType"u8);
    private static readonly Lazy<TypeDef?> ElementType = new(() => R4.Current.Types.GetValueOrDefault("Element"));
    private static readonly FrozenDictionary<string, FhirPathKind> SystemTypes = new Dictionary<string, FhirPathKind>(StringComparer.Ordinal)
    {
        ["Boolean"] = FhirPathKind.Boolean,
        ["Integer"] = FhirPathKind.Integer,
        ["Decimal"] = FhirPathKind.Decimal,
        ["String"] = FhirPathKind.String,
        ["Date"] = FhirPathKind.Date,
        ["DateTime"] = FhirPathKind.DateTime,
        ["Time"] = FhirPathKind.Time,
        ["Quantity"] = FhirPathKind.Quantity,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Members of the <c>_name</c> of a primitive.</summary>
    public static TypeDef? Element => ElementType.Value;

    /// <summary>The kind of a System type by its name, None when there is none.</summary>
    public static FhirPathKind SystemType(string name) => SystemTypes.GetValueOrDefault(name);

    /// <summary>The definition that a node's <c>resourceType</c> names; null when it has none or it is unknown.</summary>
    public static TypeDef? ResourceType(FhirNode node) => node.Kind == FhirNodeKind.Map ? ResourceType(node.Tree, node.Index) : null;

    public static TypeDef? ResourceType(JsonTree tree, int index)
    {
        var entries = tree.Entries;
        var end = entries[index].End;
        for (var child = index + 1; child < end; child = entries[child].End)
        {
            if (entries[child].NameHash == ResourceTypeHash && tree.Name(child).SequenceEqual("resourceType"u8))
            {
                return entries[child].Kind == FhirNodeKind.Text ? Named(tree.Value(child)) : null;
            }
        }

        return null;
    }

    /// <summary>True when the type is that one or has it among its ancestors.</summary>
    public static bool Is(TypeDef? type, TypeDef wanted)
    {
        for (; type is not null; type = type.Parent.Length == 0 ? null : R4.Current.Types.GetValueOrDefault(type.Parent))
        {
            if (ReferenceEquals(type, wanted))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True for System.Quantity's counterparts: Quantity and the types made from it.</summary>
    public static bool IsQuantity(TypeDef? type) => type is { Kind: TypeKind.Complex } && (type.Name == "Quantity" || type.Parent == "Quantity");

    private static TypeDef? Named(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestTypeName)
        {
            return null;
        }

        Span<char> letters = stackalloc char[LongestTypeName];
        var length = Encoding.UTF8.GetChars(name, letters);
        return R4.Current.Resources.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(letters[..length], out var type) ? type : null;
    }
}
