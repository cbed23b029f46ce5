using Microsoft.Extensions.Primitives;

namespace Sante.Identity.Protocol;

/// <summary>Parameters of a protocol request: each at most once, none longer than <see cref="LongestCharacters"/>; an empty one counts as absent (RFC 6749 §3.1).</summary>
internal sealed class RequestParameters
{
    /// <summary>Long enough for an assertion or an id_token hint.</summary>
    public const int LongestCharacters = 8192;

    private readonly Dictionary<string, string> values = [];

    public RequestParameters(IEnumerable<KeyValuePair<string, StringValues>> pairs)
    {
        foreach (var (name, all) in pairs)
        {
            if (all.Count != 1)
            {
                Error ??= OAuthErrors.ParameterRepeated;
            }
            else if (all[0]!.Length > LongestCharacters)
            {
                Error ??= OAuthErrors.ParameterTooLong;
            }
            if (all.Count > 0 && all[0] is { Length: > 0 and <= LongestCharacters } value)
            {
                values[name] = value;
            }
        }
    }

    /// <summary>What is wrong with the parameters as a whole, or null.</summary>
    public OAuthError? Error { get; }

    public string? this[string name] => values.GetValueOrDefault(name);

    /// <summary>The form of a POST, or null when the body is not one.</summary>
    public static async ValueTask<RequestParameters?> FromFormAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            return null;
        }
        try
        {
            return new RequestParameters(await request.ReadFormAsync(cancel));
        }
        catch (InvalidDataException)
        {
            // Too many or too long keys: the limits of the form reader.
            return null;
        }
    }
}
