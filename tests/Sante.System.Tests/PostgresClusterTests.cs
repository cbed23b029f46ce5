using Npgsql;
using Sante.AppHost.Embedded.Postgres;
using Sante.Testing;

namespace Sante.System.Tests;

/// <summary>How PostgreSQL is provided: where its files lie, who may enter, what survives.</summary>
public sealed class PostgresClusterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DedicatedCluster_KilledAndStartedAgain_KeepsWhatWasCommitted()
    {
        Assert.SkipUnless(TestCluster.CanBeDedicated, "SANTE_POSTGRES is not ours to restart.");
        await using var cluster = await TestCluster.DedicatedAsync();
        await using var database = await cluster.CreateDatabaseAsync();
        await ExecuteAsync(database.MainMigrator, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
        var before = cluster.Server.ProcessId;

        await cluster.Server.KillAsync();
        Assert.Null(cluster.Server.ProcessId);
        await cluster.Server.StartAsync(Cancel);

        Assert.NotEqual(before, cluster.Server.ProcessId);
        Assert.Equal(1L, await ReadAsync(database.MainMigrator, "SELECT count(*) FROM kept"));
    }

    [Fact]
    public async Task Roles_EnterTheirOwnDatabaseOnly()
    {
        await using var database = await TestDatabase.CreateAsync();
        var keysDatabase = new NpgsqlConnectionStringBuilder(database.Keys).Database;
        var intruder = new NpgsqlConnectionStringBuilder(database.Main) { Database = keysDatabase, Pooling = false }.ConnectionString;

        Assert.Equal(1, await ReadAsync(database.Keys, "SELECT 1"));
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => ReadAsync(intruder, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task Api_MakesNoTable()
    {
        await using var database = await TestDatabase.CreateAsync();

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(database.Main, "CREATE TABLE public.mine (n int)"));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<object?> ReadAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
