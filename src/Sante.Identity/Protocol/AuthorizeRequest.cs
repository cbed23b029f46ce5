using System.Globalization;
using Sante.Identity.Clients;

namespace Sante.Identity.Protocol;

/// <summary>A checked authorization request (OpenID Connect Core §3.1.2.1, PKCE). Kept sealed while the person signs in.</summary>
internal sealed record AuthorizeRequest(
    string ClientId, string RedirectUri, string Scope, string? State, string? Nonce, string CodeChallenge,
    string? Prompt, int? MaxAgeSeconds, string? LoginHint, string? ProviderHint)
{
    private const int LongestStateCharacters = 1024;

    /// <summary>
    /// Checks everything but the client and its redirect URI, which come first: without them no answer may leave to the client.
    /// </summary>
    public static OAuthError? Check(RequestParameters asked, Client client, out AuthorizeRequest? request)
    {
        request = null;
        var maxAge = 0;
        var error = asked switch
        {
            { Error: { } wrong } => wrong,
            _ when asked["request"] is not null => OAuthErrors.RequestObject,
            _ when asked["request_uri"] is not null => OAuthErrors.RequestUri,
            _ when asked["response_type"] is null => OAuthErrors.ParameterMissing,
            _ when asked["response_type"] != "code" => OAuthErrors.ResponseType,
            _ when asked["response_mode"] is not (null or "query") => OAuthErrors.ResponseMode,
            _ when asked["code_challenge"] is null => OAuthErrors.PkceRequired,
            _ when asked["code_challenge_method"] != "S256" => OAuthErrors.PkceMethod,
            _ when !Pkce.IsChallenge(asked["code_challenge"]!) => OAuthErrors.PkceMalformed,
            _ when asked["scope"] is null => OAuthErrors.ParameterMissing,
            _ when asked["state"]?.Length > LongestStateCharacters || asked["nonce"]?.Length > LongestStateCharacters => OAuthErrors.ParameterTooLong,
            _ when asked["prompt"] is not (null or "none" or "login" or "consent" or "select_account") => OAuthErrors.ParameterInvalid,
            _ when asked["max_age"] is { } age && !int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out maxAge) => OAuthErrors.ParameterInvalid,
            _ when !IsAllowedScope(asked["scope"]!, client) => OAuthErrors.ScopeRefused,
            _ => null,
        };
        if (error is null)
        {
            request = new AuthorizeRequest(
                client.ClientId, asked["redirect_uri"]!, ScopeSet.Parse(asked["scope"]!).ToString(), asked["state"], asked["nonce"], asked["code_challenge"]!,
                asked["prompt"], asked["max_age"] is null ? null : maxAge, asked["login_hint"], asked["idp_hint"]);
        }
        return error;
    }

    // Scopes of systems are never given to a person.
    private static bool IsAllowedScope(string scope, Client client)
    {
        var asked = ScopeSet.Parse(scope);
        return !asked.HasContext("system") && client.Scopes.Covers(asked);
    }
}
