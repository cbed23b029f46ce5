using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Sante.Foundations.Directories;
using Sante.Foundations.Directories.Search;
using Sante.Foundations.Identities;

namespace Sante.Foundations;

/// <summary>Composes the foundations of one host: directories and the registry of identities.</summary>
public static class FoundationsServices
{
    /// <summary>Searches of identities that one caller may make at once and per minute on one host; a ward round needs a few per minute.</summary>
    private static readonly Quota Searches = new(Burst: 60, PerMinute: 60);

    /// <summary>
    /// Registers <see cref="IDirectory"/>, <see cref="DirectorySearch"/>, <see cref="InsRegistry"/>, <see cref="IInsLookup"/>, <see cref="InsQuotas"/>
    /// and <paramref name="options"/>. The host also registers the Ledger, <see cref="ISpaceBirths"/> and <see cref="IRegistryLines"/>.
    /// </summary>
    /// <param name="services">Of the host.</param>
    /// <param name="main">The main database as the api role.</param>
    /// <param name="options">Environment of identities.</param>
    public static IServiceCollection AddFoundations(this IServiceCollection services, Func<IServiceProvider, NpgsqlDataSource> main, InsOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<IDirectory>(provider => new PostgresDirectory(main(provider)));
        services.AddSingleton(provider => new DirectorySearch(main(provider)));
        services.AddSingleton(provider => new InsRegistry(
            main(provider), provider.GetRequiredService<Ledger.Ledger>(), provider.GetRequiredService<ISpaceBirths>(), provider.GetRequiredService<IRegistryLines>(), options));
        services.AddSingleton<IInsLookup>(provider => provider.GetRequiredService<InsRegistry>());
        services.AddSingleton(_ => new InsQuotas(Searches, TimeProvider.System));
        return services;
    }
}
