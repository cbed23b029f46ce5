using System.Diagnostics;
using System.Runtime.InteropServices;
using Aspire.Hosting.ApplicationModel;
using Sante.AppHost.Embedded.Postgres;

namespace Sante.AppHost.Embedded.Run;

/// <summary>
/// One run of the plan on this machine: PostgreSQL, jobs and services in the order of their waits, then the table, then the step that was
/// asked for; on a stop signal services drain, then PostgreSQL stops, all within 8 s.
/// </summary>
internal sealed class LocalRun
{
    public const string PostgresName = "postgres";

    // sysexits.h: EX_USAGE.
    private const int WrongOption = 64;
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5.5);

    private readonly RunPlan plan;
    private readonly RunOptions options;
    private readonly Report report;
    private readonly ProcessLedger ledger;
    private readonly CancellationTokenSource stopping;

    private LocalRun(RunPlan plan, RunOptions options, CancellationTokenSource stopping)
    {
        (this.plan, this.options, this.stopping) = (plan, options, stopping);
        report = new Report(plan.Folder);
        ledger = new ProcessLedger(plan.Folder);
    }

    /// <returns>Exit code: 0, 1 when something failed, 2 without PostgreSQL, 64 for a wrong option.</returns>
    public static async Task<int> ExecuteAsync(RunPlan plan, CancellationToken cancel)
    {
        try
        {
            var options = RunOptions.Parse(plan.Args);
            if (options.Fault is { } fault)
            {
                await Console.Error.WriteLineAsync(fault);
                return WrongOption;
            }

            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            using var signals = new StopSignals(stopping);
            using var held = plan.Folder.TryLock() ?? throw new RunFailedException("Un autre AppHost de ce dossier tourne déjà.");
            return await new LocalRun(plan, options, stopping).ExecuteAsync();
        }
        catch (PostgresUnavailableException unavailable)
        {
            await Console.Error.WriteLineAsync(unavailable.Message);
            return PostgresUnavailableException.ExitCode;
        }
        catch (RunFailedException failed)
        {
            await Console.Error.WriteLineAsync(failed.Message);
            return 1;
        }
    }

    private async Task<int> ExecuteAsync()
    {
        await ForgetAsync();
        if (options.OnlyClean)
        {
            return 0;
        }

        foreach (var prepare in plan.Preparations)
        {
            await prepare(stopping.Token);
        }

        var started = Stopwatch.StartNew();
        PostgresServer? server = null;
        var children = new Children();
        try
        {
            server = await StartPostgresAsync();
            var databases = await SanteDatabases.ProvisionAsync(server, stopping.Token);
            var launcher = new Launcher(plan, server, databases, ledger);
            await using var control = ControlDoor.Open(server, () => report.WriteEndpoints(plan, launcher, children, server, databases, NotePostgres(server)));
            await new StartOrder(plan, launcher, children, report).StartAllAsync(stopping.Token);
            report.Control = control.Url;
            report.WriteEndpoints(plan, launcher, children, server, databases, NotePostgres(server));
            report.PrintReady(plan, launcher, children, server, started.Elapsed);
            return await StayAsync(launcher, children);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            await StopAsync(server, children);
        }
    }

    /// <summary>Ends leftovers of a killed AppHost; with <c>--clean</c> also forgets the data.</summary>
    private async Task ForgetAsync()
    {
        var left = await ProcessLedger.EndLeftoversAsync(plan.Folder);
        if (left > 0)
        {
            Report.Say($"{left} processus d’un AppHost interrompu ont été arrêtés.");
        }

        File.Delete(plan.Folder.Endpoints);
        if (Directory.Exists(plan.Folder.Logs))
        {
            Directory.Delete(plan.Folder.Logs, recursive: true);
        }

        if (options.Clean)
        {
            await PostgresCluster.RemoveAsync(PostgresOptions);
            plan.Folder.Clear();
            Report.Say("Les données des lancements précédents sont oubliées.");
        }
    }

    private PostgresOptions PostgresOptions => new(plan.Folder.Root, PostgresName);

    private async Task<PostgresServer> StartPostgresAsync()
    {
        var watch = Stopwatch.StartNew();
        var server = await PostgresCluster.StartAsync(PostgresOptions, stopping.Token);
        NotePostgres(server);
        report.Took(PostgresName, watch.Elapsed);
        return server;
    }

    private int? NotePostgres(PostgresServer server)
    {
        if (server.ProcessId is { } pid && ProcessMark.Read(pid) is { } mark)
        {
            ledger.Add(PostgresName, mark);
            return pid;
        }

        return null;
    }

    /// <summary>Runs the last step when there is one, then waits for a stop signal unless the run ends with it.</summary>
    private async Task<int> StayAsync(Launcher launcher, Children children)
    {
        foreach (var last in plan.Projects.Where(project => project.IsLast))
        {
            var child = launcher.Start(last, Report.Say).Single();
            children.Add(last, [child]);
            var exitCode = await child.Ended.WaitAsync(stopping.Token);
            Report.Say(exitCode == 0 ? $"{last.Name} : terminé." : $"{last.Name} : échec (code {exitCode}).");
            if (last.EndsTheRun)
            {
                return exitCode == 0 ? 0 : 1;
            }
        }

        if (options.Exit)
        {
            return 0;
        }

        Report.Say("Ctrl-C pour arrêter.");
        await children.WatchAsync(Report.Say, stopping.Token);
        return 0;
    }

    private async Task StopAsync(PostgresServer? server, Children children)
    {
        if (server is null)
        {
            return;
        }

        Report.Say("Arrêt…");
        File.Delete(plan.Folder.Endpoints);
        try
        {
            await Task.WhenAll(children.All.Select(child => child.StopAsync(DrainTime)));
        }
        finally
        {
            await server.StopAsync();
        }

        ledger.Clear();
        Report.Say("Tout est arrêté.");
    }

    /// <summary>Ctrl-C, kill and a closed terminal mean the same.</summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly PosixSignalRegistration[] registrations;

        public StopSignals(CancellationTokenSource stopping)
        {
            void Stop(PosixSignalContext context)
            {
                context.Cancel = true;
                stopping.Cancel();
            }

            registrations = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
                .Select(signal => PosixSignalRegistration.Create(signal, Stop))];
        }

        public void Dispose() => Array.ForEach(registrations, registration => registration.Dispose());
    }
}
