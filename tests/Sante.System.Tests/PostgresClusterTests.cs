using System.Runtime.Versioning;
using Npgsql;
using Sante.AppHost.Embedded.Postgres;
using Sante.Testing;

namespace Sante.System.Tests;

/// <summary>How PostgreSQL is provided: where its files lie, who may enter, what survives.</summary>
[UnsupportedOSPlatform("windows")]
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

    [Fact]
    public async Task CloneInAHomeOfMode700_RunsWithoutSocketFile_AndItsSecretsAreOursAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes are Unix's.");
        var home = Directory.CreateTempSubdirectory("sante-home-");
        File.SetUnixFileMode(home.FullName, OwnerOnly);
        var options = new PostgresOptions(Path.Combine(home.FullName, "clone", "artifacts", "run")) { Borrowed = null };
        try
        {
            await using var server = await PostgresCluster.StartAsync(options, Cancel);

            Assert.Equal("", await ReadAsync(server.AdminConnectionString, "SHOW unix_socket_directories"));
            Assert.Equal("127.0.0.1", await ReadAsync(server.AdminConnectionString, "SHOW listen_addresses"));
            Assert.Equal("on", await ReadAsync(server.AdminConnectionString, "SHOW fsync"));
            Assert.Equal("on", await ReadAsync(server.AdminConnectionString, "SHOW data_checksums"));
            Assert.Empty(Directory.EnumerateFiles("/tmp", $".s.PGSQL.{new NpgsqlConnectionStringBuilder(server.AdminConnectionString).Port}*"));
            var secret = Assert.Single(Directory.EnumerateFiles(Path.Combine(options.StateDirectory, "secrets")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secret));
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(options.StateDirectory, options.Name)));
            await server.RemoveAsync();
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task CloneMadeAgainAtTheSamePlace_WhileItsOldClusterRuns_GetsAFreshOne()
    {
        var clone = Directory.CreateTempSubdirectory("sante-clone-");
        var options = new PostgresOptions(Path.Combine(clone.FullName, "artifacts", "run")) { Borrowed = null };
        var old = await PostgresCluster.StartAsync(options, Cancel);
        var oldPid = old.ProcessId;
        // An ordinary user's cluster goes with the clone, so only its password is removed here.
        Directory.Delete(Path.Combine(options.StateDirectory, "secrets"), recursive: true);
        try
        {
            var fresh = await PostgresCluster.StartAsync(options, Cancel);

            Assert.NotEqual(oldPid, fresh.ProcessId);
            Assert.Equal(1, await ReadAsync(fresh.AdminConnectionString, "SELECT 1"));
            await fresh.RemoveAsync();
        }
        finally
        {
            clone.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task ClusterFolderOfAnotherOwner_IsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root hands the cluster to another user.");
        var clone = Directory.CreateTempSubdirectory("sante-clone-");
        var options = new PostgresOptions(clone.FullName) { Borrowed = null };
        // Ours is the name; root, not the cluster's user, is the owner.
        var squatted = Directory.CreateDirectory(PostgresCluster.FolderOf(options), OwnerOnly);
        try
        {
            var refusal = await Assert.ThrowsAsync<PostgresUnavailableException>(() => PostgresCluster.StartAsync(options, Cancel));

            Assert.Contains("another owner", refusal.Message, StringComparison.Ordinal);
            Assert.Empty(squatted.EnumerateFileSystemInfos());
        }
        finally
        {
            squatted.Delete();
            clone.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task ClusterFolderThatIsALink_IsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root's cluster lies under a shared directory.");
        var clone = Directory.CreateTempSubdirectory("sante-clone-");
        var options = new PostgresOptions(clone.FullName) { Borrowed = null };
        var link = PostgresCluster.FolderOf(options);
        Directory.CreateSymbolicLink(link, clone.FullName);
        try
        {
            await Assert.ThrowsAsync<PostgresUnavailableException>(() => PostgresCluster.StartAsync(options, Cancel));
        }
        finally
        {
            File.Delete(link);
            clone.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task FailedStatement_LeavesNoValueInTheServersLog()
    {
        Assert.SkipUnless(TestCluster.CanBeDedicated, "The log of SANTE_POSTGRES is not ours.");
        const string Sentinel = "Zenaide-Sentinelle";
        await using var database = await TestDatabase.CreateAsync();
        await ExecuteAsync(database.MainMigrator, "CREATE TABLE named (name text PRIMARY KEY)");
        await ExecuteAsync(database.MainMigrator, $"INSERT INTO named VALUES ('{Sentinel}')");

        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(database.MainMigrator, $"INSERT INTO named VALUES ('{Sentinel}')"));
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(database.MainMigrator, $"SELECT '{Sentinel}'::int"));

        var log = await File.ReadAllTextAsync(database.Cluster.LogPath, Cancel);
        Assert.Contains("ready to accept connections", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Sentinel, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BorrowedServer_GetsPrefixedDatabasesAndRoles_AndIsLeftAsItWas()
    {
        Assert.SkipUnless(TestCluster.CanBeDedicated, "The lender of this test is a cluster of our own.");
        await using var lender = await TestCluster.DedicatedAsync();
        await ExecuteAsync(lender.Server.AdminConnectionString, "CREATE ROLE lent LOGIN CREATEDB CREATEROLE PASSWORD 'lent'");
        var lent = new NpgsqlConnectionStringBuilder(lender.Server.AdminConnectionString) { Username = "lent", Password = "lent" };
        const string Ours = "SELECT string_agg(name, ' ') FROM (SELECT datname AS name FROM pg_database UNION ALL SELECT rolname FROM pg_roles) AS n WHERE starts_with(name, 'p1_')";
        var options = new PostgresOptions("unused") { Borrowed = lent.ConnectionString, BorrowedPrefix = "p1_" };

        await using var server = await PostgresCluster.StartAsync(options, Cancel);
        var databases = await SanteDatabases.ProvisionAsync(server, Cancel);
        await ExecuteAsync(databases.ConnectionString(databases.Roles.Migrator, databases.MainName), "CREATE TABLE ours (n int)");

        Assert.False(server.CanRestart);
        Assert.Equal("p1_sante", databases.MainName);
        Assert.Equal(0L, await ReadAsync(databases.ConnectionString(databases.Roles.ReadOnly, databases.MainName), "SELECT count(*) FROM ours"));
        Assert.NotEqual(DBNull.Value, await ReadAsync(lender.Server.AdminConnectionString, Ours));
        await PostgresCluster.RemoveAsync(options);
        Assert.Equal(DBNull.Value, await ReadAsync(lender.Server.AdminConnectionString, Ours));
    }

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

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
