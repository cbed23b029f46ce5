using System.Runtime.Versioning;
using Sante.Bench;
using Sante.Simulators;
using Sante.Simulators.Story;

namespace Sante.System.Tests;

/// <summary>Three front-ends, 64 parallel readers, one revoker, 300 rounds, by HTTP.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(nameof(WholePlatform))]
public sealed class HttpRoundsTests
{
    private const int Rounds = 300;
    private const int Readers = 64;

    [Fact]
    public async Task EveryRequestSentAfterTheRevocationsAnswer_IsRefusedOnEachFrontEnd()
    {
        var (run, _) = await AppHostRun.StartReadyAsync(null, "--apis", "3");
        await using var running = run;
        var endpoints = Endpoints.Read(Path.Combine(run.Folder, "endpoints.json"));
        using var platform = new Platform(endpoints, new Narration(TextWriter.Null));
        using var rounds = new HttpRounds(platform, new Cast(Sandbox.Read(Path.Combine(run.Folder, "sandbox.json"))), endpoints.Postgres, searcherEvery: 4);

        var result = await rounds.RunAsync(Rounds, Readers);

        TestContext.Current.SendDiagnosticMessage(result.Told);
        Assert.Equal(0, result.PassedAfterAnswer);
        Assert.Equal(0, result.Unexpected);
        Assert.Equal(0, result.StaleLines);
        Assert.Equal(0, result.WrongNumbers);
        // Each reader ends each round with such a request, and reads while it may: otherwise nothing was tried.
        Assert.Equal(Rounds * Readers, result.RefusedAfterAnswer.Sum());
        Assert.All(result.RefusedAfterAnswer, count => Assert.InRange(count, Rounds, int.MaxValue));
        Assert.InRange(result.Read, Rounds, long.MaxValue);
    }
}
