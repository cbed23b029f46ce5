using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>Platform time and its distance from system time.</summary>
public sealed record ClockAnswer(DateTimeOffset Now, double OffsetSeconds);

/// <summary>Where to move platform time: an instant, or the distance from system time. Exactly one of the two.</summary>
public sealed record ClockBody(DateTimeOffset? At, double? OffsetSeconds);

/// <summary><c>/clock</c> of the development routes, in Development and on loopback only: the law's time can be moved, security time cannot (house idea 8).</summary>
public static class ClockEndpoints
{
    // Thirty years: a childhood and the terms of storage after it.
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(30 * 366);

    /// <param name="dev">A group that is there in Development and on loopback only. The clock is moved where the host was given the operators' connection.</param>
    public static void MapClock(this IEndpointRouteBuilder dev)
    {
        dev.MapGet("/clock", (World world) => Results.Ok(Answer(world))).AllowAnonymous().ExcludeFromDescription();
        if (dev.ServiceProvider.GetRequiredService<World>().MayMove)
        {
            dev.MapPut("/clock", MoveAsync).AllowAnonymous().ExcludeFromDescription();
        }
    }

    /// <summary>200 when every live host has confirmed. Refusals: <c>clock-move-invalid</c>, <c>clock-not-confirmed</c>.</summary>
    private static async Task<IResult> MoveAsync(ClockBody body, World world, HttpContext context)
    {
        var offset = body switch
        {
            { At: { } at, OffsetSeconds: null } => at - (world.PlatformNow - Offset(world)),
            { At: null, OffsetSeconds: { } seconds } when Math.Abs(seconds) <= Farthest.TotalSeconds => TimeSpan.FromSeconds(seconds),
            _ => (TimeSpan?)null,
        };
        if (offset is not { } known || known.Duration() > Farthest)
        {
            return Refusals.MoveInvalid.ToProblem();
        }

        return await world.MoveClockAsync(known, context.RequestAborted)
            ? Results.Ok(Answer(world))
            : Refusals.NotConfirmed.ToProblem();
    }

    private static ClockAnswer Answer(World world) => new(world.PlatformNow, Math.Round(Offset(world).TotalSeconds));

    private static TimeSpan Offset(World world) => world.PlatformNow - TimeProvider.System.GetUtcNow();

    private static class Refusals
    {
        public static readonly Refusal MoveInvalid = new("clock-move-invalid", RefusalKind.Invalid, "Dites « at » ou « offsetSeconds », à moins de trente ans.");
        public static readonly Refusal NotConfirmed = new("clock-not-confirmed", RefusalKind.Unavailable, "Une API n'a pas confirmé la nouvelle heure : elle ne montre plus rien tant qu'elle ne l'a pas entendue.");
    }
}
