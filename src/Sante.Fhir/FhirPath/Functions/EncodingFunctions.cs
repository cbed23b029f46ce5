using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace Sante.Fhir.FhirPath;

/// <summary>encode, decode, escape, unescape (FHIRPath 2.1 draft functions that the test suite asks for).</summary>
internal static class EncodingFunctions
{
    public static readonly PathFunctionEntry[] All =
    [
        new("encode", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Change(run, call, focus, input, output, Encode)),
        new("decode", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Change(run, call, focus, input, output, Decode)),
        new("escape", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Change(run, call, focus, input, output, Escape)),
        new("unescape", 1, 1, static (PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output) => Change(run, call, focus, input, output, Unescape)),
    ];

    private static void Change(PathRun run, CallNode call, in FhirPathValue focus, Items input, Items output, Func<string, string, string?> change)
    {
        var (text, form) = (call.InputText(run, input), call.Text(run, focus, 0));
        if (text is null || form is null)
        {
            return;
        }

        if (text.Length * 6L > run.Scope.Limits.MaxTextLength)
        {
            run.Fail(PathFaults.TooCostly);
        }
        else if (change(text, form) is { } made)
        {
            run.AddText(output, made);
        }
    }

    private static string? Encode(string text, string form)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return form switch
        {
            "hex" => Convert.ToHexStringLower(bytes),
            "base64" => Convert.ToBase64String(bytes),
            "urlbase64" => Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_'),
            _ => null,
        };
    }

    private static string? Decode(string text, string form)
    {
        switch (form)
        {
            case "hex":
                var pairs = new byte[text.Length / 2];
                return text.Length % 2 == 0 && Convert.FromHexString(text, pairs, out _, out _) == System.Buffers.OperationStatus.Done ? Encoding.UTF8.GetString(pairs) : null;
            case "base64":
                var bytes = new byte[text.Length];
                return Convert.TryFromBase64String(text, bytes, out var written) ? Encoding.UTF8.GetString(bytes.AsSpan(0, written)) : null;
            case "urlbase64":
                return Base64Url.IsValid(text) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)) : null;
            default:
                return null;
        }
    }

    private static string? Escape(string text, string form) => form switch
    {
        "html" => WebUtility.HtmlEncode(text),
        "json" => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text),
        _ => null,
    };

    private static string? Unescape(string text, string form) => form switch
    {
        "html" => WebUtility.HtmlDecode(text),
        "json" => FromJson(text),
        _ => null,
    };

    /// <summary>Resolves the escapes of JSON strings; what is no escape stays.</summary>
    private static string FromJson(string text)
    {
        var made = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\' || at + 1 == text.Length)
            {
                made.Append(text[at]);
                continue;
            }

            var letter = text[++at];
            if (letter == 'u' && at + 4 < text.Length && ushort.TryParse(text.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                made.Append((char)unit);
                at += 4;
                continue;
            }

            made.Append(letter switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'f' => '\f', 'b' => '\b', _ => letter });
        }

        return made.ToString();
    }
}
