using System.Text;
using System.Text.Json;
using Sante.Identity.Pages;
using Sante.Identity.Protocol;
using Sante.Identity.Sessions;
using Sante.Kernel;

namespace Sante.Identity.Federation;

/// <summary>The person's way to a provider and back, and the choice of a situation of exercise.</summary>
internal sealed partial class FederationEndpoints(
    IEnumerable<IdentityProvider> providers, SignIns signIns, SessionStore sessions, BrowserCookies cookies, CitizenMatch match,
    AuthorizeEndpoint authorize, ILogger<FederationEndpoints> log)
{
    /// <summary><c>GET /federation/{provider}/start?demande=…</c></summary>
    public async Task<IResult> StartAsync(HttpContext context, string provider, string? demande)
    {
        var cancel = context.RequestAborted;
        if (Find(provider) is not { } known || demande is null || cookies.Browser(context) is not { } browser
            || await signIns.FindAsync(demande, browser, cancel) is not { } signIn)
        {
            return Stop(SignInRefusals.SignInUnknown);
        }
        var nonce = IdentityProvider.NewNonce();
        var state = await signIns.LeaveAsync(demande, signIn with { Provider = provider, ProviderNonce = nonce }, cancel);
        var url = await known.AuthorizeUrlAsync(state, nonce, signIn.Request.LoginHint, cancel);
        return url.TryGet(out var location, out var refusal) ? new RedirectResult(location) : Stop(refusal);
    }

    /// <summary><c>GET /federation/{provider}/callback</c></summary>
    public async Task<IResult> CallbackAsync(HttpContext context, string provider)
    {
        var cancel = context.RequestAborted;
        var given = new RequestParameters(context.Request.Query);
        if (Find(provider) is not { } known || given.Error is not null || given["state"] is not { } state || cookies.Browser(context) is not { } browser
            || await signIns.TakeByStateAsync(state, browser, cancel) is not { } signIn || signIn.Provider != provider)
        {
            return Stop(SignInRefusals.SignInUnknown);
        }
        if (given["code"] is not { } code)
        {
            return authorize.Refuse(
                signIn.Request.RedirectUri, signIn.Request.State, given["error"] == "access_denied" ? OAuthErrors.AccessDenied : OAuthErrors.ServerError);
        }
        var answered = await known.AnswerAsync(code, signIn.ProviderNonce!, cancel);
        if (!answered.TryGet(out var answer, out var refusal) || !(await ActorsAsync(known, answer, cancel)).TryGet(out var actors, out refusal))
        {
            return Stop(refusal);
        }
        if (actors.Count == 1)
        {
            return await EnterAsync(context, signIn, answer.Subject, answer.Acr, actors[0], cancel);
        }
        var waiting = signIn with
        {
            ProviderNonce = null,
            Answered = new AnsweredSignIn(answer.Subject, answer.Acr, [.. actors.Select(actor => Encoding.UTF8.GetString(actor.ToUtf8Json()))]),
        };
        return SignInPages.ChooseSituation(actors, await signIns.BeginAsync(waiting, browser, cancel), signIn.Request.RedirectUri);
    }

    /// <summary><c>POST /federation/situation</c>: form <c>demande</c>, <c>situation</c> (index in the list shown).</summary>
    public async Task<IResult> ChooseAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        var form = await RequestParameters.FromFormAsync(context.Request, cancel);
        if (form?["demande"] is not { } handle || cookies.Browser(context) is not { } browser
            || await signIns.TakeAsync(handle, browser, cancel) is not { Answered: { } answered } signIn)
        {
            return Stop(SignInRefusals.SignInUnknown);
        }
        if (!int.TryParse(form["situation"], out var index) || index < 0 || index >= answered.Actors.Count)
        {
            return Stop(SignInRefusals.SituationUnknown);
        }
        using var actor = JsonDocument.Parse(answered.Actors[index]);
        return await EnterAsync(context, signIn, answered.Subject, answered.Acr, ActorClaim.Read(actor.RootElement).Value, cancel);
    }

    private async Task<Outcome<IReadOnlyList<ActorClaim>>> ActorsAsync(IdentityProvider provider, ProviderAnswer answer, CancellationToken cancel)
    {
        if (provider.Profile.Kind == ActorKind.Professional)
        {
            return WorkSituations.Read(answer.Claims);
        }
        if (!PivotIdentity.Read(answer.Claims).TryGet(out var identity, out var refusal)
            || !(await match.FindAsync(identity, cancel)).TryGet(out var citizen, out refusal))
        {
            return refusal;
        }
        return Outcome.Of<IReadOnlyList<ActorClaim>>([citizen]);
    }

    // A new session each time: an older one of this browser ends, so no session is fixed from outside.
    private async Task<IResult> EnterAsync(HttpContext context, SignIn signIn, string subject, string acr, ActorClaim actor, CancellationToken cancel)
    {
        if (cookies.Session(context) is { } old && await sessions.FindByCookieAsync(old, cancel) is { } earlier)
        {
            await sessions.EndAsync(earlier.SessionId, cancel);
        }
        var (session, cookie) = await sessions.StartAsync(signIn.Provider!, subject, acr, actor, cancel);
        cookies.SetSession(context, cookie);
        return await authorize.CompleteAsync(signIn.Request, session, cancel);
    }

    private IdentityProvider? Find(string key) => providers.FirstOrDefault(provider => provider.Profile.Key == key);

    private IResult Stop(Refusal refusal)
    {
        Stopped(log, refusal.Code);
        return SignInPages.Refused(refusal);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sign-in stopped: {Code}")]
    private static partial void Stopped(ILogger logger, string code);
}
