using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace Sante.Fhir.Check;

/// <summary>The narrative's XHTML: one <c>div</c>, only the elements and attributes that FHIR admits, nothing that runs (http://hl7.org/fhir/R4/narrative.html#xhtml).</summary>
internal static partial class Narrative
{
    private static readonly FrozenSet<string> Elements = (
        "a abbr acronym address b bdo big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li ol p pre q "
        + "samp small span strong sub sup table tbody td tfoot th thead tr tt ul var").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Attributes = (
        "abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class colspan compact coords dir "
        + "frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules scope shape span src start style summary tabindex title "
        + "type valign value vspace width").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The stable code of what is wrong, or null.</summary>
    public static string? Fault(ReadOnlySpan<byte> value)
    {
        // XML knows five entities; the named ones of HTML that FHIR admits are harmless text here.
        var text = HtmlEntity().Replace(Encoding.UTF8.GetString(value), " ");
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 4 * 1024 * 1024 };
        using var reader = XmlReader.Create(new StringReader(text), settings);
        try
        {
            return Read(reader);
        }
        catch (XmlException)
        {
            // XmlReader has no other way to say that a text is not well formed.
            return "narrative-invalid";
        }
    }

    private static string? Read(XmlReader reader)
    {
        var first = true;
        while (reader.Read())
        {
            if (reader.NodeType is XmlNodeType.ProcessingInstruction or XmlNodeType.DocumentType)
            {
                return "narrative-forbidden";
            }

            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            if (first && reader.LocalName != "div")
            {
                return "narrative-invalid";
            }

            first = false;
            if (!Elements.Contains(reader.LocalName) || !HasOnlyAdmittedAttributes(reader))
            {
                return "narrative-forbidden";
            }
        }

        return first ? "narrative-invalid" : null;
    }

    private static bool HasOnlyAdmittedAttributes(XmlReader reader)
    {
        for (var more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
        {
            if (reader.Prefix is "xmlns" or "xml" || reader.Name == "xmlns")
            {
                continue;
            }

            if (!Attributes.Contains(reader.LocalName) || (reader.LocalName is "href" or "src" && IsActive(reader.Value)) || (reader.LocalName == "style" && IsActive(reader.Value)))
            {
                return false;
            }
        }

        reader.MoveToElement();
        return true;
    }

    private static bool IsActive(string value)
    {
        var plain = string.Concat(value.Where(letter => !char.IsWhiteSpace(letter) && !char.IsControl(letter)));
        return plain.Contains("javascript:", StringComparison.OrdinalIgnoreCase) || plain.Contains("vbscript:", StringComparison.OrdinalIgnoreCase)
            || plain.StartsWith("data:text", StringComparison.OrdinalIgnoreCase) || plain.Contains("expression(", StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex("&(?!(amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,10};")]
    private static partial Regex HtmlEntity();
}
