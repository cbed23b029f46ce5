using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans;
using Orleans.Embedded;
using Sante.Foundations;
using Sante.Foundations.Identities;
using Sante.Ledger;
using Sante.Ledger.Keys;

namespace Sante.Space;

/// <summary>Composes the spaces of one host: databases, keys, ledger, grains, due work.</summary>
public static class SpaceServices
{
    /// <summary>Key of the main database's data source (role api).</summary>
    public const string MainDatabase = "sante";

    /// <summary>Key of the keys database's data source (role keys).</summary>
    public const string KeysDatabase = "sante_keys";

    /// <summary>Connections of one host to the main database, and to the keys database: requests beyond wait their turn.</summary>
    private const int MostMainConnections = 40;
    private const int MostKeysConnections = 10;
    private const int MostOperatorConnections = 2;
    private const string OperatorDoor = "sante_operator";
    /// <summary>Statements that each connection keeps prepared: those used most lately.</summary>
    private const int MostPrepared = 100;

    /// <summary>
    /// Reads <c>ConnectionStrings:sante</c>, <c>ConnectionStrings:sante_keys</c>, <c>Sante:MasterKeyFile</c> and, where there is one,
    /// <c>ConnectionStrings:sante_operator</c>. Other missing ones throw
    /// <see cref="InvalidOperationException"/> when first needed, at start. The data sources are keyed singletons of <see cref="NpgsqlDataSource"/>.
    /// </summary>
    public static IServiceCollection AddSpace(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddKeyedSingleton(MainDatabase, (_, _) => Bounded(Needed(configuration, "ConnectionStrings:sante"), MostMainConnections));
        services.AddKeyedSingleton(KeysDatabase, (_, _) => Bounded(Needed(configuration, "ConnectionStrings:sante_keys"), MostKeysConnections));
        services.AddSingleton<IMasterKey>(_ => FileMasterKey.Read(Needed(configuration, "Sante:MasterKeyFile")));
        services.AddSingleton(provider => new KeyStore(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(KeysDatabase), provider.GetRequiredService<IMasterKey>()));
        // The operators' door is given to hosts in development alone: the others hear clock and facts, and cannot move them.
        if (configuration["ConnectionStrings:sante_operator"] is { Length: > 0 } operators)
            services.AddKeyedSingleton(OperatorDoor, (_, _) => Bounded(operators, MostOperatorConnections));
        services.AddSingleton(provider => new World(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(MainDatabase), provider.GetKeyedService<NpgsqlDataSource>(OperatorDoor)));
        services.AddSingleton(provider => new Ledger.Ledger(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(MainDatabase), provider.GetRequiredService<KeyStore>(), provider.GetRequiredService<World>()));
        services.AddSingleton(provider => new Work(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(MainDatabase), provider.GetRequiredService<KeyStore>()));
        services.AddSingleton<NoticeBox>();
        services.AddSingleton<IGrainFactory>(provider => new EmbeddedGrainFactory(provider, [typeof(SpaceGrain).Assembly]));
        services.AddSingleton<SpaceDoor>();
        services.AddSingleton<SpacePairings>();
        services.AddSingleton(provider => new PairingView(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(MainDatabase), provider.GetRequiredService<KeyStore>()));
        services.AddSingleton(provider => new EntourageView(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(MainDatabase), provider.GetRequiredService<KeyStore>()));
        services.AddSingleton<ISpaceBirths, SpaceBirths>();
        services.AddSingleton<IRegistryLines, RegistryLines>();
        services.AddHostedService<WorldListening>();
        services.AddHostedService<SpaceWorker>();
        return services;
    }

    /// <summary>Npgsql's own default of 100 connections a pool would let two hosts exhaust one server; a size that the operator wrote is kept.</summary>
    private static NpgsqlDataSource Bounded(string connectionString, int most)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (builder.MaxPoolSize == new NpgsqlConnectionStringBuilder().MaxPoolSize)
            builder.MaxPoolSize = most;
        // No statement of these pools leaves anything behind in its session (what listens never goes back): nothing to discard at each return.
        builder.NoResetOnClose = true;
        if (builder.MaxAutoPrepare == 0)
            builder.MaxAutoPrepare = MostPrepared;
        return NpgsqlDataSource.Create(builder);
    }

    private static string Needed(IConfiguration configuration, string key) =>
        configuration[key] is { Length: > 0 } value ? value : throw new InvalidOperationException($"{key} is not configured.");

    /// <summary>The host hears the world before it serves; it cannot start while PostgreSQL is away.</summary>
    private sealed class WorldListening(World world) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => world.StartAsync(cancellationToken);

        // The container disposes of the world last, when nothing discloses any more.
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
