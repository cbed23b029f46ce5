using Sante.Kernel;

namespace Sante.Space;

/// <summary>Facts of the shared agenda, append-only: what booking platforms told. The platform books nothing itself (mission S3).</summary>
[GenerateSerializer]
public abstract record AgendaEvent(DateTimeOffset At, Actor By) : SpaceEvent(At, By);

/// <summary>A platform told an appointment, for the first time or with other content (GAP 3.0.0, flow 6a and 6b).</summary>
[GenerateSerializer]
public sealed record AppointmentPushed(AppointmentSource Source, Appointment Appointment, DateTimeOffset At, Actor By) : AgendaEvent(At, By);

/// <summary>Only the status of a known appointment changed (GAP 3.0.0, flow 6b; FHIR R4 Appointment.status).</summary>
[GenerateSerializer]
public sealed record AppointmentStatusChanged(
    AppointmentSource Source, AppointmentStatus Status, DateTimeOffset UpdatedAt, DateTimeOffset At, Actor By) : AgendaEvent(At, By);
