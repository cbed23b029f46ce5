using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;
using Sante.Space.Tokens;

namespace Sante.Space;

/// <summary>One appointment, shown once, with every platform that told it.</summary>
public sealed record AppointmentAnswer(
    string Status, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, string? Practitioner, string PractitionerName, string? Place, string? Reason, IReadOnlyList<SourceAnswer> Sources);

/// <summary>A platform and its identifier of the appointment.</summary>
public sealed record SourceAnswer(string Platform, string Name, string Identifier);

/// <summary>The agenda, in order of start; <paramref name="Line"/> is the number of the trace line of this reading.</summary>
public sealed record AgendaAnswer(IReadOnlyList<AppointmentAnswer> Appointments, long Line);

/// <summary><c>/agenda</c>.</summary>
internal static class AgendaEndpoints
{
    public static void MapAgenda(this RouteGroupBuilder space) =>
        space.MapGet("/agenda", (string id, HttpContext context, SpaceDoor door) =>
            door.AskAsync<IAgendaGrain, AgendaDisclosed>(context, id, grain => grain.ShowAsync(context.Actor()), Show))
            .RequireAuthorization(TokenPolicies.Citizen).WithTags("Agenda").WithSummary("Les rendez-vous de toutes les plateformes, chacun une fois");

    private static AgendaAnswer Show(AgendaDisclosed disclosed) => new(
        [.. disclosed.Appointments.Select(shown => new AppointmentAnswer(
            ApiWords.Word(shown.Appointment.Status), shown.Appointment.StartsAt, shown.Appointment.EndsAt,
            shown.Appointment.Practitioner is { } who ? ApiWords.Segment(who) : null, shown.Appointment.PractitionerName, shown.Appointment.Place,
            shown.Appointment.Reason, [.. shown.Sources.Select(s => new SourceAnswer(ApiWords.Segment(s.Platform), s.PlatformName, s.Identifier))]))],
        disclosed.Permit.Line);
}
