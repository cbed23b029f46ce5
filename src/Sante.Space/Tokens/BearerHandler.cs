using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Sante.Kernel;

namespace Sante.Space.Tokens;

/// <summary>
/// ASP.NET scheme "Bearer" (RFC 6750, header only). Answers 401 <c>token-missing</c>, <c>token-expired</c>, <c>token-invalid</c>;
/// 403 <c>scope-insufficient</c>; 503 <c>identity-unavailable</c>: problem+json, and an OperationOutcome below <c>/fhir</c> and <c>/workbench</c>.
/// </summary>
internal class BearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder, AccessTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    public new const string Scheme = "Bearer";
    private Refusal refusal = TokenRefusals.Missing;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization.Count == 0)
        {
            return AuthenticateResult.NoResult();
        }
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            refusal = TokenRefusals.Invalid;
            return AuthenticateResult.Fail(refusal.Code);
        }
        var outcome = await tokens.CheckAsync(header["Bearer ".Length..].Trim(), Context.RequestAborted);
        if (!outcome.TryGet(out var holder, out var why))
        {
            refusal = why;
            return AuthenticateResult.Fail(why.Code);
        }
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new TokenIdentity(holder)), Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (refusal.Kind == RefusalKind.Unavailable)
        {
            Response.Headers.RetryAfter = "2";
            return WriteAsync(refusal, StatusCodes.Status503ServiceUnavailable, "transient");
        }
        // RFC 6750 §3.1: a request without any authentication gets no error code.
        Response.Headers[HeaderNames.WWWAuthenticate] = refusal == TokenRefusals.Missing
            ? """Bearer realm="sante" """.TrimEnd()
            : $"""Bearer realm="sante", error="invalid_token", error_description="{refusal.Code}" """.TrimEnd();
        return WriteAsync(refusal, StatusCodes.Status401Unauthorized, refusal == TokenRefusals.Expired ? "expired" : "login");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.Headers[HeaderNames.WWWAuthenticate] = """Bearer realm="sante", error="insufficient_scope" """.TrimEnd();
        return WriteAsync(TokenRefusals.ScopeInsufficient, StatusCodes.Status403Forbidden, "forbidden");
    }

    private Task WriteAsync(Refusal why, int status, string issueType)
    {
        Response.StatusCode = status;
        Response.Headers.CacheControl = "no-store";
        if (Request.Path.StartsWithSegments("/fhir") || TokenServices.IsWorkbench(Request.Path))
        {
            return Response.WriteAsJsonAsync(Outcome(why, issueType), options: null, "application/fhir+json", Context.RequestAborted);
        }
        var problem = new ProblemDetails { Title = why.Text, Status = status, Extensions = { ["code"] = why.Code } };
        return Response.WriteAsJsonAsync(problem, options: null, "application/problem+json", Context.RequestAborted);
    }

    private static Dictionary<string, object> Outcome(Refusal why, string issueType) => new()
    {
        ["resourceType"] = "OperationOutcome",
        ["issue"] = new object[]
        {
            new
            {
                severity = "error",
                code = issueType,
                details = new { coding = new[] { new { system = "urn:sante:refusal", code = why.Code } }, text = why.Text },
            },
        },
    };
}
