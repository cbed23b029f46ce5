using System.Text.Json;
using Npgsql;
using Sante.Identity.Clients;
using Sante.Identity.Protocol;
using Sante.ServiceDefaults.Web;

namespace Sante.Identity.Development;

/// <summary>
/// Keeps the demo clients of <c>Sante:SandboxFile</c> registered, at start and whenever the file changes, in Development and on loopback only;
/// in any other host it removes what a development run may have left in the database.
/// </summary>
internal sealed partial class SandboxClients(
    ClientStore clients, IdentitySettings settings, IServiceProvider services, IHostApplicationLifetime lifetime,
    TimeProvider time, ILogger<SandboxClients> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim gate = new(1, 1);
    private (DateTime WrittenAt, long Bytes) seen;
    private volatile SandboxFile? current;

    /// <summary>The client of the sign-in links: public, one redirect URI, on this host.</summary>
    public const string SignInClientId = "dev-sign-in";

    public SandboxPersona? FindPersona(string id) => current?.Personas.FirstOrDefault(persona => persona.Id == id);

    /// <summary>Reads the file again and registers its clients. Gives their number; null when there is no readable file.</summary>
    public async Task<int?> ReloadAsync(CancellationToken cancel)
    {
        if (settings.SandboxFile is not { } path || !File.Exists(path))
        {
            return null;
        }
        await gate.WaitAsync(cancel);
        try
        {
            var stamp = Stamp(path);
            var file = SandboxFile.Read(path);
            await clients.ReplaceAsync("sandbox", file.Clients, cancel);
            (current, seen) = (file, stamp);
            Registered(log, file.Clients.Count);
            return file.Clients.Count;
        }
        catch (Exception failure) when (failure is JsonException or IOException)
        {
            // Half written, perhaps: the next change of the file brings the rest.
            Unreadable(log, failure.GetType().Name);
            return null;
        }
        finally
        {
            gate.Release();
        }
    }

    public override void Dispose()
    {
        gate.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await StartedAsync(stoppingToken);
        var isDevelopment = DevelopmentLoopback.IsAllowed(services);
        using var timer = new PeriodicTimer(Interval, time);
        var isPrepared = false;
        do
        {
            try
            {
                if (!isPrepared)
                {
                    await PrepareAsync(isDevelopment, stoppingToken);
                    isPrepared = true;
                }
                if (isDevelopment && settings.SandboxFile is { } path && File.Exists(path) && Stamp(path) != seen)
                {
                    await ReloadAsync(stoppingToken);
                }
            }
            catch (NpgsqlException failure)
            {
                NoDatabase(log, failure.SqlState ?? "-");
            }
        }
        while ((isDevelopment || !isPrepared) && await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task PrepareAsync(bool isDevelopment, CancellationToken cancel)
    {
        if (!isDevelopment)
        {
            await clients.ReplaceAsync("sandbox", [], cancel);
        }
        var signIn = new Client(
            SignInClientId, "Liens de connexion (développement)", "web", ScopeSet.Parse("openid profile patient/*.cruds user/*.cruds space/*"),
            ClientKeys.None, [settings.Issuer + "/dev/signed-in"], null);
        await clients.ReplaceAsync("built-in", isDevelopment ? [signIn] : [], cancel);
    }

    private async Task StartedAsync(CancellationToken cancel)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await using var onStop = cancel.Register(() => started.TrySetCanceled(cancel));
        await started.Task;
    }

    private static (DateTime WrittenAt, long Bytes) Stamp(string path)
    {
        var file = new FileInfo(path);
        return (file.LastWriteTimeUtc, file.Length);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Demo clients registered: {Count}")]
    private static partial void Registered(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sandbox file could not be read: {Failure}")]
    private static partial void Unreadable(ILogger logger, string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Demo clients not registered, database error {State}")]
    private static partial void NoDatabase(ILogger logger, string state);
}
