using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>
/// Carries out due work and the outbox in any host. Work that meets lost infrastructure comes back when its lease ends; work that fails
/// otherwise is logged by kind and comes back too: nothing is dropped silently.
/// </summary>
public sealed partial class SpaceWorker(Work work, World world, NoticeBox notices, IGrainFactory grains, ILogger<SpaceWorker> log) : BackgroundService
{
    private const int Most = 50;
    /// <summary>A notice must be there 2 s after its line is durable.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var busy = await RoundAsync(stoppingToken);
            if (!busy)
                await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One round; true when there may be more at once.</summary>
    private async Task<bool> RoundAsync(CancellationToken cancel)
    {
        // A host that cannot hear may do none of it: left to the others, or until it hears.
        if (!world.CanHear)
            return false;
        try
        {
            var messages = await work.TakeOutboxAsync(Most, cancel);
            await Parallel.ForEachAsync(messages, cancel, async (message, _) => await DeliverAsync(message));
            var due = await work.TakeDueAsync(Most, cancel);
            await Parallel.ForEachAsync(due, cancel, async (item, _) => await RunAsync(item));
            return messages.Count == Most || due.Count == Most;
        }
        catch (Exception e) when (Infrastructure.IsLost(e))
        {
            Away(log, e.GetType().Name);
            return false;
        }
    }

    private async Task DeliverAsync(OutboxMessage message)
    {
        try
        {
            if (await notices.DeliverAsync(message))
                await work.EndAsync(message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Failed(log, "outbox", message.Attempts, message.Space.Value, e.GetType().Name);
        }
    }

    private async Task RunAsync(Ledger.DueWork item)
    {
        try
        {
            var asked = JsonSerializer.Deserialize<DueWork>(item.Body, SpaceJson.Options) ?? throw new JsonException("null is not due work");
            var done = await grains.GetGrain<IDueGrain>(item.Space.Value).RunAsync(asked);
            if (done.Refusal?.Kind != RefusalKind.Unavailable)
                await work.EndAsync(item);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Failed(log, "due", item.Attempts, item.Space.Value, e.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Due work and outbox wait: {Failure}")]
    private static partial void Away(ILogger log, string failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Kind} work failed at attempt {Attempt} in space {Space}: {Failure}")]
    private static partial void Failed(ILogger log, string kind, int attempt, Guid space, string failure);
}
