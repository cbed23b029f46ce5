using System.Buffers;

namespace Sante.Fhir.Check;

/// <summary>The narrative's XHTML: one <c>div</c>, only the elements and attributes that FHIR admits, nothing that runs (http://hl7.org/fhir/R4/narrative.html#xhtml).</summary>
internal static class Narrative
{
    private static readonly Utf8Names Elements = new(
        "a abbr acronym address b bdo big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li ol p pre q "
        + "samp small span strong sub sup table tbody td tfoot th thead tr tt ul var");

    private static readonly Utf8Names Attributes = new(
        "abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class colspan compact coords dir "
        + "frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules scope shape span src start style summary tabindex title "
        + "type valign value vspace width");

    /// <summary>The stable code of what is wrong, or null.</summary>
    public static string? Fault(ReadOnlySpan<byte> value) => new XhtmlScanner(value).Document();

    public static bool IsElement(ReadOnlySpan<byte> name) => Elements.Contains(name);

    /// <summary>True for an attribute that may stand, with this value; namespaces and <c>xml:lang</c> always may.</summary>
    public static bool IsAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        name.StartsWith("xmlns:"u8) || name.StartsWith("xml:"u8) || name.SequenceEqual("xmlns"u8)
        || (Attributes.Contains(name) && !((name.SequenceEqual("href"u8) || name.SequenceEqual("src"u8) || name.SequenceEqual("style"u8)) && IsActive(value)));

    /// <summary>A value that would run something: read as browsers do, without spaces and control characters, character references resolved.</summary>
    private static bool IsActive(ReadOnlySpan<byte> value)
    {
        var rented = ArrayPool<byte>.Shared.Rent(value.Length);
        var length = 0;
        for (var at = 0; at < value.Length;)
        {
            var unit = value[at] == '&' && value[at..].IndexOf((byte)';') is var end and > 0 ? Resolve(value.Slice(at + 1, end - 1)) : value[at];
            at += value[at] == '&' && value[at..].IndexOf((byte)';') is var past and > 0 ? past + 1 : 1;
            if (unit > 32)
            {
                rented[length++] = (byte)(unit is >= (byte)'A' and <= (byte)'Z' ? unit | 0x20 : unit);
            }
        }

        ReadOnlySpan<byte> plain = rented.AsSpan(0, length);
        var active = plain.IndexOf("javascript:"u8) >= 0 || plain.IndexOf("vbscript:"u8) >= 0 || plain.StartsWith("data:text"u8) || plain.IndexOf("expression("u8) >= 0;
        ArrayPool<byte>.Shared.Return(rented);
        return active;
    }

    // Only ASCII matters here: anything else becomes a letter that no scheme has. &Tab; and &NewLine; are spaces, &colon; a colon.
    private static byte Resolve(ReadOnlySpan<byte> reference)
    {
        if (reference.IsEmpty || reference[0] != '#')
        {
            return reference.SequenceEqual("colon"u8) ? (byte)':' : reference.SequenceEqual("lpar"u8) ? (byte)'('
                : reference.SequenceEqual("Tab"u8) || reference.SequenceEqual("NewLine"u8) ? (byte)' ' : (byte)'?';
        }

        return XhtmlScanner.Reference(reference) is var code and > 0 and < 128 ? (byte)code : (byte)'?';
    }
}
