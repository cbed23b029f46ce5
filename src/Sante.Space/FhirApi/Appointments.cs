using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orleans;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Check;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>
/// Appointments of booking platforms (GAP 3.0, flows 6a <c>POST Appointment</c> and 6b <c>PUT Appointment?identifier=</c>): pushed into the agenda,
/// idempotent by the platform's identifier; shown to the holder's side as the agenda shows them, each once.
/// </summary>
internal sealed class Appointments(FhirStore store, CitizenNames citizens, IGrainFactory grains, Ledger.World world)
{
    private const string Type = "Appointment";

    public static async Task<IResult> PushAsync(HttpContext context, Appointments appointments)
    {
        if (!FhirCall.Of(context).TryGet(out var call, out var refusal))
            return FhirProblem.Of(refusal);
        if (!call.Holder.Scopes.Allows(Type, HttpMethods.IsPost(context.Request.Method) ? 'c' : 'u'))
            return FhirProblem.Of(FhirRefusals.ScopeInsufficient);
        var (resource, unread) = await FhirBody.ReadAsync(context);
        if (resource is null)
            return unread!;
        if (resource.Type != Type)
            return FhirProblem.Of(FhirRefusals.TypeDiffers);
        if (FhirBody.Check(resource, FhirInteraction.Create, [], out var remarks) is { } wrong)
            return wrong;
        var pushed = await appointments.PushAsync(resource, call);
        return pushed.TryGet(out var done, out var told)
            ? new FhirReceipt(call.BaseUrl, HttpMethods.IsPost(context.Request.Method) ? StatusCodes.Status201Created : StatusCodes.Status200OK, Type, done.Id.ToString(), 1, done.At, remarks) { Sent = resource }
            : FhirProblem.Of(told);
    }

    public static async Task<IResult> SearchAsync(HttpContext context, Appointments appointments)
    {
        if (!FhirCall.Of(context).TryGet(out var call, out var refusal))
            return FhirProblem.Of(refusal);
        if (!call.Holder.Scopes.Allows(Type, 's'))
            return FhirProblem.Of(FhirRefusals.ScopeInsufficient);
        if (!(await Search.ParametersAsync(context)).TryGet(out var parameters, out var unread))
            return FhirProblem.Of(unread);
        var found = await appointments.FindAsync(parameters, call);
        return found.TryGet(out var answer, out var told) ? answer : FhirProblem.Of(told);
    }

    private async Task<Outcome<(RecordId Id, DateTimeOffset At)>> PushAsync(FhirResource resource, FhirCall call)
    {
        if (!CitizenNames.InAppointment(resource, call).TryGet(out var names, out var unnamed))
            return unnamed;
        if (!(await citizens.FindOneSpaceAsync(names, call)).TryGet(out var space, out var unknown))
            return unknown;
        var push = Read(resource, call.Actor, world.PlatformNow);
        if (!(await grains.GetGrain<IAgendaGrain>(space.Value).PushAsync(push)).TryGet(out var entry, out var refusal))
            return refusal;
        var id = await store.KnownIdAsync(space, Type, call.Actor.Identifier, push.Source.Identifier, call.Cancel);
        return (id, entry.Appointment.UpdatedAt);
    }

    private async Task<Outcome<IResult>> FindAsync(IEnumerable<KeyValuePair<string, string>> parameters, FhirCall call)
    {
        if (!CitizenNames.InQuery(Type, parameters, call).TryGet(out var named, out var unnamed))
            return unnamed;
        if (named.Others.FirstOrDefault(parameter => !parameter.Key.StartsWith('_')).Key is not null)
            return FhirRefusals.AgendaParameter;
        if (!(await citizens.FindSpaceAsync(named.Name, call.Cancel)).TryGet(out var space, out var refusal))
            return refusal;
        var asked = space ?? await store.OwnLogAsync(call.Actor, call.Cancel);
        if (!(await grains.GetGrain<IAgendaGrain>(asked.Value).ShowAsync(call.Actor)).TryGet(out var shown, out var told))
            return told;
        var output = new ArrayBufferWriter<byte>();
        using var bundle = new BundleWriter(output, "searchset", shown.Appointments.Count);
        foreach (var appointment in shown.Appointments)
        {
            var id = await store.KnownIdAsync(asked, Type, appointment.Sources[0].Platform, appointment.Sources[0].Identifier, call.Cancel);
            bundle.Add(new BundleEntry { FullUrl = $"{call.BaseUrl}/{Type}/{id}", Resource = Write(id, appointment), SearchMode = "match" });
        }

        bundle.End();
        return Outcome.Of<IResult>(FhirAnswer.Of(call, store, shown.Permit, output.WrittenMemory));
    }

    private static PushAppointment Read(FhirResource resource, Actor by, DateTimeOffset now)
    {
        var root = resource.Root;
        var identifier = root["identifier"u8].First;
        var key = identifier["value"u8].Text is { } value ? $"{identifier["system"u8].Text}|{value}" : "";
        ActorIdentifier? practitioner = null;
        string name = "", place = "";
        foreach (var participant in root["participant"u8].Items)
        {
            var actor = participant["actor"u8];
            var reference = actor["reference"u8].Text ?? "";
            var (system, number) = (actor["identifier"u8]["system"u8].Text, actor["identifier"u8]["value"u8].Text);
            if (system == "https://rpps.esante.gouv.fr" && number is not null)
                (practitioner, name) = (new ActorIdentifier(system, number), actor["display"u8].Text ?? name);
            else if (Names(reference, actor, "Practitioner") && name.Length == 0)
                name = actor["display"u8].Text ?? "";
            else if (Names(reference, actor, "Location"))
                place = actor["display"u8].Text ?? place;
        }

        var start = Instant(root["start"u8]) ?? Instant(root["requestedPeriod"u8].First["start"u8]) ?? DateTimeOffset.MinValue;
        var end = Instant(root["end"u8]) ?? (root["minutesDuration"u8].Text is { } minutes ? After(start, int.Parse(minutes, CultureInfo.InvariantCulture)) : null);
        var reason = root["description"u8].Text ?? root["reasonCode"u8].First["text"u8].Text ?? root["serviceType"u8].First["text"u8].Text;
        var updated = Instant(root["meta"u8]["lastUpdated"u8]) ?? Instant(root["created"u8]) ?? now;
        return new PushAppointment(new AppointmentSource(by.Identifier, by.Name, key),
            new Appointment(StatusOf(root["status"u8].Text), start, end, practitioner, name, place.Length == 0 ? null : place, reason, updated), by);
    }

    private static bool Names(string reference, FhirNode actor, string type) =>
        actor["type"u8].Text?.StartsWith(type, StringComparison.Ordinal) == true || reference.Split('/') is [.., var named, _] && named.StartsWith(type, StringComparison.Ordinal);

    /// <summary>Null past the end of the calendar: an end that cannot be is no end.</summary>
    private static DateTimeOffset? After(DateTimeOffset start, int minutes) =>
        DateTimeOffset.MaxValue - start > TimeSpan.FromMinutes(minutes) ? start.AddMinutes(minutes) : null;

    private static DateTimeOffset? Instant(FhirNode node) =>
        node.Text is { } text && FhirDate.TryParse(Encoding.UTF8.GetBytes(text), out var date) ? FhirContent.Instant(date.LowTicks) : null;

    private static AppointmentStatus StatusOf(string? code) =>
        Enum.GetValues<AppointmentStatus>().FirstOrDefault(status => CodeOf(status) == code, AppointmentStatus.Proposed);

    private static string CodeOf(AppointmentStatus status) => status switch
    {
        AppointmentStatus.EnteredInError => "entered-in-error",
        AppointmentStatus.CheckedIn => "checked-in",
        _ => JsonNamingPolicy.CamelCase.ConvertName(status.ToString()),
    };

    private static byte[] Write(RecordId id, ShownAppointment shown)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, Type);
        writer.WriteString("id"u8, id.ToString());
        writer.WriteStartArray("identifier"u8);
        foreach (var source in shown.Sources)
        {
            var bar = source.Identifier.LastIndexOf('|');
            writer.WriteStartObject();
            if (bar > 0)
                writer.WriteString("system"u8, source.Identifier[..bar]);
            writer.WriteString("value"u8, source.Identifier[(bar + 1)..]);
            writer.WriteStartObject("assigner"u8);
            writer.WriteString("display"u8, source.PlatformName);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        Write(writer, shown.Appointment);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, Appointment appointment)
    {
        writer.WriteString("status"u8, CodeOf(appointment.Status));
        if (appointment.Reason is { } reason)
            writer.WriteString("description"u8, reason);
        writer.WriteString("start"u8, appointment.StartsAt.UtcDateTime);
        if (appointment.EndsAt is { } end)
            writer.WriteString("end"u8, end.UtcDateTime);
        writer.WriteStartArray("participant"u8);
        Participant(writer, "Practitioner", appointment.Practitioner, appointment.PractitionerName);
        if (appointment.Place is { } place)
            Participant(writer, "Location", null, place);
        writer.WriteEndArray();
    }

    private static void Participant(Utf8JsonWriter writer, string type, ActorIdentifier? identifier, string display)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("actor"u8);
        writer.WriteString("type"u8, type);
        if (identifier is not null)
        {
            writer.WriteStartObject("identifier"u8);
            writer.WriteString("system"u8, identifier.System);
            writer.WriteString("value"u8, identifier.Value);
            writer.WriteEndObject();
        }

        writer.WriteString("display"u8, display);
        writer.WriteEndObject();
        writer.WriteString("status"u8, "accepted"u8);
        writer.WriteEndObject();
    }
}
