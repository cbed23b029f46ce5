using Sante.Identity.Keys;

namespace Sante.Identity.Protocol;

/// <summary>What the server publishes about itself: OpenID Connect Discovery 1.0 §3 and its key set.</summary>
internal static class Discovery
{
    public static IResult Metadata(IdentitySettings settings)
    {
        var issuer = settings.Issuer;
        return Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = issuer,
            ["authorization_endpoint"] = issuer + "/connect/authorize",
            ["token_endpoint"] = issuer + "/connect/token",
            ["userinfo_endpoint"] = issuer + "/connect/userinfo",
            ["end_session_endpoint"] = issuer + "/connect/logout",
            ["jwks_uri"] = issuer + "/.well-known/jwks.json",
            ["scopes_supported"] = (string[])["openid", "profile", "patient/*.rs", "user/*.rs", "user/*.cruds", "space/*"],
            ["response_types_supported"] = (string[])["code"],
            ["response_modes_supported"] = (string[])["query"],
            ["grant_types_supported"] = (string[])["authorization_code", "client_credentials"],
            ["subject_types_supported"] = (string[])["public"],
            ["id_token_signing_alg_values_supported"] = (string[])["ES256"],
            ["token_endpoint_auth_methods_supported"] = (string[])["private_key_jwt", "none"],
            ["token_endpoint_auth_signing_alg_values_supported"] = (string[])["RS384", "ES384", "ES256", "PS256"],
            ["code_challenge_methods_supported"] = (string[])["S256"],
            ["prompt_values_supported"] = (string[])["none", "login", "select_account", "consent"],
            ["claims_supported"] = (string[])["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "sid", "name"],
            ["ui_locales_supported"] = (string[])["fr"],
            ["authorization_response_iss_parameter_supported"] = true,
            ["request_parameter_supported"] = false,
            ["request_uri_parameter_supported"] = false,
            ["claims_parameter_supported"] = false,
        });
    }

    /// <summary>Readers may keep it for less time than a replaced key stays published.</summary>
    public static async Task<IResult> KeySetAsync(SigningKeys keys, HttpContext context)
    {
        var set = await keys.GetAsync(context.RequestAborted);
        context.Response.Headers.CacheControl = $"public, max-age={SigningKeys.RefreshSeconds}";
        return Results.Json(new { keys = set.Published.Select(SigningKeys.PublicJwk) });
    }
}
