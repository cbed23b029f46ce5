using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;
using System.Text.Json;
using Npgsql;
using Sante.Testing;

namespace Sante.System.Tests;

/// <summary>One run for the tests that leave it as it is.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AppHostFixture : IAsyncLifetime
{
    public AppHostRun Run { get; private set; } = null!;

    public JsonElement Endpoints { get; private set; }

    public async ValueTask InitializeAsync() => (Run, Endpoints) = await AppHostRun.StartReadyAsync(null);

    public ValueTask DisposeAsync() => Run.DisposeAsync();
}

/// <summary>The life of a whole run: ready, stopped, killed, found again.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(nameof(WholePlatform))]
public sealed class AppHostTests(AppHostFixture fixture) : IClassFixture<AppHostFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AppHostRun.SigInt)]
    [InlineData(AppHostRun.SigTerm)]
    public async Task TwoApis_AreReady_AndASignalEndsEverythingWithin8Seconds(int signal)
    {
        var (run, endpoints) = await AppHostRun.StartReadyAsync(null, "--apis", "2");
        await using var running = run;
        var processes = run.Processes();
        using var http = new HttpClient();

        Assert.True(endpoints.GetProperty("ready").GetBoolean());
        var apis = endpoints.GetProperty("api").EnumerateArray().Select(url => url.GetString()!).ToList();
        Assert.Equal(2, apis.Distinct().Count());
        foreach (var url in apis.Append(endpoints.GetProperty("identity").GetString()!).Append(endpoints.GetProperty("simulators").GetString()!))
        {
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(url + "/health/ready", Cancel)).StatusCode);
        }

        Assert.Equal(2, endpoints.GetProperty("pids").GetProperty("api").GetArrayLength());
        var watch = Stopwatch.StartNew();
        run.Signal(signal);

        Assert.Equal(0, await run.EndedAsync());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.All(processes.Values, process => Assert.False(process.IsAlive));
        Assert.False(File.Exists(Path.Combine(run.Folder, "endpoints.json")));
    }

    [Fact]
    public async Task KilledAppHost_ItsProcessesLiveOn_UntilTheNextStartEndsThem()
    {
        var (killed, _) = await AppHostRun.StartReadyAsync(null);
        await using var first = killed;
        var left = killed.Processes().Where(process => process.Value.IsAlive).ToList();
        Assert.Contains(left, process => process.Key == "api");

        await killed.KillAsync();
        Assert.All(left, process => Assert.True(process.Value.IsAlive));
        await using var cleaning = AppHostRun.Start(killed.Folder, "--clean");

        Assert.Equal(0, await cleaning.EndedAsync());
        Assert.All(left, process => Assert.False(process.Value.IsAlive));
        Assert.Equal(["lock"], new DirectoryInfo(killed.Folder).EnumerateFileSystemInfos().Select(entry => entry.Name));
    }

    [Fact]
    public async Task SecondAppHostOfTheSameFolder_IsRefused_AndTheFirstGoesOn()
    {
        var run = fixture.Run;

        await using var second = AppHostRun.Start(run.Folder);

        Assert.Equal(1, await second.EndedAsync());
        Assert.True(File.Exists(Path.Combine(run.Folder, "endpoints.json")));
        Assert.All(run.Processes().Where(process => process.Key is "api" or "postgres"), process => Assert.True(process.Value.IsAlive));
    }

    [Fact]
    public async Task FilesOfARun_AreTheirOwnersAlone_AndNoProcessShowsASecretOnItsCommandLine()
    {
        var (run, endpoints) = (fixture.Run, fixture.Endpoints);

        foreach (var path in Directory.EnumerateFiles(Path.Combine(run.Folder, "secrets")).Append(Path.Combine(run.Folder, "endpoints.json")).Append(Path.Combine(run.Folder, "sandbox.json")))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(run.Folder));
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Command lines and sessions are read from /proc.");
        var password = new NpgsqlConnectionStringBuilder(endpoints.GetProperty("postgres").GetString()).Password!;
        foreach (var process in run.Processes().Values.Where(process => process.IsAlive))
        {
            Assert.DoesNotContain(password, await File.ReadAllTextAsync($"/proc/{process.Pid}/cmdline", Cancel), StringComparison.Ordinal);
            Assert.Equal(process.Pid, Session(process.Pid));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("?how=kill")]
    public async Task PostgresRestartedUnderTheRun_ApisAreReadyAgainByThemselves(string how)
    {
        Assert.SkipUnless(TestCluster.CanBeDedicated, "SANTE_POSTGRES is not ours to restart.");
        var (run, endpoints) = await AppHostRun.StartReadyAsync(null);
        await using var running = run;
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoints.GetProperty("control").GetString() + "/postgres/restart" + how);
        request.Headers.Add("X-Sante-Control", "1");
        var before = endpoints.GetProperty("pids").GetProperty("postgres").GetInt32();

        var answer = await http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var after = (await run.ReadyAsync()).GetProperty("pids").GetProperty("postgres").GetInt32();
        Assert.NotEqual(before, after);
        Assert.Equal(after, run.Processes()["postgres"].Pid);
        var api = endpoints.GetProperty("api")[0].GetString();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        while ((await http.GetAsync(api + "/health/ready", limit.Token)).StatusCode != HttpStatusCode.OK)
        {
            await Task.Delay(50, limit.Token);
        }
    }

    [Fact]
    public async Task ControlDoor_WithoutItsHeader_DoesNothing()
    {
        var (run, endpoints) = (fixture.Run, fixture.Endpoints);
        Assert.SkipWhen(endpoints.GetProperty("control").ValueKind == JsonValueKind.Null, "SANTE_POSTGRES is not ours to restart.");
        using var http = new HttpClient();

        var answer = await http.PostAsync(endpoints.GetProperty("control").GetString() + "/postgres/restart", null, Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.True(run.Processes()["postgres"].IsAlive);
    }

    [Fact]
    public async Task Workbench_IsThere_WithATokenThatOpensItAndNothingElse()
    {
        var (run, endpoints) = (fixture.Run, fixture.Endpoints);
        var workbench = endpoints.GetProperty("workbench").GetString()!;
        var file = Path.Combine(run.Folder, "workbench.token");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", await File.ReadAllTextAsync(file, Cancel));

        Assert.EndsWith("/workbench/demo/fhir", workbench, StringComparison.Ordinal);
        using var patient = new StringContent("""{"resourceType":"Patient","active":true}""", global::System.Text.Encoding.UTF8, "application/fhir+json");
        Assert.Equal(HttpStatusCode.Created, (await http.PostAsync(workbench + "/Patient", patient, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(workbench + "/Patient", Cancel)).StatusCode);
        var api = endpoints.GetProperty("api")[0].GetString();
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(api + "/api/me", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(api + "/fhir/Patient/a", Cancel)).StatusCode);
    }

    [Fact]
    public async Task UnknownOption_IsToldWithTheUsage()
    {
        await using var run = AppHostRun.Start(null, "--storey");

        Assert.Equal(64, await run.EndedAsync());
        Assert.Contains("--storey", run.Output, StringComparison.Ordinal);
        Assert.Contains("[--apis N]", run.Output, StringComparison.Ordinal);
    }

    /// <summary>proc(5): field 6 of stat is the session; the name in parentheses may hold spaces.</summary>
    private static int Session(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3], global::System.Globalization.CultureInfo.InvariantCulture);
    }
}
