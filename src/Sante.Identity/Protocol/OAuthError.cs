namespace Sante.Identity.Protocol;

/// <summary>An error of the protocol, as a value.</summary>
/// <param name="Error">The word of RFC 6749 §4.1.2.1, §5.2 or OpenID Connect Core §3.1.2.6.</param>
/// <param name="Code">Our stable, precise code, listed in <c>eng/oauth-errors.md</c>.</param>
/// <param name="Description">For the client's developer: ASCII (RFC 6749 §5.2), nothing of the request in it.</param>
/// <param name="Status">HTTP status when answered directly.</param>
internal sealed record OAuthError(string Error, string Code, string Description, int Status = StatusCodes.Status400BadRequest);

/// <summary>Every error that this server gives.</summary>
internal static class OAuthErrors
{
    public static OAuthError ParameterRepeated { get; } = new("invalid_request", "parameter-repeated", "A parameter is present more than once.");
    public static OAuthError ParameterMissing { get; } = new("invalid_request", "parameter-missing", "A required parameter is missing.");
    public static OAuthError ParameterTooLong { get; } = new("invalid_request", "parameter-too-long", "A parameter is too long.");
    public static OAuthError ParameterInvalid { get; } = new("invalid_request", "parameter-invalid", "A parameter has a value that is not allowed.");
    public static OAuthError FormRequired { get; } = new("invalid_request", "form-required", "The request must be a form (application/x-www-form-urlencoded).");
    public static OAuthError PkceRequired { get; } = new("invalid_request", "pkce-required", "code_challenge is required (RFC 7636).");
    public static OAuthError PkceMethod { get; } = new("invalid_request", "pkce-method-refused", "code_challenge_method must be S256.");
    public static OAuthError PkceMalformed { get; } = new("invalid_request", "pkce-malformed", "code_challenge must be 43 base64url characters.");
    public static OAuthError ResponseType { get; } = new("unsupported_response_type", "response-type-refused", "response_type must be code.");
    public static OAuthError ResponseMode { get; } = new("invalid_request", "response-mode-refused", "response_mode must be query.");
    public static OAuthError RequestObject { get; } = new("request_not_supported", "request-object-refused", "Request objects are not supported.");
    public static OAuthError RequestUri { get; } = new("request_uri_not_supported", "request-uri-refused", "request_uri is not supported.");
    public static OAuthError ScopeRefused { get; } = new("invalid_scope", "scope-refused", "A scope is unknown or not allowed to this client.");
    public static OAuthError ScopeOfAnotherKind { get; } = new("invalid_scope", "scope-of-another-kind", "No scope asked for can be given to this kind of person.");
    public static OAuthError LoginRequired { get; } = new("login_required", "login-required", "The person is not signed in.");
    public static OAuthError AccessDenied { get; } = new("access_denied", "sign-in-denied", "The person or the identity provider ended the sign-in.");
    public static OAuthError ServerError { get; } = new("server_error", "identity-provider-failed", "The identity provider gave no usable answer.");
    public static OAuthError ClientUnknown { get; } = new("invalid_client", "client-unknown", "Client authentication failed.", StatusCodes.Status401Unauthorized);
    public static OAuthError ClientUnauthenticated { get; } =
        new("invalid_client", "client-assertion-missing", "This client must authenticate by private_key_jwt.", StatusCodes.Status401Unauthorized);
    public static OAuthError ClientMethod { get; } =
        new("invalid_client", "client-method-refused", "Only private_key_jwt (RFC 7523) is accepted.", StatusCodes.Status401Unauthorized);
    public static OAuthError AssertionInvalid { get; } =
        new("invalid_client", "client-assertion-invalid", "The client assertion is not valid.", StatusCodes.Status401Unauthorized);
    public static OAuthError AssertionLifetime { get; } =
        new("invalid_client", "client-assertion-lifetime", "The client assertion is over, too early, or longer than 5 minutes.", StatusCodes.Status401Unauthorized);
    public static OAuthError AssertionAudience { get; } =
        new("invalid_client", "client-assertion-audience", "The client assertion is for another audience.", StatusCodes.Status401Unauthorized);
    public static OAuthError AssertionReplayed { get; } =
        new("invalid_client", "client-assertion-replayed", "The client assertion was used before.", StatusCodes.Status401Unauthorized);
    public static OAuthError GrantType { get; } = new("unsupported_grant_type", "grant-type-refused", "grant_type is not supported.");
    public static OAuthError GrantNotAllowed { get; } = new("unauthorized_client", "grant-not-allowed", "This client may not use this grant.");
    public static OAuthError CodeInvalid { get; } = new("invalid_grant", "code-invalid", "The authorization code is unknown, or of another client or redirect_uri.");
    public static OAuthError CodeExpired { get; } = new("invalid_grant", "code-expired", "The authorization code has ended.");
    public static OAuthError CodeReused { get; } = new("invalid_grant", "code-reused", "The authorization code was used before; its tokens are revoked.");
    public static OAuthError PkceFailed { get; } = new("invalid_grant", "pkce-failed", "code_verifier does not answer code_challenge.");
    public static OAuthError SessionEnded { get; } = new("invalid_grant", "session-ended", "The person's session has ended.");
    public static OAuthError TokenInvalid { get; } = new("invalid_token", "token-invalid", "The access token is not valid.", StatusCodes.Status401Unauthorized);
    public static OAuthError TokenScope { get; } = new("insufficient_scope", "scope-insufficient", "The access token lacks openid.", StatusCodes.Status403Forbidden);

    /// <summary>The answer of an endpoint that speaks to clients, never cached.</summary>
    public static IResult ToResult(this OAuthError error, HttpContext context)
    {
        NoStore(context.Response);
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"sante\", error=\"{error.Error}\"";
        }
        return Results.Json(
            new Dictionary<string, string> { ["error"] = error.Error, ["error_description"] = error.Description, ["code"] = error.Code }, statusCode: error.Status);
    }

    /// <summary>RFC 6749 §5.1.</summary>
    public static void NoStore(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
    }
}
