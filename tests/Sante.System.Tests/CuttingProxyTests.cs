using Npgsql;
using Sante.Testing;

namespace Sante.System.Tests;

/// <summary>The relay of the fault tests does what those tests take for granted.</summary>
public sealed class CuttingProxyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Statement_CutAtEveryMessageOfEitherFlow_FailsAndTheNextConnectionWorks()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var proxy = CuttingProxy.Start(database.MainMigrator);
        // Without the reset that a pool sends before the next use, so that the messages are those of the statement alone.
        await using var source = NpgsqlDataSource.Create(proxy.Through(database.MainMigrator) + ";No Reset On Close=true");
        await ExecuteAsync(source, "SELECT 1");
        proxy.Arm(null);
        await ExecuteAsync(source, "SELECT 1");
        var (toServer, toClient) = proxy.Messages;
        Assert.Equal(5, toServer); // Parse, Bind, Describe, Execute, Sync
        Assert.True(toClient >= 5);

        foreach (var (flow, count) in new[] { (Flow.ToServer, toServer), (Flow.ToClient, toClient) })
        {
            for (var message = 1L; message <= count; message++)
            {
                proxy.Arm(new ProxyFault(flow, message));
                await Assert.ThrowsAnyAsync<NpgsqlException>(() => ExecuteAsync(source, "SELECT 1"));
                await proxy.Fired;
                await ExecuteAsync(source, "SELECT 1");
            }
        }
    }

    [Fact]
    public async Task Commit_WithItsAnswerCut_IsDurableAllTheSame()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var direct = NpgsqlDataSource.Create(database.MainMigrator);
        await ExecuteAsync(direct, "CREATE TABLE written (n int)");
        await using var proxy = CuttingProxy.Start(database.MainMigrator);
        await using var source = NpgsqlDataSource.Create(proxy.Through(database.MainMigrator));
        await using var connection = await source.OpenConnectionAsync(Cancel);
        proxy.Arm(new ProxyFault(Flow.ToClient, 1) { Type = 'C' });

        await using var command = new NpgsqlCommand("INSERT INTO written VALUES (1)", connection);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteNonQueryAsync(Cancel));

        await using var count = direct.CreateCommand("SELECT count(*) FROM written");
        Assert.Equal(1L, await count.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task Stall_UntilReleased_LosesNothing()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var proxy = CuttingProxy.Start(database.MainMigrator);
        await using var source = NpgsqlDataSource.Create(proxy.Through(database.MainMigrator));
        await ExecuteAsync(source, "SELECT 1");
        proxy.Arm(new ProxyFault(Flow.ToClient, 2, FaultKind.Stall) { BytesOfIt = 1 });

        var stalled = ExecuteAsync(source, "SELECT 1");
        await proxy.Fired;
        Assert.False(stalled.IsCompleted);
        proxy.Release();

        await stalled;
    }

    [Fact]
    public async Task Refusing_NewConnectionsFail()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var proxy = CuttingProxy.Start(database.MainMigrator);
        await using var source = NpgsqlDataSource.Create(proxy.Through(database.MainMigrator));
        await ExecuteAsync(source, "SELECT 1");

        proxy.Refusing = true;
        proxy.CutAll();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ExecuteAsync(source, "SELECT 1"));

        proxy.Refusing = false;
        await ExecuteAsync(source, "SELECT 1");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var connection = await source.OpenConnectionAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
