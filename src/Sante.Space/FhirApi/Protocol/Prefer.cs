using Microsoft.AspNetCore.Http;

namespace Sante.Space.FhirApi;

/// <summary>What a write answers with (http://hl7.org/fhir/R4/http.html#ops).</summary>
internal enum PreferredReturn
{
    /// <summary>Not asked: the resource, as most servers do.</summary>
    Unsaid,
    /// <summary>No body.</summary>
    Minimal,
    /// <summary>The resource.</summary>
    Representation,
    /// <summary>The findings.</summary>
    Outcome,
}

/// <summary>
/// The header <c>Prefer</c> (RFC 7240): <c>return=minimal|representation|OperationOutcome</c> and <c>handling=strict|lenient</c>. Of a preference said
/// twice the first counts; others, <c>respond-async</c> among them, are preferences too, hence left unheard.
/// </summary>
internal readonly record struct Prefer(PreferredReturn Return, bool Lenient)
{
    /// <summary>Whether the resource is what it asks for.</summary>
    public bool IsOfResource => Return is PreferredReturn.Unsaid or PreferredReturn.Representation;

    public static Prefer Of(HttpRequest request)
    {
        var values = request.Headers["Prefer"];
        if (values.Count == 0)
            return default;
        PreferredReturn? returned = null;
        bool? lenient = null;
        foreach (var value in values)
        {
            foreach (var range in value.AsSpan().Split(','))
                Read(value.AsSpan()[range], ref returned, ref lenient);
        }

        return new Prefer(returned ?? PreferredReturn.Unsaid, lenient ?? false);
    }

    private static void Read(ReadOnlySpan<char> preference, ref PreferredReturn? returned, ref bool? lenient)
    {
        // Parameters of a preference come after a semicolon and mean nothing for these two.
        var end = preference.IndexOf(';');
        var word = end < 0 ? preference : preference[..end];
        var equal = word.IndexOf('=');
        if (equal < 0)
            return;
        var name = word[..equal].Trim();
        var value = word[(equal + 1)..].Trim().Trim('"');
        if (name.Equals("return", StringComparison.OrdinalIgnoreCase))
        {
            returned ??= value.Equals("minimal", StringComparison.OrdinalIgnoreCase) ? PreferredReturn.Minimal
                : value.Equals("representation", StringComparison.OrdinalIgnoreCase) ? PreferredReturn.Representation
                : value.Equals("OperationOutcome", StringComparison.OrdinalIgnoreCase) ? PreferredReturn.Outcome
                : null;
        }
        else if (name.Equals("handling", StringComparison.OrdinalIgnoreCase))
        {
            lenient ??= value.Equals("lenient", StringComparison.OrdinalIgnoreCase) ? true
                : value.Equals("strict", StringComparison.OrdinalIgnoreCase) ? false
                : null;
        }
    }
}
