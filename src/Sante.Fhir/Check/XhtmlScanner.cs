using System.Globalization;

namespace Sante.Fhir.Check;

/// <summary>
/// Well-formedness of a narrative and what stands in it, over bytes, in one pass, nothing allocated. Stricter than XML where browsers read otherwise:
/// no CDATA, no processing instruction, no comment that HTML would end sooner, no prefixed element.
/// </summary>
internal ref struct XhtmlScanner(ReadOnlySpan<byte> text)
{
    private const int MaxDepth = 128;
    private const int MaxAttributes = 32;
    private const string Invalid = "narrative-invalid";
    private const string Forbidden = "narrative-forbidden";

    private readonly ReadOnlySpan<byte> text = text;
    private int at;
    private string? fault;

    /// <summary>The stable code of what is wrong, or null.</summary>
    public string? Document()
    {
        Span<int> open = stackalloc int[MaxDepth * 2];
        var depth = 0;
        var begun = false;
        while (fault is null && at < text.Length)
        {
            if (text[at] != '<')
            {
                Text(depth > 0);
            }
            else if (at + 1 < text.Length && text[at + 1] is (byte)'!' or (byte)'?')
            {
                Special();
            }
            else if (at + 1 < text.Length && text[at + 1] == '/')
            {
                EndTag(open, ref depth);
            }
            else if (depth == 0 && (begun || !text[(at + 1)..].StartsWith("div"u8)))
            {
                return Invalid;
            }
            else
            {
                begun = true;
                StartTag(open, ref depth);
            }
        }

        return fault ?? (begun && depth == 0 ? null : Invalid);
    }

    /// <summary>The code point of <c>#38</c> or <c>#x26</c>, or -1.</summary>
    public static int Reference(ReadOnlySpan<byte> reference)
    {
        var hex = reference.Length > 1 && reference[1] is (byte)'x' or (byte)'X';
        var digits = reference[(hex ? 2 : 1)..];
        var code = digits.Length is > 0 and <= 9
            && int.TryParse(digits, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1;
        return code is 9 or 10 or 13 or (>= 32 and < 0xD800) or (> 0xDFFF and < 0x110000) ? code : -1;
    }

    private void Text(bool inside)
    {
        var length = text[at..].IndexOfAny((byte)'<', (byte)'&');
        var run = length < 0 ? text[at..] : text.Slice(at, length);
        if ((!inside && run.ContainsAnyExcept(" \t\r\n"u8)) || run.IndexOf("]]>"u8) >= 0)
        {
            fault = Invalid;
            return;
        }

        at += run.Length;
        if (at < text.Length && text[at] == '&')
        {
            if (!inside || EntityLength(text[at..]) is not (> 0 and var entity))
            {
                fault = Invalid;
                return;
            }

            at += entity;
        }
    }

    // XML knows five names; those of HTML that FHIR admits are harmless text here.
    private static int EntityLength(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)';');
        if (end is < 2 or > 12)
        {
            return 0;
        }

        var name = text[1..end];
        if (name[0] == '#')
        {
            return Reference(name) > 0 ? end + 1 : 0;
        }

        foreach (var unit in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)unit))
            {
                return 0;
            }
        }

        return char.IsAsciiLetter((char)name[0]) ? end + 1 : 0;
    }

    private void Special()
    {
        var rest = text[at..];
        if (!rest.StartsWith("<!--"u8))
        {
            fault = rest.StartsWith("<!D"u8) ? Invalid : Forbidden;
            return;
        }

        var body = rest[4..];
        var end = body.IndexOf("--"u8);
        if (end < 0 || end + 2 >= body.Length || body[end + 2] != '>')
        {
            fault = Invalid;
        }
        else if (body[0] == '>' || body.StartsWith("->"u8))
        {
            fault = Forbidden;
        }

        at += end + 7;
    }

    private void EndTag(scoped Span<int> open, ref int depth)
    {
        at += 2;
        var name = Name();
        Space();
        if (depth == 0 || at >= text.Length || text[at] != '>' || !text.Slice(open[(depth * 2) - 2], open[(depth * 2) - 1]).SequenceEqual(name))
        {
            fault = Invalid;
            return;
        }

        at++;
        depth--;
    }

    private void StartTag(scoped Span<int> open, ref int depth)
    {
        var start = ++at;
        var name = Name();
        if (name.IsEmpty || depth == MaxDepth)
        {
            fault = Invalid;
            return;
        }

        if (!Narrative.IsElement(name))
        {
            fault = Forbidden;
            return;
        }

        if (!Attributes())
        {
            fault ??= Invalid;
            return;
        }

        if (text[at] == '/')
        {
            at += 2;
            return;
        }

        at++;
        (open[depth * 2], open[(depth * 2) + 1]) = (start, name.Length);
        depth++;
    }

    /// <summary>Up to <c>&gt;</c> or <c>/&gt;</c>, where it stands then; false when the tag does not end so.</summary>
    private bool Attributes()
    {
        Span<int> seen = stackalloc int[MaxAttributes * 2];
        for (var count = 0; count < MaxAttributes; count++)
        {
            var spaced = Space();
            if (at < text.Length && (text[at] == '>' || (text[at] == '/' && at + 1 < text.Length && text[at + 1] == '>')))
            {
                return true;
            }

            var start = at;
            var name = Name();
            if (!spaced || name.IsEmpty || !Value(out var value) || IsTwice(seen[..(count * 2)], name))
            {
                return false;
            }

            if (!Narrative.IsAttribute(name, value))
            {
                fault = Forbidden;
                return false;
            }

            (seen[count * 2], seen[(count * 2) + 1]) = (start, name.Length);
        }

        return false;
    }

    private readonly bool IsTwice(scoped Span<int> seen, ReadOnlySpan<byte> name)
    {
        for (var one = 0; one < seen.Length; one += 2)
        {
            if (text.Slice(seen[one], seen[one + 1]).SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    private bool Value(out ReadOnlySpan<byte> value)
    {
        value = default;
        Space();
        if (at >= text.Length || text[at] != '=')
        {
            return false;
        }

        at++;
        Space();
        if (at >= text.Length || text[at] is not ((byte)'"' or (byte)'\''))
        {
            return false;
        }

        var length = text[(at + 1)..].IndexOf(text[at]);
        if (length < 0)
        {
            return false;
        }

        value = text.Slice(at + 1, length);
        at += length + 2;
        for (var rest = value; rest.IndexOfAny((byte)'&', (byte)'<') is var mark and >= 0; rest = rest[(mark + 1)..])
        {
            if (EntityLength(rest[mark..]) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private ReadOnlySpan<byte> Name()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit((char)text[at]) || text[at] is (byte)':' or (byte)'-' or (byte)'_' or (byte)'.'))
        {
            at++;
        }

        return text[start..at];
    }

    private bool Space()
    {
        var start = at;
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at > start;
    }
}
