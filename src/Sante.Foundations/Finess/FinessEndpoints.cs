using Microsoft.AspNetCore.Routing;
using Sante.Foundations.RppsDirectory;

namespace Sante.Foundations.FinessDirectory;

/// <summary><c>/directory/fhir/Organization</c>: search (GET, POST _search; near a place) and read. Public data, no token asked.</summary>
public static class FinessEndpoints
{
    public static IEndpointRouteBuilder MapFiness(this IEndpointRouteBuilder app)
    {
        RppsEndpoints.MapType(app, "Organization");
        return app;
    }
}
