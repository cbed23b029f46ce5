using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sante.Simulators.Providers;

namespace Sante.Simulators;

/// <summary>Wires the simulated providers into a host, which must be Development on loopback.</summary>
public static class SimulatorsServer
{
    public static void AddSanteSimulators(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<PersonaDirectory>();
        Add(builder.Services, new FranceConnectFace());
        Add(builder.Services, new ProSanteConnectFace());
    }

    public static void MapSanteSimulators(this WebApplication app)
    {
        foreach (var provider in app.Services.GetServices<SimulatedProvider>())
        {
            provider.Map(app);
        }
    }

    private static void Add(IServiceCollection services, ProviderFace face) => services.AddSingleton(provider => new SimulatedProvider(
        face, provider.GetRequiredService<PersonaDirectory>(), provider.GetRequiredService<IConfiguration>(),
        provider.GetRequiredService<IServer>(), provider.GetRequiredService<TimeProvider>()));
}
