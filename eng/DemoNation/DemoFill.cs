using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Sante.Foundations;
using Sante.Foundations.Identities;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space;

namespace Sante.DemoNation;

/// <summary>Where the nation goes.</summary>
/// <param name="Main">Main database, role api.</param>
/// <param name="Keys">Keys database, role keys.</param>
/// <param name="Migrator">Main database, role migrator: the directory loaders and the clock need it.</param>
/// <param name="MasterKeyFile">File of the master key.</param>
/// <param name="Sandbox">Path of <c>sandbox.json</c>.</param>
/// <param name="IdentityUrl">For the sign-in links; may be null.</param>
public sealed record FillTarget(string Main, string Keys, string Migrator, string MasterKeyFile, string Sandbox, string? IdentityUrl);

/// <summary>Fills empty databases with the nation and writes <c>sandbox.json</c>; on filled ones only the latter.</summary>
public static class DemoFill
{
    private static readonly TimeSpan HostsForgottenAfter = TimeSpan.FromSeconds(7);

    /// <summary>
    /// Returns what was done, in French, for the console. Refusals: <c>nation-other-seed</c> (the database holds a nation of another seed),
    /// <c>platform-serving</c> (a host is live: the clock must not be moved under it).
    /// </summary>
    /// <param name="target">See there.</param>
    /// <param name="seed">Of the nation.</param>
    /// <param name="today">The day up to which it lives; ignored when a nation is there, which keeps its own.</param>
    /// <param name="cancel">Leaves a part of a nation, which the next run completes.</param>
    public static async Task<Outcome<string>> RunAsync(FillTarget target, int seed, DateOnly today, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        var clock = Stopwatch.StartNew();
        await using var platform = Compose(target);
        var ledger = platform.GetRequiredService<Ledger.Ledger>();
        var mark = new NationMark(ledger);
        var filled = await mark.ReadAsync(cancel);
        if (filled is not null && filled.Seed != seed)
        {
            return new Refusal("nation-other-seed", RefusalKind.Conflict, $"La base contient déjà une nation de graine {filled.Seed}.");
        }

        var nation = new Nation(seed, filled?.Today ?? today);
        var done = "déjà là, rien à écrire";
        if (filled is not { IsWhole: true })
        {
            if (!await IsQuietAsync(platform.GetRequiredKeyedService<NpgsqlDataSource>(SpaceServices.MainDatabase), cancel))
            {
                return new Refusal("platform-serving", RefusalKind.Conflict, "La plateforme est en service : la nation se remplit avant, car elle déplace l'horloge.");
            }

            done = await FillAsync(platform, target.Migrator, mark, nation, filled is null, cancel);
        }

        SandboxWriter.Write(target.Sandbox, nation, target.IdentityUrl);
        return $"Nation de démonstration : {nation.Citizens.Count} citoyens, {nation.Carers.All.Count} professionnels, {nation.Carers.Sites.Count} structures ; {done} ({clock.Elapsed.TotalSeconds:0.0} s, {Environment.CpuUsage.TotalTime.TotalSeconds:0.0} s de processeur).";
    }

    private static async Task<string> FillAsync(
        ServiceProvider platform, string migrator, NationMark mark, Nation nation, bool isNew, CancellationToken cancel)
    {
        await platform.GetRequiredService<World>().StartAsync(cancel);
        if (isNew)
        {
            await mark.WriteAsync(new Filled(nation.Seed, nation.Calendar.Today, false), cancel);
        }

        var entrance = new Entrance(
            platform.GetRequiredService<Ledger.Ledger>(), platform.GetRequiredService<InsRegistry>(), platform.GetRequiredService<EntourageView>(),
            platform.GetRequiredService<PairingView>(), nation, isNew);
        var (directory, entering) = (DirectoryEntry.LoadAsync(nation.Carers, migrator, nation.Calendar.Today, cancel), entrance.RunAsync(cancel));
        await Task.WhenAll(directory, entering);
        var (rows, counts) = (await directory, await entering);
        await mark.WriteAsync(new Filled(nation.Seed, nation.Calendar.Today, true), cancel);
        return $"{counts.Spaces} espaces, {counts.Resources} ressources, {counts.Events} faits, {counts.Lines} lignes de trace en {counts.Requests} écritures, {rows} lignes d'annuaire";
    }

    /// <summary>The platform's own parts, as the API composes them, without serving.</summary>
    private static ServiceProvider Compose(FillTarget target)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:sante"] = target.Main,
            ["ConnectionStrings:sante_keys"] = target.Keys,
            // The owner of the schema may move the clock as the operators' role does.
            ["ConnectionStrings:sante_operator"] = target.Migrator,
            ["Sante:MasterKeyFile"] = target.MasterKeyFile,
        }).Build();
        var services = new ServiceCollection().AddLogging().AddSpace(configuration)
            .AddFoundations(platform => platform.GetRequiredKeyedService<NpgsqlDataSource>(SpaceServices.MainDatabase), new InsOptions(InsEnvironment.Development));
        services.TryAddSingleton<IRegistryLines, NoSearches>();
        return services.BuildServiceProvider();
    }

    /// <summary>No host is live; one that was killed is forgotten after a few seconds.</summary>
    private static async Task<bool> IsQuietAsync(NpgsqlDataSource main, CancellationToken cancel)
    {
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < HostsForgottenAfter; await Task.Delay(250, cancel))
        {
            await using var command = main.CreateCommand("SELECT NOT EXISTS (SELECT 1 FROM ledger.host WHERE seen_at > clock_timestamp() - interval '5 seconds')");
            if (await command.ExecuteScalarAsync(cancel) is true)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The nation enters identities and searches none.</summary>
    private sealed class NoSearches : IRegistryLines
    {
        public ReadOnlyMemory<byte> LineOf(Actor by, RegistryAct act) => throw new InvalidOperationException("The nation searches nobody.");
    }
}
