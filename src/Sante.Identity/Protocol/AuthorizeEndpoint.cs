using Microsoft.AspNetCore.WebUtilities;
using Sante.Identity.Clients;
using Sante.Identity.Federation;
using Sante.Identity.Pages;
using Sante.Identity.Sessions;
using Sante.Kernel;

namespace Sante.Identity.Protocol;

/// <summary><c>GET|POST /connect/authorize</c>: checks the request, finds or starts a session, ends with a code at the client's redirect URI.</summary>
internal sealed partial class AuthorizeEndpoint(
    ClientStore clients, SessionStore sessions, BrowserCookies cookies, SignIns signIns, AuthorizationCodes codes,
    IdentitySettings settings, TimeProvider time, ILogger<AuthorizeEndpoint> log)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        var asked = HttpMethods.IsPost(context.Request.Method)
            ? await RequestParameters.FromFormAsync(context.Request, cancel)
            : new RequestParameters(context.Request.Query);
        var client = asked?["client_id"] is { } clientId ? await clients.FindAsync(clientId, cancel) : null;
        if (client is null)
        {
            return Stop(SignInRefusals.ClientUnknown);
        }
        if (asked!["redirect_uri"] is not { } redirectUri || !client.RedirectUris.Contains(redirectUri, StringComparer.Ordinal))
        {
            return Stop(SignInRefusals.RedirectUri);
        }
        if (AuthorizeRequest.Check(asked, client, out var request) is { } error)
        {
            return Refuse(redirectUri, asked["state"], error);
        }
        return await ContinueAsync(context, request!, cancel);
    }

    /// <summary>After a sign-in: a code to the client, within what this kind of person may hold.</summary>
    public async Task<IResult> CompleteAsync(AuthorizeRequest request, Session session, CancellationToken cancel)
    {
        var asked = ScopeSet.Parse(request.Scope);
        var granted = asked.For(session.Actor.Actor.Kind);
        if (!Suits(asked, granted))
        {
            return Refuse(request.RedirectUri, request.State, OAuthErrors.ScopeOfAnotherKind);
        }
        var code = await codes.IssueAsync(request, session, granted, cancel);
        return ToClient(request.RedirectUri, request.State, [new("code", code)]);
    }

    /// <summary>An error to the client (RFC 6749 §4.1.2.1), with the issuer (RFC 9207).</summary>
    public IResult Refuse(string redirectUri, string? state, OAuthError error)
    {
        Refused(log, error.Code);
        return ToClient(redirectUri, state, [new("error", error.Error), new("error_description", error.Code)]);
    }

    private async Task<IResult> ContinueAsync(HttpContext context, AuthorizeRequest request, CancellationToken cancel)
    {
        var asked = ScopeSet.Parse(request.Scope);
        var session = cookies.Session(context) is { } cookie ? await sessions.FindByCookieAsync(cookie, cancel) : null;
        if (session is not null && request.Prompt is not ("login" or "select_account") && IsRecent(session, request)
            && Suits(asked, asked.For(session.Actor.Actor.Kind)))
        {
            return await CompleteAsync(request, session, cancel);
        }
        if (request.Prompt == "none")
        {
            return Refuse(request.RedirectUri, request.State, OAuthErrors.LoginRequired);
        }
        var providers = IdentityProviders.All.Where(provider => Suits(asked, asked.For(provider.Kind))).ToArray();
        if (providers.Length == 0)
        {
            return Refuse(request.RedirectUri, request.State, OAuthErrors.ScopeOfAnotherKind);
        }
        var handle = await signIns.BeginAsync(new SignIn(request), cookies.BrowserOrNew(context), cancel);
        var wanted = Array.Find(providers, provider => provider.Key == request.ProviderHint) ?? (providers.Length == 1 && request.LoginHint is not null ? providers[0] : null);
        return wanted is null
            ? SignInPages.ChooseProvider(providers, handle)
            : new RedirectResult($"/federation/{wanted.Key}/start?demande={handle}");
    }

    private static bool Suits(ScopeSet asked, ScopeSet granted) =>
        granted.Words.Any(word => word.Contains('/', StringComparison.Ordinal)) || !asked.Words.Any(word => word.Contains('/', StringComparison.Ordinal));

    private bool IsRecent(Session session, AuthorizeRequest request) =>
        request.MaxAgeSeconds is not { } age || time.GetUtcNow() - session.AuthenticatedAt <= TimeSpan.FromSeconds(age);

    private IResult Stop(Refusal refusal)
    {
        Refused(log, refusal.Code);
        return SignInPages.Refused(refusal);
    }

    private RedirectResult ToClient(string redirectUri, string? state, List<KeyValuePair<string, string?>> parameters)
    {
        parameters.Add(new("iss", settings.Issuer));
        if (state is not null)
        {
            parameters.Add(new("state", state));
        }
        return new RedirectResult(QueryHelpers.AddQueryString(redirectUri, parameters));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Authorization refused: {Code}")]
    private static partial void Refused(ILogger logger, string code);
}

/// <summary>A 303 that nobody stores: the method becomes GET, and form data never goes along (RFC 9700 §4.12).</summary>
internal sealed class RedirectResult(string location) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        OAuthErrors.NoStore(httpContext.Response);
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = location;
        return Task.CompletedTask;
    }
}
