using System.Diagnostics;
using System.Globalization;
using Sante.Kernel;
using Sante.Testing;
using static Sante.Ledger.Tests.LedgerHost;

namespace Sante.Ledger.Tests;

/// <summary>kill -9 of a host in the middle of its batches, and of PostgreSQL between decision and trace.</summary>
public sealed class KillTests
{
    private const string NotOurs = "SANTE_POSTGRES names a server that is not ours to kill.";

    [Fact]
    public async Task HostKilledInMidBatch_LosesNothingAcknowledged_AndLeavesNoHalf()
    {
        await using var database = await TestDatabase.CreateAsync(typeof(Ledger).Assembly);
        await using var host = await StartAsync(database);
        var spaces = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.BeginSpaceAsync()));
        for (var round = 0; round < 3; round++)
        {
            var acknowledged = await KillAfterAsync(database, spaces, lines: 400 + 150 * round);
            var numbers = (await LinesAsync(host)).ToHashSet();
            Assert.All(acknowledged, line => Assert.Contains(line, numbers));
        }
        Assert.Equal(0, await host.SpacesWithWrongNumbersAsync());
        // Line and resource of a request are there together or not at all; each space's first line has no resource.
        Assert.Equal(await host.QueryAsync<long>("SELECT count(*) FROM ledger.trace") - spaces.Length, await host.QueryAsync<long>("SELECT count(*) FROM ledger.resource"));
        // The dead host's locks and connections hold nobody up.
        Assert.All(await Task.WhenAll(spaces.Select(s => host.Ledger.CommitAsync(new WriteRequest(s, 1) { Lines = [Line("after")] }))), a => Assert.True(a.Value.IsAccepted));
    }

    [Fact]
    public async Task PostgresKilledBetweenDecisionAndTrace_GivesNoPermit_AndServiceResumesByItself()
    {
        Assert.SkipUnless(TestCluster.CanBeDedicated, NotOurs);
        await using var cluster = await TestCluster.DedicatedAsync();
        await using var database = await cluster.CreateDatabaseAsync(typeof(Ledger).Assembly);
        await using var host = await StartAsync(database);
        var space = await host.BeginSpaceAsync();
        var permit = Permits.Evaluate(space, (await host.LoadAsync(space)).AccessVersion, null, "test-rule");

        await cluster.Server.KillAsync();
        var refused = await host.Ledger.TraceAsync(permit, Line("read"));
        Assert.Equal("database-unavailable", refused.Refusal?.Code);
        Assert.Equal("database-unavailable", (await host.Ledger.LoadAsync(space, ["consent"])).Refusal?.Code);

        await cluster.Server.StartAsync();
        await UntilAsync(() => host.World.CanHear);
        Assert.Equal(2, (await host.Ledger.TraceAsync(permit, Line("read"))).Value.Permit!.Line);
        Assert.Equal(2, (await host.LoadAsync(space)).Lines);
    }

    [Fact]
    public async Task PostgresKilledUnderLoad_KeepsEveryAcknowledgedLine()
    {
        Assert.SkipUnless(TestCluster.CanBeDedicated, NotOurs);
        await using var cluster = await TestCluster.DedicatedAsync();
        await using var database = await cluster.CreateDatabaseAsync(typeof(Ledger).Assembly);
        await using var host = await StartAsync(database);
        var spaces = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.BeginSpaceAsync()));
        var acknowledged = new System.Collections.Concurrent.ConcurrentBag<(Guid, long)>();
        var enough = new TaskCompletionSource();
        var writers = Enumerable.Range(0, 32).Select(t => Task.Run(async () =>
        {
            for (var i = t; ; i++)
            {
                var answer = await host.Ledger.CommitAsync(new WriteRequest(spaces[i % spaces.Length], 1) { Lines = [Line("line")] });
                if (answer.Refusal is not null)
                    return answer.Refusal.Code;
                acknowledged.Add((spaces[i % spaces.Length].Value, answer.Value.FirstLine));
                if (acknowledged.Count > 1500)
                    enough.TrySetResult();
            }
        })).ToArray();
        await enough.Task;
        await cluster.Server.KillAsync();
        Assert.All(await Task.WhenAll(writers), code => Assert.Equal("database-unavailable", code));
        await cluster.Server.StartAsync();
        await UntilAsync(() => host.World.CanHear);
        var durable = (await LinesAsync(host)).ToHashSet();
        Assert.All(acknowledged, line => Assert.Contains(line, durable));
        Assert.Equal(0, await host.SpacesWithWrongNumbersAsync());
    }

    private static async Task<List<(Guid Space, long Line)>> KillAfterAsync(TestDatabase database, SpaceId[] spaces, int lines)
    {
        // From its own folder: beside the tests, whose frameworks are others, its libraries would be missing.
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var built = Path.Combine(framework.Parent!.Parent!.Parent!.Parent!.FullName, "Sante.Ledger.WriterHost", "bin", framework.Parent.Name, framework.Name);
        var start = new ProcessStartInfo(Path.Combine(built, "Sante.Ledger.WriterHost")) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (OperatingSystem.IsWindows())
            start.FileName += ".exe";
        start.Environment["WRITER_MAIN"] = database.Main;
        start.Environment["WRITER_KEYS"] = database.Keys;
        start.Environment["WRITER_MASTER"] = MasterKey;
        using var child = Process.Start(start)!;
        await child.StandardInput.WriteLineAsync(string.Join(' ', spaces.Select(s => s.Value)));
        var acknowledged = new List<(Guid, long)>();
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may have been cut by the kill: a number cut short is no acknowledgement that was received.
            var parts = line.Split(' ');
            if (parts.Length == 2 && acknowledged.Count < lines)
                acknowledged.Add((Guid.Parse(parts[0]), long.Parse(parts[1], CultureInfo.InvariantCulture)));
            if (acknowledged.Count == lines && !child.HasExited)
                child.Kill();
        }
        await child.WaitForExitAsync();
        Assert.Equal(lines, acknowledged.Count);
        return acknowledged;
    }

    private static async Task<List<(Guid, long)>> LinesAsync(LedgerHost host)
    {
        await using var command = host.Database.CreateCommand("SELECT space_id, seq FROM ledger.trace");
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<(Guid, long)>();
        while (await reader.ReadAsync())
            lines.Add((reader.GetGuid(0), reader.GetInt64(1)));
        return lines;
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        for (var since = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(20))
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(30), "the condition was not met within 30 s");
    }
}
