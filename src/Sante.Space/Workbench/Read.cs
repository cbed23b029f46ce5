using System.Globalization;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>GET [base]/[type]/[id]</c> and <c>…/_history/[vid]</c> (http://hl7.org/fhir/R4/http.html#read, #vread). What was deleted is 410, what never was 404.
/// </summary>
internal static class Read
{
    public static async ValueTask<Outcome<Reading>> FindAsync(WorkbenchCall call, string type, string id)
    {
        if (call.MayNot(type, 'r') is { } refused)
            return refused;
        if (type == "AuditEvent")
            return await Audit.ReadAsync(call, id);
        return WorkbenchCall.IsId(id) ? Shown(await call.Store.ReadAsync(call.Server, call.Actor, type, id, null, call.Cancel)) : Unknown(id);
    }

    public static async ValueTask<Outcome<Reading>> FindVersionAsync(WorkbenchCall call, string type, string id, string version)
    {
        if (call.MayNot(type, 'r') is { } refused)
            return refused;
        return WorkbenchCall.IsId(id) && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? Shown(await call.Store.ReadAsync(call.Server, call.Actor, type, id, number, call.Cancel))
            : Unknown(id);
    }

    private static Outcome<Reading> Shown(Outcome<WorkbenchRead> read) =>
        !read.TryGet(out var found, out var refusal) ? refusal
        : found.Found is null ? WorkbenchRefusals.ResourceUnknown
        : found.Found.Deleted ? WorkbenchRefusals.ResourceDeleted
        : Reading.Of(found.Found, found.Permit);

    private static Refusal Unknown(string id) => id.StartsWith('$') ? HttpRefusals.OperationUnknown : WorkbenchRefusals.ResourceUnknown;
}
