using System.Diagnostics;
using Npgsql;
using Sante.Ledger;
using Sante.Ledger.Keys;

namespace Sante.DemoNation;

/// <summary>Where the nation goes.</summary>
/// <param name="Main">Main database, role api.</param>
/// <param name="Keys">Keys database, role keys.</param>
/// <param name="Migrator">Main database, role migrator: the directory loaders need it.</param>
/// <param name="MasterKeyFile">File of the master key.</param>
/// <param name="Sandbox">Path of <c>sandbox.json</c>.</param>
/// <param name="IdentityUrl">For the sign-in links; may be null.</param>
public sealed record FillTarget(string Main, string Keys, string Migrator, string MasterKeyFile, string Sandbox, string? IdentityUrl);

/// <summary>Fills empty databases with the nation and writes <c>sandbox.json</c>; on filled ones only the latter.</summary>
public static class DemoFill
{
    /// <summary>
    /// Returns what was done, in French, for the console. Throws <see cref="InvalidOperationException"/> when the database holds a nation of another
    /// seed, or when the platform already serves.
    /// </summary>
    /// <param name="target">See there.</param>
    /// <param name="seed">Of the nation.</param>
    /// <param name="today">The day up to which it lives; ignored when a nation is there, which keeps its own.</param>
    /// <param name="cancel">Leaves a part of a nation, which the next run completes.</param>
    public static async Task<string> RunAsync(FillTarget target, int seed, DateOnly today, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        var clock = Stopwatch.StartNew();
        await using var main = NpgsqlDataSource.Create(target.Main);
        await using var keysDatabase = NpgsqlDataSource.Create(target.Keys);
        var keys = new KeyStore(keysDatabase, FileMasterKey.Read(target.MasterKeyFile));
        await using var world = new World(main);
        await using var ledger = new Ledger.Ledger(main, keys, world);
        var mark = new NationMark(ledger);
        var filled = await mark.ReadAsync(cancel);
        if (filled is not null && filled.Seed != seed)
        {
            throw new InvalidOperationException($"La base contient déjà une nation de graine {filled.Seed}.");
        }

        var nation = new Nation(seed, filled?.Today ?? today);
        var done = "déjà là, rien à écrire";
        if (filled is not { IsWhole: true })
        {
            done = await FillAsync(target, main, ledger, mark, nation, filled is null, cancel);
        }

        SandboxWriter.Write(target.Sandbox, nation, target.IdentityUrl);
        return $"Nation de démonstration : {nation.Citizens.Count} citoyens, {nation.Carers.All.Count} professionnels, {nation.Carers.Sites.Count} structures ; {done} ({clock.Elapsed.TotalSeconds:0.0} s, {Environment.CpuUsage.TotalTime.TotalSeconds:0.0} s de processeur).";
    }

    private static async Task<string> FillAsync(
        FillTarget target, NpgsqlDataSource main, Ledger.Ledger ledger, NationMark mark, Nation nation, bool isNew, CancellationToken cancel)
    {
        if (await LiveHostsAsync(main, cancel) > 0)
        {
            throw new InvalidOperationException("La plateforme est en service : la nation se remplit avant, car elle déplace l'horloge.");
        }

        await ledger.World.StartAsync(cancel);
        if (isNew)
        {
            await mark.WriteAsync(new Filled(nation.Seed, nation.Calendar.Today, false), cancel);
        }

        var directory = DirectoryEntry.LoadAsync(nation.Carers, target.Migrator, nation.Calendar.Today, cancel);
        var counts = await new Entrance(ledger, nation, isNew).RunAsync(cancel);
        var rows = await directory;
        await mark.WriteAsync(new Filled(nation.Seed, nation.Calendar.Today, true), cancel);
        return $"{counts.Spaces} espaces, {counts.Resources} ressources, {counts.Events} faits, {counts.Lines} lignes de trace en {counts.Requests} écritures, {rows} lignes d'annuaire";
    }

    private static async Task<long> LiveHostsAsync(NpgsqlDataSource main, CancellationToken cancel)
    {
        await using var command = main.CreateCommand("SELECT count(*) FROM ledger.host WHERE seen_at > clock_timestamp() - interval '5 seconds'");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
