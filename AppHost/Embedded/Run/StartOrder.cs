using System.Collections.Concurrent;
using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;

namespace Sante.AppHost.Embedded.Run;

/// <summary>The processes of a run by their resource.</summary>
internal sealed class Children
{
    private readonly ConcurrentDictionary<ProjectResource, IReadOnlyList<ChildProcess>> children = new();

    public IEnumerable<ChildProcess> All => children.Values.SelectMany(several => several);

    public void Add(ProjectResource project, IReadOnlyList<ChildProcess> several) => children[project] = several;

    public IReadOnlyList<ChildProcess> Of(ProjectResource project) => children.TryGetValue(project, out var several) ? several : [];

    /// <summary>Tells each end of a service that nobody asked for, until the run is stopped; the others go on.</summary>
    public async Task WatchAsync(Action<string> say, CancellationToken stopping)
    {
        var watched = children.Where(entry => entry.Key.HasHttp).SelectMany(entry => entry.Value).ToDictionary(child => (Task)child.Ended);
        while (!stopping.IsCancellationRequested)
        {
            var ended = await Task.WhenAny(watched.Keys.Append(Task.Delay(Timeout.Infinite, stopping)));
            if (watched.Remove(ended, out var child) && !stopping.IsCancellationRequested)
            {
                say($"{child.Name} s’est arrêté (code {await child.Ended}). Journal : {child.LogPath}");
            }
        }
    }
}

/// <summary>Starts each project when what it waits for is there, all others at the same time.</summary>
internal sealed class StartOrder(RunPlan plan, Launcher launcher, Children children, Report report)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly ConcurrentDictionary<ProjectResource, Lazy<Task>> ready = new();

    /// <summary>Returns when every job has ended with 0 and every service is healthy.</summary>
    /// <exception cref="RunFailedException">One of them failed; its last lines are in the message.</exception>
    public async Task StartAllAsync(CancellationToken cancel)
    {
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var all = plan.Projects.Where(project => !project.IsLast).Select(project => ReadyAsync(project, failing.Token)).ToList();
        try
        {
            await foreach (var done in Task.WhenEach(all))
            {
                await done;
            }
        }
        finally
        {
            // Nobody may still be starting a process when the caller ends them all.
            await failing.CancelAsync();
            await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task ReadyAsync(ProjectResource project, CancellationToken cancel) =>
        ready.GetOrAdd(project, key => new(() => BecomeReadyAsync(key, cancel))).Value;

    private async Task BecomeReadyAsync(ProjectResource project, CancellationToken cancel)
    {
        // PostgreSQL and its databases are there before any project is looked at.
        var needs = project.WaitsFor.OfType<ProjectResource>().Concat(project.WaitsForCompletionOf);
        await Task.WhenAll(needs.Select(need => ReadyAsync(need, cancel)));
        var watch = Stopwatch.StartNew();
        var several = launcher.Start(project, show: null);
        children.Add(project, several);
        await Task.WhenAll(several.Select((child, i) =>
            project.HasHttp ? HealthyAsync(child, launcher.UrlsOf(project)[i] + project.HealthPath, cancel) : CompletedAsync(child, cancel)));
        report.Took(project.Name, watch.Elapsed);
    }

    private static async Task CompletedAsync(ChildProcess child, CancellationToken cancel)
    {
        if (await child.Ended.WaitAsync(cancel) is not 0 and var exitCode)
        {
            throw Failed(child, $"s’est arrêté (code {exitCode})");
        }
    }

    private static async Task HealthyAsync(ChildProcess child, string url, CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        var watch = Stopwatch.StartNew();
        while (!await AnswersAsync(http, url, cancel))
        {
            if (child.Ended.IsCompleted)
            {
                throw Failed(child, $"s’est arrêté (code {await child.Ended})");
            }

            if (watch.Elapsed > Patience)
            {
                throw Failed(child, "n’est pas prêt après deux minutes");
            }

            await Task.Delay(50, cancel);
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient http, string url, CancellationToken cancel)
    {
        try
        {
            using var response = await http.GetAsync(url, cancel);
            return response.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    private static RunFailedException Failed(ChildProcess child, string how) =>
        new($"{child.Name} {how}. Journal : {child.LogPath}{Environment.NewLine}{child.Tail(20)}");
}
