using System.Text;
using Npgsql;
using Sante.Foundations.Identities;
using Sante.Kernel;
using Sante.Testing;

namespace Sante.Foundations.Tests;

/// <summary>No INS, name, trait or local number in clear in any file of PostgreSQL: tables, WAL, log.</summary>
public sealed class RegistrySecrecyTests
{
    private static readonly Actor Hospital = new(ActorKind.Structure, new ActorIdentifier(Finess.System, "010000024"), "CH de Fleyriat");

    [Fact]
    public async Task Registry_LeavesNothingInClearInAnyFile()
    {
        Assert.SkipUnless(TestCluster.CanBeDedicated, "The files of a server named by SANTE_POSTGRES are not ours to read.");
        await using var cluster = await TestCluster.DedicatedAsync();
        await using var registry = await Registry.StartAsync(await cluster.CreateDatabaseAsync(typeof(Ledger.Ledger).Assembly, typeof(InsRegistry).Assembly));
        var traits = StrictTraits.TryCreate("SENTINELLE-NOM", ["SENTINELLE-PRENOM"], "1987-06-05", "F", "01053").Value;
        var born = (await registry.Ins.EnterAsync(new NewIdentity(traits, "Sentinelle-Affichée", ByBirth: true), "SENTINELLE-CLE", Hospital, TestContext.Current.CancellationToken)).Value;
        var ins = Ins.TryParse(born.Matricule.Matricule, born.Matricule.Oid, InsEnvironment.Development).Value;
        await registry.Ins.LinkLocalAsync(ins, new LocalIdentifier("urn:oid:1.2.3", "SENTINELLE-IPP"), Hospital, TestContext.Current.CancellationToken);
        await registry.Ins.SearchAsync(new TraitSearch("SENTINELLE-NOM", "SENTINELLE-PRENOM", new DateOnly(1987, 6, 5), RegisteredSex.Female, null), Hospital, TestContext.Current.CancellationToken);
        // Proof that the search of files finds what is there.
        await using var admin = NpgsqlDataSource.Create(cluster.Server.AdminConnectionString);
        await ExecuteAsync(admin, "CREATE TABLE control (word text); INSERT INTO control VALUES ('CONTROL-WORD-IN-CLEAR'); CHECKPOINT");
        await using var command = admin.CreateCommand("SHOW data_directory");
        var folder = (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;

        var found = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(File.ReadAllBytes)
            .SelectMany(bytes => new[] { "CONTROL-WORD-IN-CLEAR", "SENTINELLE", "Sentinelle", "1987-06-05", ins.Reveal(), ins.RevealNumber(), born.Patient }
                .Where(word => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) >= 0))
            .ToHashSet();

        Assert.Equal(["CONTROL-WORD-IN-CLEAR"], found);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        // Constants of this test.
#pragma warning disable CA2100
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
