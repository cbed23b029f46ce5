using System.Text;
using Sante.Fhir.Json;

namespace Sante.Fhir.Check;

/// <summary>A fixed set of short ASCII names, asked by bytes without allocation.</summary>
internal sealed class Utf8Names
{
    private readonly byte[]?[] slots;
    private readonly int mask;

    public Utf8Names(string names)
    {
        var all = names.Split(' ');
        var size = 8;
        while (size < all.Length * 3)
        {
            size *= 2;
        }

        (slots, mask) = (new byte[]?[size], size - 1);
        foreach (var name in all)
        {
            var utf8 = Encoding.ASCII.GetBytes(name);
            var at = Place(utf8);
            while (slots[at] is not null)
            {
                at = (at + 1) & mask;
            }

            slots[at] = utf8;
        }
    }

    public bool Contains(ReadOnlySpan<byte> name)
    {
        for (var at = Place(name); slots[at] is { } known; at = (at + 1) & mask)
        {
            if (name.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }

    private int Place(ReadOnlySpan<byte> name) => (int)(Utf8Hash.Of(name) & (uint)mask);
}
