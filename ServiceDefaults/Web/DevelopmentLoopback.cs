using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Sante.ServiceDefaults.Web;

/// <summary>
/// What must exist only on a developer's own machine (stand-ins, sign-in links, clock control): the host runs as Development, every address
/// it listens on is loopback, and the request was sent to such a name (a web page elsewhere cannot reach it by a name of its own).
/// </summary>
public static class DevelopmentLoopback
{
    private static readonly ConditionalWeakTable<IServer, StrongBox<bool>> Judged = [];

    /// <summary>Maps these endpoints when the host is Development; each request is checked again, and answered 404 when it fails.</summary>
    public static void MapDevelopment(this WebApplication app, string prefix, Action<RouteGroupBuilder> map)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(map);
        if (!app.Environment.IsDevelopment())
        {
            return;
        }

        var group = app.MapGroup(prefix);
        // Around the endpoint's own delegate: a filter would box every request's arguments.
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            var inner = endpoint.RequestDelegate ?? throw new InvalidOperationException("An endpoint without a delegate.");
            endpoint.RequestDelegate = context => IsAllowed(context) ? inner(context) : Problem.Of(404).WriteAsync(context);
        });
        map(group);
    }

    /// <summary>For a host that is development only as a whole: refuses to start otherwise.</summary>
    /// <exception cref="InvalidOperationException">Not Development, or an address that is not loopback.</exception>
    public static void RequireDevelopmentLoopback(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // Before the start, the server's own list of addresses is still empty: the configuration says what it will be.
        var configured = (app.Configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries);
        if (!app.Environment.IsDevelopment() || !Addresses(app.Services).Concat(app.Urls).Concat(configured).All(IsLoopbackUrl))
        {
            throw new InvalidOperationException("This host runs in Development and on loopback only.");
        }

        app.Use((context, next) => IsAllowed(context) ? next(context) : Problem.Of(404).WriteAsync(context));
    }

    /// <summary>Whether this request may use what is for development only.</summary>
    public static bool IsAllowed(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var services = context.RequestServices;
        return services.GetRequiredService<IHostEnvironment>().IsDevelopment()
            && IsLoopbackAlone(services.GetRequiredService<IServer>())
            && IsLoopback(context.Connection.LocalIpAddress)
            && IsLoopback(context.Connection.RemoteIpAddress)
            && IsLoopbackName(context.Request.Host.Host);
    }

    /// <summary>Whether a started host is Development and listens on loopback alone: for work that no request starts.</summary>
    public static bool IsAllowed(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.GetRequiredService<IHostEnvironment>().IsDevelopment() && Addresses(services).All(IsLoopbackUrl);
    }

    /// <summary>The addresses of a server that serves requests do not change any more: they are judged once.</summary>
    private static bool IsLoopbackAlone(IServer server) => Judged.TryGetValue(server, out var alone) ? alone.Value
        : Judged.GetValue(server, _ => new StrongBox<bool>((server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).All(IsLoopbackUrl))).Value;

    private static ICollection<string> Addresses(IServiceProvider services) =>
        services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    private static bool IsLoopbackUrl(string url) => IsLoopbackName(BindingAddress.Parse(url).Host);

    // In-process test servers have no addresses: nothing outside the process reaches them.
    private static bool IsLoopback(IPAddress? address) => address is null || IPAddress.IsLoopback(address);

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
