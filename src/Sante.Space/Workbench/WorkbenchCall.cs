using Microsoft.AspNetCore.Http;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space.FhirApi;
using Sante.Space.Tokens;

namespace Sante.Space.Workbench;

/// <summary>What workbench endpoints work with.</summary>
public sealed class WorkbenchDoor(IWorkbenches workbenches, IWorkbenchStore store, Ledger.Ledger ledger)
{
    internal IWorkbenches Workbenches => workbenches;

    internal IWorkbenchStore Store => store;

    internal World World => ledger.World;

    internal StillHolds StillHolds { get; } = (permit, cancel) => ledger.StillHoldsAsync(permit, cancel);
}

/// <summary>One request to a workbench, or one entry of a batch: which workbench, by whom, under which address.</summary>
internal sealed record WorkbenchCall(WorkbenchDoor Door, WorkbenchServer Server, TokenHolder Holder, Prefer Prefer, string BaseUrl, CancellationToken Cancel)
{
    /// <summary>Longest id of FHIR R4 (http://hl7.org/fhir/R4/datatypes.html#id).</summary>
    private const int LongestId = 64;

    public IWorkbenchStore Store => Door.Store;

    public Actor Actor => Holder.Actor;

    /// <summary>
    /// Reads the call. Refusals: <c>not-acceptable</c> (before anything is looked up), <c>workbench-unknown</c>.
    /// </summary>
    public static async ValueTask<Outcome<WorkbenchCall>> OfAsync(HttpContext context)
    {
        var request = context.Request;
        if (!FhirMedia.IsAcceptable(request))
            return FhirRefusals.NotAcceptable;
        var door = (WorkbenchDoor)context.RequestServices.GetService(typeof(WorkbenchDoor))!;
        var name = (string)request.RouteValues["name"]!;
        if (await door.Workbenches.FindAsync(name, context.RequestAborted) is not { } server)
            return WorkbenchRefusals.WorkbenchUnknown;
        var url = $"{request.Scheme}://{request.Host.Value}{request.PathBase.Value}/workbench/{name}/fhir";
        return new WorkbenchCall(door, server, context.Holder(), Prefer.Of(request), url, context.RequestAborted);
    }

    /// <summary>Whether this type exists and the token lets this be done on it (SMART action c, r, u, d or s). Refusals: <c>resource-type-unknown</c>, <c>scope-insufficient</c>.</summary>
    public Refusal? MayNot(string type, char action) =>
        !SearchParameters.IsResourceType(type) ? type.StartsWith('$') ? HttpRefusals.OperationUnknown : HttpRefusals.TypeUnknown
        : !Holder.Scopes.Allows(type, action) ? FhirRefusals.ScopeInsufficient
        : null;

    /// <summary>How queries of this workbench are read.</summary>
    public SearchOptions SearchOptions(bool lenient) => new() { BaseUrl = BaseUrl, Lenient = lenient, Now = Door.World.PlatformNow };

    /// <summary>Criteria of a conditional interaction. Refusals: those of <see cref="SearchQuery.ParseCriteria"/>.</summary>
    public Outcome<SearchQuery> Criteria(string type, string criteria) => SearchQuery.ParseCriteria(type, QueryText.Read(criteria), SearchOptions(lenient: false));

    /// <summary>Whether a text has the form of an id.</summary>
    public static bool IsId(string id)
    {
        if (id.Length is 0 or > LongestId)
            return false;
        foreach (var sign in id)
        {
            if (!char.IsAsciiLetterOrDigit(sign) && sign is not ('-' or '.'))
                return false;
        }

        return true;
    }
}

/// <summary>What the HTTP side of workbenches refuses by itself.</summary>
internal static class HttpRefusals
{
    public static Refusal TypeUnknown { get; } = new("resource-type-unknown", RefusalKind.Unknown, "Ce type de ressource n'existe pas en FHIR R4.");
    public static Refusal IdInvalid { get; } = new("id-invalid", RefusalKind.Invalid, "Un « id » a 1 à 64 lettres, chiffres, tirets ou points.");
    public static Refusal OperationUnknown { get; } = new("operation-unknown", RefusalKind.Unknown, "Cette opération n'est pas proposée ici.");
    public static Refusal AuditIsOurs { get; } = new("audit-not-writable", RefusalKind.Invalid, "Les AuditEvent viennent de la trace : ils se lisent, ils ne s'écrivent pas.");
    public static Refusal AuditPatient { get; } = new("audit-patient-missing", RefusalKind.Invalid, "La trace se lit patient par patient : « patient » ou « entity=Patient/id ».");
}
