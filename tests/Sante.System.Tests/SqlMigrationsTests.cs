using System.Reflection;
using Npgsql;
using Sante.ServiceDefaults.Migrations;
using Sante.Testing;

namespace Sante.System.Tests;

/// <summary>The runner, on the sample files in <c>Migrations/</c> of this project.</summary>
public sealed class SqlMigrationsTests
{
    private static readonly Assembly[] Samples = [typeof(SqlMigrationsTests).Assembly];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Files_BelongToTheDatabaseOfTheirFolder_InTheOrderOfTheirNames()
    {
        Assert.Equal(["202601010000_first", "202601020000_second"], SqlMigrations.Find(SqlMigrations.Main, Samples).Select(file => file.Id));
        Assert.Equal(["202601010000_first"], SqlMigrations.Find(SqlMigrations.Keys, Samples).Select(file => file.Id));
        Assert.Empty(SqlMigrations.Find(SqlMigrations.Identity, Samples));
    }

    [Fact]
    public async Task Run_Twice_RunsEachFileOnce_AndGrantsToTheRolesOfTheServer()
    {
        await using var database = await TestDatabase.CreateAsync();

        Assert.Equal(2, await RunAsync(database));
        Assert.Equal(0, await RunAsync(database));

        Assert.Equal(2, await ReadAsync(database.Main, "SELECT n FROM public.first"));
        Assert.Equal(0L, await ReadAsync(database.MainMigrator, "SELECT count(*) FROM pg_tables WHERE tablename = 'only_in_keys'"));
    }

    [Fact]
    public async Task Run_FromFiveHostsAtOnce_RunsEachFileOnce()
    {
        await using var database = await TestDatabase.CreateAsync();

        var ran = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RunAsync(database)));

        Assert.Equal([0, 0, 0, 0, 2], ran.Order());
    }

    [Fact]
    public async Task FileChangedAfterItRan_StopsTheRun()
    {
        await using var database = await TestDatabase.CreateAsync();
        await RunAsync(database);
        await ReadAsync(database.MainMigrator, "UPDATE public.schema_migrations SET sha256 = 'another' WHERE id = '202601010000_first'");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(database));

        Assert.Contains("202601010000_first was changed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedFile_ChangesNothing_AndTheOnesBeforeItStay()
    {
        await using var database = await TestDatabase.CreateAsync();
        await ReadAsync(database.MainMigrator, "CREATE FUNCTION public.second() RETURNS text LANGUAGE sql AS 'SELECT NULL::text'");

        await Assert.ThrowsAsync<PostgresException>(() => RunAsync(database));

        Assert.Equal("202601010000_first", await ReadAsync(database.MainMigrator, "SELECT string_agg(id, ' ') FROM public.schema_migrations"));
        Assert.Equal(0L, await ReadAsync(database.MainMigrator, "SELECT count(*) FROM public.first"));
    }

    private static Task<int> RunAsync(TestDatabase database)
    {
        var api = new NpgsqlConnectionStringBuilder(database.Main).Username!;
        return SqlMigrations.RunAsync(database.MainMigrator, SqlMigrations.Main, Samples, new MigrationRoles { Api = api }, Cancel);
    }

    private static async Task<object?> ReadAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
