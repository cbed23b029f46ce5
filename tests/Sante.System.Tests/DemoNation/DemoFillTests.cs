using System.Text.Json;
using Npgsql;
using Sante.DemoNation;
using Sante.Foundations.RppsDirectory;
using Sante.Kernel;
using Sante.Ledger.Keys;
using Sante.Space;
using Sante.Testing;

namespace Sante.System.Tests.DemoNation;

/// <summary>The demo nation in real databases.</summary>
public sealed class DemoFillTests : IAsyncLifetime, IDisposable
{
    private static readonly DateOnly Today = new(2026, 11, 21);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nation");
    private TestDatabase database = null!;
    private FillTarget target = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(typeof(Ledger.Ledger).Assembly, typeof(RppsLoader).Assembly, typeof(SpaceGrain).Assembly);
        var masterKey = Path.Combine(folder.FullName, "master.key");
        FileMasterKey.CreateIfMissing(masterKey);
        target = new FillTarget(database.Main, database.Keys, database.MainMigrator, masterKey, Path.Combine(folder.FullName, "sandbox.json"), "http://127.0.0.1:5001");
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Fill_ThenAgain_ChangesNothingAndWritesTheSameSandbox()
    {
        var first = (await DemoFill.RunAsync(target, 1, Today)).Value;
        TestContext.Current.TestOutputHelper?.WriteLine(first);
        var sandbox = await File.ReadAllTextAsync(target.Sandbox);
        var counts = await CountsAsync();

        var second = (await DemoFill.RunAsync(target, 1, Today.AddDays(3))).Value;

        Assert.Contains("rien à écrire", second, StringComparison.Ordinal);
        Assert.Equal(counts, await CountsAsync());
        Assert.Equal(sandbox, await File.ReadAllTextAsync(target.Sandbox));
        await AssertWholeAsync(counts);
        await AssertSpacesOpenAsync();
        await using var main = NpgsqlDataSource.Create(database.Main);
        await ExamplesShown.InDirectoryAsync(main);
        AssertSandbox(sandbox);
        Assert.Equal("nation-other-seed", (await DemoFill.RunAsync(target, 2, Today)).Refusal?.Code);
    }

    [Fact]
    public async Task Fill_InterruptedThenRunAgain_IsTheNationWithoutDoubles()
    {
        using var stop = new CancellationTokenSource();
        var running = DemoFill.RunAsync(target, 1, Today, stop.Token);
        while ((await CountsAsync())["ledger.resource"] < 1_000)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(TimeSpan.Zero, await OffsetAsync());
        Assert.Null((await DemoFill.RunAsync(target, 1, Today)).Refusal);

        await AssertWholeAsync(await CountsAsync());
    }

    [Fact]
    public async Task Fill_WhileAHostServes_IsRefusedAndLeavesTheClock()
    {
        await using var main = NpgsqlDataSource.Create(database.Main);
        await using var serving = new Ledger.World(main);
        await serving.StartAsync();

        Assert.Equal("platform-serving", (await DemoFill.RunAsync(target, 1, Today)).Refusal?.Code);

        Assert.Equal(TimeSpan.Zero, await OffsetAsync());
        Assert.Equal(0, (await CountsAsync())["ledger.resource"]);
        Assert.False(File.Exists(target.Sandbox));
    }

    /// <summary>What the model says is what the tables hold, each once; the clock is right again.</summary>
    private async Task AssertWholeAsync(Dictionary<string, long> counts)
    {
        var nation = new Nation(1, Today);
        var pages = new NationPages(nation);
        var told = Enumerable.Range(0, nation.Calendar.Eras.Count).SelectMany(pages.Tell).ToList();

        Assert.Equal(nation.Citizens.Count + 1, counts["ledger.space"]);
        Assert.Equal(told.Sum(page => page.Page.Events.Count) + 2, counts["ledger.event"]);
        Assert.Equal(told.Sum(page => page.Page.Lines.Count), counts["ledger.trace"]);
        Assert.Equal(told.Sum(page => page.Page.Contents.Count + page.Notices.Count), counts["ledger.resource"]);
        Assert.Equal(nation.Citizens.Count, counts["ins.identity"]);
        Assert.Equal(told.SelectMany(page => page.Page.Noted).OfType<RepresentativeDeclared>().Count(), counts["space.representation"]);
        Assert.Equal(told.SelectMany(page => page.Page.Noted).OfType<Paired>().Count(), counts["space.pairing"]);
        Assert.Equal(0, counts["ledger.outbox"]);
        Assert.Equal(60, counts["directory.structure WHERE source = 'finess'"]);
        Assert.Equal(500, counts["directory.practitioner"]);
        Assert.Equal(TimeSpan.Zero, await OffsetAsync());
        await using var main = NpgsqlDataSource.Create(database.MainReadOnly);
        await using var gaps = main.CreateCommand("SELECT count(*) FROM ledger.space s WHERE trace_seq <> (SELECT count(*) FROM ledger.trace t WHERE t.space_id = s.space_id)");
        Assert.Equal(0L, await gaps.ExecuteScalarAsync());
        await using var years = main.CreateCommand("SELECT count(DISTINCT date_trunc('month', at)) FROM ledger.trace");
        Assert.InRange((long)(await years.ExecuteScalarAsync())!, 10, 40);
    }

    /// <summary>The ledger gives back every space as the model folded it.</summary>
    private async Task AssertSpacesOpenAsync()
    {
        var nation = new Nation(1, Today);
        var pages = new NationPages(nation);
        foreach (var era in Enumerable.Range(0, nation.Calendar.Eras.Count))
        {
            pages.Tell(era);
        }

        await using var main = NpgsqlDataSource.Create(database.Main);
        await using var keysDatabase = NpgsqlDataSource.Create(database.Keys);
        await using var world = new Ledger.World(main);
        var keys = new KeyStore(keysDatabase, FileMasterKey.Read(target.MasterKeyFile));
        await using var ledger = new Ledger.Ledger(main, keys, world);
        var agendas = new List<AgendaState>();
        foreach (var book in pages.Books)
        {
            var snapshot = (await ledger.LoadAsync(book.Citizen.Space, SpaceStreams.OfAccess)).Value;
            agendas.Add(AgendaOf((await ledger.LoadAsync(book.Citizen.Space, [SpaceStreams.Agenda])).Value));
            var state = snapshot.Events.Select(e => SpaceJson.ReadEvent(e.Body)).Aggregate(SpaceState.Zero, SpaceState.Evolve);
            Assert.Equal(book.State.Account, state.Access.Account);
            Assert.Equal(book.State.Consent.ByGrantee.Count, state.Access.Consent.ByGrantee.Count);
            Assert.Equal(book.Citizen.Space, await ledger.Resources.FindSpaceAsync(SpaceIds.StoredId(book.Citizen.Patient)));
        }

        ExamplesShown.InAgendas(agendas);
    }

    private static AgendaState AgendaOf(Ledger.SpaceSnapshot snapshot) =>
        snapshot.Events.Select(e => (AgendaEvent)SpaceJson.ReadEvent(e.Body)).Aggregate(AgendaState.Zero, Agendas.Evolve);

    private void AssertSandbox(string text)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(target.Sandbox));
        }

        var sandbox = Simulators.Sandbox.Read(target.Sandbox);
        Assert.All(
            (string[])["hospital", "laboratory", "scale", "booking-1", "booking-2", "booking-3", "civil-registry", "mobile", "care"],
            id => Assert.NotNull(sandbox.Client(id)));
        Assert.All((string[])["clara", "hugo"], id => Assert.NotNull(sandbox.Persona(id).PatientId));
        Assert.All((string[])["jeanne", "karim", "victor", "medecin-traitant", "rose"], id => Assert.True(sandbox.Persona(id).IsProfessional));
        Assert.Equal(2, sandbox.Persona("jeanne").ProSanteConnect!.Value.GetProperty("SubjectRefPro").GetProperty("exercices")[0].GetProperty("activities").GetArrayLength());
        using var json = JsonDocument.Parse(text);
        foreach (var client in json.RootElement.GetProperty("clients").EnumerateArray())
        {
            Assert.True(!client.TryGetProperty("actor", out var actor) || ActorClaim.Read(actor).TryGet(out _, out _));
        }
    }

    private async Task<Dictionary<string, long>> CountsAsync()
    {
        string[] tables =
            ["ledger.space", "ledger.event", "ledger.trace", "ledger.resource", "ledger.resource_version", "ledger.due", "ledger.outbox", "ledger.idempotency", "ins.identity", "space.representation", "space.pairing",
                "directory.practitioner", "directory.activity", "directory.edition", "directory.structure WHERE source = 'finess'"];
        await using var main = NpgsqlDataSource.Create(database.MainReadOnly);
        var counts = new Dictionary<string, long>();
        foreach (var table in tables)
        {
#pragma warning disable CA2100 // our own list
            await using var command = main.CreateCommand($"SELECT count(*) FROM {table}");
#pragma warning restore CA2100
            counts[table] = (long)(await command.ExecuteScalarAsync())!;
        }

        return counts;
    }

    private async Task<TimeSpan> OffsetAsync()
    {
        await using var main = NpgsqlDataSource.Create(database.MainReadOnly);
        await using var command = main.CreateCommand("SELECT clock_offset FROM ledger.world");
        return (TimeSpan)(await command.ExecuteScalarAsync())!;
    }
}
