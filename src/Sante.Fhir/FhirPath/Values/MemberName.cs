using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.FhirPath;

/// <summary>A member's name as the expression writes it, ready to be compared with names of the JSON.</summary>
internal sealed class MemberName
{
    // The element of the type met last: most places of an expression only ever see one type.
    private Resolved? last;

    public MemberName(string name)
    {
        Name = name;
        Utf8 = Encoding.UTF8.GetBytes(name);
        Companion = Encoding.UTF8.GetBytes("_" + name);
        Hash = Utf8Hash.Of(Utf8);
        CompanionHash = Utf8Hash.Of(Companion);
        MayBeType = name.Length > 0 && char.IsAsciiLetterUpper(name[0]);
    }

    public string Name { get; }
    public byte[] Utf8 { get; }
    public byte[] Companion { get; }
    public uint Hash { get; }
    public uint CompanionHash { get; }
    public bool MayBeType { get; }

    /// <summary>The element of that name, or null when the type has none.</summary>
    public ElementDef? In(TypeDef type)
    {
        var known = last;
        if (known is null || !ReferenceEquals(known.Type, type))
        {
            last = known = new Resolved(type, type.Elements.Find(element => element.Name == Name));
        }

        return known.Element;
    }

    private sealed record Resolved(TypeDef Type, ElementDef? Element);
}
