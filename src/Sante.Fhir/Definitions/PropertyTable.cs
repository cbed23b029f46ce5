using System.Text;
using Sante.Fhir.Json;

namespace Sante.Fhir.Definitions;

/// <summary>A JSON member that a type may have.</summary>
/// <param name="Element">The element.</param>
/// <param name="Ordinal">Its place in <see cref="TypeDef.Elements"/>.</param>
/// <param name="Use">The type that the name stands for (of a choice, the one that the name ends with).</param>
/// <param name="Companion">The name begins with <c>_</c>: id and extensions of a primitive.</param>
internal sealed record Property(ElementDef Element, int Ordinal, TypeUse Use, bool Companion);

/// <summary>From the bytes of a member's name to its property: open addressing on the hash that the parser has already computed.</summary>
internal sealed class PropertyTable
{
    public static readonly PropertyTable Empty = new([]);

    private readonly (uint Hash, byte[] Name, Property Property)[] slots;
    private readonly int mask;

    private PropertyTable(List<(byte[] Name, Property Property)> properties)
    {
        var size = 4;
        while (size < properties.Count * 2)
        {
            size *= 2;
        }

        slots = new (uint, byte[], Property)[size];
        mask = size - 1;
        foreach (var (name, property) in properties)
        {
            var hash = Utf8Hash.Of(name);
            var at = (int)(hash & (uint)mask);
            while (slots[at].Name is not null)
            {
                at = (at + 1) & mask;
            }

            slots[at] = (hash, name, property);
        }
    }

    public static PropertyTable Of(TypeDef type)
    {
        List<(byte[], Property)> properties = [];
        for (var at = 0; at < type.Elements.Count; at++)
        {
            var element = type.Elements[at];
            foreach (var use in element.Types)
            {
                var name = element.Choice ? element.Name + char.ToUpperInvariant(use.Name[0]) + use.Name[1..] : element.Name;
                properties.Add((Encoding.UTF8.GetBytes(name), new Property(element, at, use, false)));
                if (use.Type.Kind == TypeKind.Primitive)
                {
                    properties.Add((Encoding.UTF8.GetBytes("_" + name), new Property(element, at, use, true)));
                }

                if (!element.Choice)
                {
                    break;
                }
            }
        }

        return new PropertyTable(properties);
    }

    public Property? Find(uint hash, ReadOnlySpan<byte> name)
    {
        for (var at = (int)(hash & (uint)mask); slots[at].Name is { } known; at = (at + 1) & mask)
        {
            if (slots[at].Hash == hash && name.SequenceEqual(known))
            {
                return slots[at].Property;
            }
        }

        return null;
    }
}
