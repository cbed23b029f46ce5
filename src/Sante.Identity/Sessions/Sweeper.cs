using Npgsql;

namespace Sante.Identity.Sessions;

/// <summary>Removes each minute what has ended. Any instance may; doing it twice changes nothing.</summary>
internal sealed partial class Sweeper(NpgsqlDataSource database, TimeProvider time, ILogger<Sweeper> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // A used code is remembered for ten minutes more, so that a late second use still revokes; a token as long as its code.
    private static readonly (string Sql, TimeSpan Kept)[] Sweeps =
    [
        ("DELETE FROM used_assertions WHERE expires_at < $1", TimeSpan.FromMinutes(1)),
        ("DELETE FROM sign_ins WHERE expires_at < $1", TimeSpan.Zero),
        ("DELETE FROM authorization_codes WHERE expires_at < $1", TimeSpan.FromMinutes(10)),
        ("DELETE FROM issued_tokens WHERE expires_at < $1", TimeSpan.FromMinutes(10)),
        ("DELETE FROM sessions WHERE expires_at < $1", TimeSpan.Zero),
    ];

    public async Task SweepAsync(CancellationToken cancel)
    {
        foreach (var (sql, kept) in Sweeps)
        {
            await database.ExecuteAsync(sql, cancel, time.GetUtcNow() - kept);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (NpgsqlException failure)
            {
                NotSwept(log, failure.SqlState ?? "-");
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ended sessions and codes not removed, database error {State}")]
    private static partial void NotSwept(ILogger logger, string state);
}
