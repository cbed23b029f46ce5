using Npgsql;

namespace Sante.Ledger.Tests;

/// <summary>Who may move the platform clock and the facts outside spaces: the operators' role, and nothing else may it do.</summary>
public sealed class OperatorTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>
{
    [Theory]
    [InlineData("SELECT ledger.move_clock('1 day')")]
    [InlineData("SELECT ledger.set_world_fact('operator', 'app-suspended:x', true)")]
    [InlineData("SELECT ledger.keep_world_facts('rpps', '{}')")]
    [InlineData("UPDATE ledger.world SET clock_offset = '1 day'")]
    [InlineData("INSERT INTO ledger.world_fact (fact, source, version) VALUES ('app-suspended:x', 'operator', 1)")]
    public async Task FrontEndsRole_MovesNeitherClockNorFacts(string statement) => await DeniedAsync(fixture.Database.Main, statement);

    [Theory]
    [InlineData("SELECT count(*) FROM ledger.trace")]
    [InlineData("SELECT count(*) FROM ledger.event")]
    [InlineData("SELECT count(*) FROM ledger.space")]
    [InlineData("UPDATE ledger.world SET clock_offset = '1 day'")]
    [InlineData("SELECT ledger.keep_world_facts('rpps', '{}')")]
    public async Task OperatorsRole_ReadsNoRecordAndSpeaksForNoDirectory(string statement) => await DeniedAsync(fixture.Database.MainOperator, statement);

    [Fact]
    public async Task HostWithoutTheOperatorsDoor_MovesNothing()
    {
        await using var main = NpgsqlDataSource.Create(fixture.Database.Main);
        await using var world = new World(main);
        await world.StartAsync();
        Assert.False(world.MayMove);
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.MoveClockAsync(TimeSpan.FromDays(1)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.SetFactAsync("app-suspended:x", true));
        Assert.False(world.Holds("app-suspended:x"));
    }

    [Fact]
    public async Task FactSaidByTwo_HoldsUntilBothHaveEndedIt()
    {
        const string fact = "struck-off:two-say-so";
        var world = fixture.Host.World;
        Assert.True(await world.SetFactAsync(fact, true));
        await DirectoryAsync(fact);
        Assert.True(await world.SetFactAsync(fact, false));
        Assert.True(world.Holds(fact));
        await DirectoryAsync();
        await KillTests.UntilAsync(() => !world.Holds(fact));
    }

    [Fact]
    public async Task FactsOfADirectory_AreReplacedWhole_AndHeard()
    {
        var world = fixture.Host.World;
        await DirectoryAsync("left:a", "left:b");
        await KillTests.UntilAsync(() => world.Holds("left:a") && world.Holds("left:b"));
        await DirectoryAsync("left:b", "left:c");
        await KillTests.UntilAsync(() => world.Holds("left:c"));
        Assert.Equal((false, true), (world.Holds("left:a"), world.Holds("left:b")));
        await DirectoryAsync();
        await KillTests.UntilAsync(() => !world.Holds("left:b"));
    }

    private async Task DirectoryAsync(params string[] facts)
    {
        await using var migrator = NpgsqlDataSource.Create(fixture.Database.MainMigrator);
        await using var keep = migrator.CreateCommand("SELECT ledger.keep_world_facts('rpps', $1)");
        keep.Parameters.Add(new() { Value = facts });
        await keep.ExecuteNonQueryAsync();
    }

    private static async Task DeniedAsync(string connection, string statement)
    {
        await using var source = NpgsqlDataSource.Create(connection);
#pragma warning disable CA2100 // the statements of this class
        await using var command = source.CreateCommand(statement);
#pragma warning restore CA2100
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }
}
