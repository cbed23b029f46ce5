using System.Collections.Immutable;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>FHIR R4 Appointment.status, all of its codes.</summary>
[GenerateSerializer]
public enum AppointmentStatus
{
    Proposed,
    Pending,
    Booked,
    Arrived,
    Fulfilled,
    Cancelled,
    Noshow,
    EnteredInError,
    CheckedIn,
    Waitlist,
}

/// <summary>Where an appointment was told from: the platform and its own identifier there. The pair makes a push idempotent.</summary>
[GenerateSerializer]
public sealed record AppointmentSource(ActorIdentifier Platform, string PlatformName, string Identifier)
{
    /// <summary>Key of the appointment among those of a space.</summary>
    public string Key => $"{Grantee.KeyOf(Platform)}|{Identifier}";

    public override string ToString() => $"Appointment of {Platform}";
}

/// <summary>
/// One appointment as a platform tells it. <paramref name="EndsAt"/> may be unknown. <paramref name="UpdatedAt"/> is the platform's own instant
/// of the last change: an older one never undoes a newer.
/// </summary>
[GenerateSerializer]
public sealed record Appointment(
    AppointmentStatus Status, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, ActorIdentifier? Practitioner, string PractitionerName,
    string? Place, string? Reason, DateTimeOffset UpdatedAt)
{
    public override string ToString() => $"Appointment {Status}";
}

/// <summary>An appointment with its source.</summary>
[GenerateSerializer]
public sealed record AgendaEntry(AppointmentSource Source, Appointment Appointment);

/// <summary>
/// One appointment as it is shown: told by one or more platforms, all named, in the order of their names; the content is that changed last.
/// </summary>
[GenerateSerializer]
public sealed record ShownAppointment(Appointment Appointment, IReadOnlyList<AppointmentSource> Sources);

/// <summary>All appointments of a space by <see cref="AppointmentSource.Key"/>, cancelled and past ones included.</summary>
[GenerateSerializer]
public sealed record AgendaState(ImmutableDictionary<string, AgendaEntry> Entries)
{
    public static AgendaState Zero { get; } = new(ImmutableDictionary<string, AgendaEntry>.Empty);

    public override string ToString() => $"Agenda {Entries.Count}";
}

/// <summary>An act on the agenda. Whether <paramref name="By"/> may is decided before, by <c>Access.Decide</c>.</summary>
[GenerateSerializer]
public abstract record AgendaCommand(Actor By)
{
    public sealed override string ToString() => GetType().Name;
}

/// <summary>A platform tells an appointment, new or changed. The same again, or an older state, changes nothing.</summary>
[GenerateSerializer]
public sealed record PushAppointment(AppointmentSource Source, Appointment Appointment, Actor By) : AgendaCommand(By);

/// <summary>
/// The shared agenda: what platforms told, each appointment shown once. Pure.
/// Refusal codes: appointment-invalid, appointment-not-yours, appointment-finished.
/// </summary>
public static class Agendas
{
    /// <summary>Longest place or reason, in characters; ours.</summary>
    public const int TextLimit = 500;

    public static Outcome<IReadOnlyList<SpaceEvent>> Decide(AgendaState state, AgendaCommand command, DateTimeOffset now) => command switch
    {
        PushAppointment push => Push(state, push, now),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, null),
    };

    public static AgendaState Evolve(AgendaState state, AgendaEvent happened) => happened switch
    {
        AppointmentPushed pushed => new(state.Entries.SetItem(pushed.Source.Key, new(pushed.Source, pushed.Appointment))),
        AppointmentStatusChanged changed => new(state.Entries.SetItem(changed.Source.Key, state.Entries[changed.Source.Key] is var entry
            ? entry with { Appointment = entry.Appointment with { Status = changed.Status, UpdatedAt = changed.UpdatedAt } }
            : entry)),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, null),
    };

    /// <summary>
    /// What the citizen sees: one line for all pushes of the same appointment, that is the same practitioner and the same start (eng/adr/0066),
    /// ordered by start. Without a practitioner's identifier nothing is merged.
    /// </summary>
    public static IReadOnlyList<ShownAppointment> Shown(AgendaState state) =>
        [.. state.Entries.Values
            .Where(entry => entry.Appointment.Status != AppointmentStatus.EnteredInError)
            .GroupBy(SameAppointment, StringComparer.Ordinal)
            .Select(Merge)
            .OrderBy(shown => shown.Appointment.StartsAt).ThenBy(shown => shown.Sources[0].Key, StringComparer.Ordinal)];

    private static string SameAppointment(AgendaEntry entry) => entry.Appointment.Practitioner is { } practitioner
        ? $"{Grantee.KeyOf(practitioner)}@{entry.Appointment.StartsAt.UtcTicks}"
        : entry.Source.Key;

    private static ShownAppointment Merge(IEnumerable<AgendaEntry> same)
    {
        // The last change wins whoever told it; of two at the same instant, the order of a hash of the source, which no platform can arrange.
        var entries = same.OrderByDescending(e => e.Appointment.UpdatedAt).ThenBy(e => Scatter(e.Source.Key)).ToList();
        return new(entries[0].Appointment, [.. entries.Select(e => e.Source)
            .OrderBy(s => s.PlatformName, StringComparer.Ordinal).ThenBy(s => s.Key, StringComparer.Ordinal)]);
    }

    private static ulong Scatter(string key) =>
        BitConverter.ToUInt64(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));

    private static Outcome<IReadOnlyList<SpaceEvent>> Push(AgendaState state, PushAppointment push, DateTimeOffset now)
    {
        if (!push.By.IsSameAs(push.Source.Platform))
        {
            return Refusals.NotYours;
        }

        if (!IsValid(push))
        {
            return Refusals.Invalid;
        }

        if (!state.Entries.TryGetValue(push.Source.Key, out var known))
        {
            return Decided.Events(new AppointmentPushed(push.Source, push.Appointment, now, push.By));
        }

        var before = known.Appointment;
        if (push.Appointment.UpdatedAt < before.UpdatedAt || push.Appointment with { UpdatedAt = before.UpdatedAt } == before)
        {
            return Decided.Nothing;
        }

        if (IsFinal(before.Status) && push.Appointment.Status != AppointmentStatus.EnteredInError)
        {
            return Refusals.Finished;
        }

        var isStatusOnly = push.Appointment == before with { Status = push.Appointment.Status, UpdatedAt = push.Appointment.UpdatedAt };
        return isStatusOnly
            ? Decided.Events(new AppointmentStatusChanged(push.Source, push.Appointment.Status, push.Appointment.UpdatedAt, now, push.By))
            : Decided.Events(new AppointmentPushed(push.Source, push.Appointment, now, push.By));
    }

    private static bool IsValid(PushAppointment push) =>
        push.Source.Identifier.Length is > 0 and <= Grantee.ValueLimit && !(push.Appointment.EndsAt < push.Appointment.StartsAt)
        && push.Appointment.PractitionerName.Length <= Grantee.NameLimit
        && (push.Appointment.Place?.Length ?? 0) <= TextLimit && (push.Appointment.Reason?.Length ?? 0) <= TextLimit;

    /// <summary>Nothing follows but the admission of an error: FHIR R4, state machine of Appointment.</summary>
    private static bool IsFinal(AppointmentStatus status) =>
        status is AppointmentStatus.Fulfilled or AppointmentStatus.Cancelled or AppointmentStatus.Noshow or AppointmentStatus.EnteredInError;

    private static class Refusals
    {
        public static readonly Refusal Invalid = new("appointment-invalid", RefusalKind.Invalid, "Le rendez-vous n'a pas d'identifiant, finit avant de commencer ou contient un texte trop long.");
        public static readonly Refusal NotYours = new("appointment-not-yours", RefusalKind.Forbidden, "Une plateforme ne transmet que ses propres rendez-vous.");
        public static readonly Refusal Finished = new("appointment-finished", RefusalKind.Conflict, "Ce rendez-vous est terminé ou annulé : il ne change plus.");
    }
}
