using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Sante.Kernel;
using Sante.Space.Tokens;

namespace Sante.Space;

/// <summary>One line of the trace in words and in parts.</summary>
public sealed record LineAnswer(
    long Number, DateTimeOffset At, string Sentence, bool Allowed, string Action, string Who, string? Structure, string? ForWhom, string Rule, string Reason,
    string Mode, Guid? ConsentId, int Total, IReadOnlyList<string> Ids, string? Fact, int Count);

/// <summary>A page of the trace, newest first; <paramref name="Next"/> is the <c>before</c> of the next page.</summary>
public sealed record TraceAnswer(IReadOnlyList<LineAnswer> Lines, long? Next);

/// <summary>One notice.</summary>
public sealed record NoticeAnswer(string Kind, string Text, DateTimeOffset At);

/// <summary><c>/trace</c> and <c>/notices</c>.</summary>
internal static class TraceEndpoints
{
    private const int DefaultLines = 50;

    /// <summary>Most lines of one page.</summary>
    private const int MostLines = 200;

    public static void MapTrace(this RouteGroupBuilder space)
    {
        space.MapGet("/trace", (string id, HttpContext context, SpaceDoor door, long? before, int? count) =>
            door.AskAsync<ITraceGrain, TraceDisclosed>(context, id, grain => grain.ReadTraceAsync(context.Actor(), before, Math.Min(count ?? DefaultLines, MostLines)),
                disclosed => new TraceAnswer([.. disclosed.Lines.Select(Show)], disclosed.Next)))
            .RequireAuthorization(TokenPolicies.Citizen).WithTags("Trace").WithSummary("Qui a fait quoi, quand et pourquoi ; cette lecture laisse aussi une ligne");
        space.MapGet("/notices", (string id, HttpContext context, SpaceDoor door) =>
            door.AskAsync<ITraceGrain, NoticesDisclosed>(context, id, grain => grain.ReadNoticesAsync(context.Actor(), DefaultLines), Show))
            .RequireAuthorization(TokenPolicies.Citizen).WithTags("Trace").WithSummary("Les avis de cet espace");
    }

    internal static IReadOnlyList<NoticeAnswer> Show(NoticesDisclosed disclosed) => [.. disclosed.Notices.Select(n => new NoticeAnswer(n.Kind, n.Text, n.At))];

    private static LineAnswer Show(ShownLine shown)
    {
        var line = shown.Line;
        return new LineAnswer(
            shown.Number, shown.At, shown.Sentence, line.Allowed, ApiWords.Word(line.Action), line.Who.Name, line.Who.Structure?.Name, line.Who.For?.Name,
            line.Rule, line.Reason, ApiWords.Word(line.Mode), line.Consent?.Id, line.Total, line.Ids, line.Fact, line.Count);
    }
}
