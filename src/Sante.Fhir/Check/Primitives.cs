using System.Buffers;
using System.Buffers.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.Check;

/// <summary>Checks values of the primitive types by hand, over bytes, without regular expressions (http://hl7.org/fhir/R4/datatypes.html#primitive).</summary>
internal static class Primitives
{
    private static readonly SearchValues<byte> Spaces = SearchValues.Create(" \t\r\n"u8);
    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"u8);
    private const int MaxStringBytes = 1024 * 1024;

    /// <summary>The stable code of what is wrong, or null.</summary>
    public static string? Fault(PrimitiveForm form, JsonTree tree, int index)
    {
        ref readonly var entry = ref tree.Entries[index];
        var expected = form switch
        {
            PrimitiveForm.Boolean => entry.Kind is FhirNodeKind.True or FhirNodeKind.False,
            PrimitiveForm.Integer or PrimitiveForm.PositiveInt or PrimitiveForm.UnsignedInt or PrimitiveForm.Decimal => entry.Kind == FhirNodeKind.Number,
            _ => entry.Kind == FhirNodeKind.Text,
        };
        if (!expected)
        {
            return entry.Kind == FhirNodeKind.Null ? "null-not-allowed" : "value-kind-wrong";
        }

        if (form == PrimitiveForm.Boolean)
        {
            return null;
        }

        var value = tree.Value(index);
        return entry.Kind == FhirNodeKind.Number ? NumberFault(form, value)
            : value.IsEmpty ? "string-empty"
            : entry.Escaped ? EscapedFault(form, value)
            : TextFault(form, value);
    }

    private static string? EscapedFault(PrimitiveForm form, ReadOnlySpan<byte> raw)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            ReadOnlySpan<byte> value = buffer.AsSpan(0, JsonText.Unescape(raw, buffer));
            foreach (var unit in value)
            {
                if (unit < 32 && unit is not (9 or 10 or 13))
                {
                    return "string-control-character";
                }
            }

            return TextFault(form, value);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string? NumberFault(PrimitiveForm form, ReadOnlySpan<byte> value)
    {
        if (form == PrimitiveForm.Decimal)
        {
            // R4 sets no bound; beyond a double no system could compare it, so it is refused rather than read wrongly.
            return Utf8Parser.TryParse(value, out double number64, out var read) && read == value.Length && double.IsFinite(number64) ? null : "decimal-out-of-range";
        }

        var fits = Utf8Parser.TryParse(value, out int number, out var length) && length == value.Length;
        return !fits ? "integer-invalid"
            : form == PrimitiveForm.PositiveInt && number < 1 ? "integer-out-of-range"
            : form == PrimitiveForm.UnsignedInt && number < 0 ? "integer-out-of-range"
            : null;
    }

    private static string? TextFault(PrimitiveForm form, ReadOnlySpan<byte> value) => form switch
    {
        PrimitiveForm.String => value.Length > MaxStringBytes ? "string-too-long" : BidiFault(value),
        PrimitiveForm.Markdown => value.Length > MaxStringBytes ? "string-too-long" : null,
        PrimitiveForm.Uri or PrimitiveForm.Url or PrimitiveForm.Canonical => value.ContainsAny(Spaces) ? "uri-invalid" : null,
        PrimitiveForm.Oid => IsOid(value) ? null : "oid-invalid",
        PrimitiveForm.Uuid => IsUuid(value) ? null : "uuid-invalid",
        PrimitiveForm.Id => IsId(value) ? null : "id-invalid",
        PrimitiveForm.Code => IsCode(value) ? null : "code-invalid",
        PrimitiveForm.Base64Binary => IsBase64(value) ? null : "base64-invalid",
        PrimitiveForm.Date => FhirDate.TryParse(value, out var date) && date.Precision <= FhirDatePrecision.Day ? null : "date-invalid",
        PrimitiveForm.DateTime => FhirDate.TryParse(value, out var time) && (time.Precision <= FhirDatePrecision.Day || IsFull(time)) ? null : "datetime-invalid",
        PrimitiveForm.Instant => FhirDate.TryParse(value, out var instant) && IsFull(instant) ? null : "instant-invalid",
        PrimitiveForm.Time => IsTime(value) ? null : "time-invalid",
        PrimitiveForm.Xhtml => Narrative.Fault(value),
        _ => null,
    };

    private static bool IsFull(FhirDate date) => date is { Precision: FhirDatePrecision.Second, HasZone: true };

    /// <summary>An id: letters, digits, <c>-</c> and <c>.</c>, 1 to 64.</summary>
    public static bool IsId(ReadOnlySpan<byte> value)
    {
        foreach (var unit in value)
        {
            if (!char.IsAsciiLetterOrDigit((char)unit) && unit is not ((byte)'-' or (byte)'.'))
            {
                return false;
            }
        }

        return value.Length is > 0 and <= 64;
    }

    private static bool IsCode(ReadOnlySpan<byte> value)
    {
        for (var at = 0; at < value.Length; at++)
        {
            var space = value[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
            if (space && (at == 0 || at == value.Length - 1 || Spaces.Contains(value[at - 1])))
            {
                return false;
            }
        }

        return true;
    }

    // Overrides and isolates make a text read otherwise than it is stored: no name of a person needs them.
    private static string? BidiFault(ReadOnlySpan<byte> value)
    {
        for (var rest = value; rest.IndexOf((byte)0xE2) is var at and >= 0 && at + 2 < rest.Length; rest = rest[(at + 1)..])
        {
            if ((rest[at + 1] == 0x80 && rest[at + 2] is >= 0xAA and <= 0xAE) || (rest[at + 1] == 0x81 && rest[at + 2] is >= 0xA6 and <= 0xA9))
            {
                return "string-bidi-control";
            }
        }

        return null;
    }

    private static bool IsOid(ReadOnlySpan<byte> value)
    {
        if (!value.StartsWith("urn:oid:"u8) || value.Length < 11 || value[8] is < (byte)'0' or > (byte)'2' || value[9] != '.')
        {
            return false;
        }

        var arc = 0;
        for (var at = 10; at <= value.Length; at++)
        {
            if (at == value.Length || value[at] == '.')
            {
                if (arc == 0 || (arc > 1 && value[at - arc] == '0'))
                {
                    return false;
                }

                arc = 0;
            }
            else if (char.IsAsciiDigit((char)value[at]))
            {
                arc++;
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsUuid(ReadOnlySpan<byte> value) =>
        value.Length == 45 && value.StartsWith("urn:uuid:"u8) && Utf8Parser.TryParse(value[9..], out Guid _, out var read, 'D') && read == 36;

    private static bool IsTime(ReadOnlySpan<byte> value)
    {
        Span<byte> whole = stackalloc byte[64];
        if (value.Length is < 8 or > 40 || value[^1] is < (byte)'0' or > (byte)'9' || value[8..].ContainsAny((byte)'+', (byte)'-'))
        {
            return false;
        }

        "2000-01-01T"u8.CopyTo(whole);
        value.CopyTo(whole[11..]);
        return FhirDate.TryParse(whole[..(11 + value.Length)], out var time) && time.Precision == FhirDatePrecision.Second;
    }

    private static bool IsBase64(ReadOnlySpan<byte> value)
    {
        if (value.ContainsAnyExcept(Base64))
        {
            return false;
        }

        var (letters, padding) = (0, 0);
        if (!value.ContainsAny(Spaces))
        {
            padding = value.EndsWith("=="u8) ? 2 : value.EndsWith("="u8) ? 1 : 0;
            return value.Length % 4 == 0 && !value[..^padding].Contains((byte)'=');
        }

        foreach (var unit in value)
        {
            if (Spaces.Contains(unit))
            {
                continue;
            }

            if (padding > 0 && unit != '=')
            {
                return false;
            }

            padding += unit == '=' ? 1 : 0;
            letters++;
        }

        return letters > 0 && letters % 4 == 0 && padding <= 2;
    }
}
