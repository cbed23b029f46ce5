namespace Sante.Rules.Tests.Samples;

/// <summary>Endpoint mappings with and without a policy.</summary>
public static class EndpointSamples
{
    public static IReadOnlyList<Sample> All { get; } =
    [
        Bad("""app.MapGet("/a", () => 1);"""),
        Bad("""app.MapGet("/a", () => 1).RequireAuthorization();"""),
        Bad("""app.MapGet("/a", () => 1).RequireAuthorization("");"""),
        Bad("""app.MapPost("/a", () => { Other.RequireAuthorization("p"); return 1; });"""),
        Bad("""app.MapGet("/a", () => 1).RequireAuthorization("p"); app.MapPut("/b", () => 2).WithName("b");"""),
        Bad("""var g = app.MapGroup("/g"); g.MapDelete("/a", () => 1);"""),
        Bad("""static void Map(RouteGroupBuilder group) { group.MapGet("/a", () => 1); }"""),
        Bad("""static object Map(IEndpointRouteBuilder app) => app.MapPatch("/a", Handle);"""),
        Bad("""app.MapMethods("/a", ["HEAD"], Handle); // .AllowAnonymous()"""),
        Bad("""app.MapGet("/a", () => ".AllowAnonymous()");"""),
        Bad("""var g = app.MapGroup("/g").RequireAuthorization("p"); var h = app.MapGroup("/h"); h.MapGet("/a", Handle);"""),
        Good("""app.MapGet("/a", () => 1).RequireAuthorization("consent.read");"""),
        Good("""app.MapGet("/a", () => 1).WithName("a").RequireAuthorization(Policies.Read).Produces<int>(200);"""),
        Good("""app.MapGet("/health", () => 1).AllowAnonymous();"""),
        Good("""app.MapPost("/a", async (HttpContext web) => { if (x) { return 1; } return 2; }).RequireAuthorization("p");"""),
        Good("""var g = app.MapGroup("/g").RequireAuthorization("p"); g.MapGet("/a", Handle); g.MapPost("/b", Handle);"""),
        Good("""var g = app.MapGroup("/g"); g.RequireAuthorization("p"); g.MapGet("/a", Handle);"""),
        Good("""var g = app.MapGroup("/g").RequireAuthorization("p"); var h = g.MapGroup("/h"); h.MapGet("/a", Handle);"""),
        Good("""static object Map(IEndpointRouteBuilder app) => app.MapGroup("/g").RequireAuthorization("p").MapGet("/a", Handle);"""),
    ];

    private static Sample Bad(string text) => Sample.Bad("endpoint-has-policy", "src/Sante.Space/Consent/ConsentEndpoints.cs", text);

    private static Sample Good(string text) => Sample.Good("endpoint-has-policy", "src/Sante.Space/Consent/ConsentEndpoints.cs", text);
}
