using System.Net;
using System.Text.Json;
using Sante.Identity.Protocol;
using Sante.Kernel;

namespace Sante.Identity.Federation;

/// <summary>
/// Asks the API which space holder has exactly these traits: <c>POST {api}/internal/citizens/match</c>, under a token that this server
/// issues to itself (client <c>identity</c>, scope <c>system/identity.match</c>).
/// </summary>
internal sealed class CitizenMatch(TokenIssuer issuer, IdentitySettings settings, HttpClient http)
{
    public const string ClientId = "identity";
    private static readonly ScopeSet Scope = ScopeSet.Parse("system/identity.match");

    /// <summary>The citizen as an actor. Refusals: <c>citizen-match-none</c>, <c>citizen-match-several</c>, <c>citizen-match-unavailable</c>.</summary>
    public async Task<Outcome<ActorClaim>> FindAsync(PivotIdentity identity, CancellationToken cancel)
    {
        var token = await issuer.AccessForClientAsync(ClientId, Scope, new ActorClaim(Actor.Platform), cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.ApiUrl + "/internal/citizens/match")
        {
            Content = JsonContent.Create(identity, options: JsonSerializerOptions.Web),
        };
        request.Headers.Authorization = new("Bearer", token.Value);
        try
        {
            using var answer = await http.SendAsync(request, cancel);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => Read(await answer.Content.ReadAsStringAsync(cancel)),
                // Traits that the registry cannot read (an incomplete date of birth) match nobody.
                HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => SignInRefusals.MatchNone,
                HttpStatusCode.Conflict => SignInRefusals.MatchSeveral,
                _ => SignInRefusals.MatchUnavailable,
            };
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return SignInRefusals.MatchUnavailable;
        }
    }

    private static Outcome<ActorClaim> Read(string body)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        return root.TryGetProperty("patientId", out var id) && id.GetString() is { Length: > 0 } patientId
            && root.TryGetProperty("name", out var text) && text.GetString() is { Length: > 0 } name
            ? new ActorClaim(new Actor(ActorKind.Citizen, new ActorIdentifier(ActorIdentifier.PatientSystem, patientId), name))
            : SignInRefusals.MatchUnavailable;
    }
}
