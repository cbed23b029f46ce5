using Sante.Identity.Clients;

namespace Sante.Identity.Protocol;

/// <summary><c>POST /connect/token</c> (RFC 6749 §3.2): <c>authorization_code</c> and <c>client_credentials</c>.</summary>
internal sealed partial class TokenEndpoint(ClientAssertions assertions, AuthorizationCodes codes, TokenIssuer issuer, ILogger<TokenEndpoint> log)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        var (answer, error) = await AnswerAsync(context.Request, cancel);
        if (error is not null)
        {
            Refused(log, error.Code);
            return error.ToResult(context);
        }
        OAuthErrors.NoStore(context.Response);
        return Results.Json(answer);
    }

    private async Task<(Dictionary<string, object>? Answer, OAuthError? Error)> AnswerAsync(HttpRequest request, CancellationToken cancel)
    {
        if (await RequestParameters.FromFormAsync(request, cancel) is not { } asked)
        {
            return (null, OAuthErrors.FormRequired);
        }
        if (asked.Error is { } wrong)
        {
            return (null, wrong);
        }
        var grant = asked["grant_type"];
        if (grant is not ("authorization_code" or "client_credentials"))
        {
            return (null, grant is null ? OAuthErrors.ParameterMissing : OAuthErrors.GrantType);
        }
        var (client, refused) = await assertions.AuthenticateAsync(request, asked, cancel);
        if (client is null)
        {
            return (null, refused);
        }
        return grant == "authorization_code" ? await ForCodeAsync(client, asked, cancel) : await ForClientAsync(client, asked, cancel);
    }

    private async Task<(Dictionary<string, object>? Answer, OAuthError? Error)> ForCodeAsync(Client client, RequestParameters asked, CancellationToken cancel)
    {
        if (asked["code"] is not { } code || asked["redirect_uri"] is not { } redirectUri)
        {
            return (null, OAuthErrors.ParameterMissing);
        }
        var (grant, error) = await codes.RedeemAsync(client, code, redirectUri, asked["code_verifier"], cancel);
        if (grant is null)
        {
            return (null, error);
        }
        var answer = Answer(grant.Token, grant.Scope);
        if (grant.Scope.Contains(ScopeSet.OpenId))
        {
            answer["id_token"] = await issuer.IdTokenAsync(grant.Session, client.ClientId, grant.Scope, grant.Nonce, cancel);
        }
        return (answer, null);
    }

    private async Task<(Dictionary<string, object>? Answer, OAuthError? Error)> ForClientAsync(Client client, RequestParameters asked, CancellationToken cancel)
    {
        if (client is not { IsConfidential: true, Actor: { } actor })
        {
            return (null, OAuthErrors.GrantNotAllowed);
        }
        var scope = asked["scope"] is { } words ? ScopeSet.Parse(words) : client.Scopes.In("system");
        if (scope.Words.Count == 0 || scope.Words.Count != scope.In("system").Words.Count || !client.Scopes.Covers(scope))
        {
            return (null, OAuthErrors.ScopeRefused);
        }
        return (Answer(await issuer.AccessForClientAsync(client.ClientId, scope, actor, cancel), scope), null);
    }

    private static Dictionary<string, object> Answer(AccessToken token, ScopeSet scope) => new()
    {
        ["access_token"] = token.Value,
        ["token_type"] = "Bearer",
        ["expires_in"] = TokenIssuer.LifeSeconds,
        ["scope"] = scope.ToString(),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Token refused: {Code}")]
    private static partial void Refused(ILogger logger, string code);
}
