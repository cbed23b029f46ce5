using Microsoft.AspNetCore.Http;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary><c>GET [base]/Patient/[id]/[type]?…</c> (http://hl7.org/fhir/R4/http.html#vsearch): a search within a compartment.</summary>
internal sealed record CompartmentSearch(string Compartment, string Id)
{
    /// <summary>In the address of the search, with a trailing slash.</summary>
    public string Path => $"{Compartment}/{Id}/";

    public static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context)
    {
        var values = context.Request.RouteValues;
        return (await QueryText.ReadAsync(context.Request)).TryGet(out var parameters, out var unread)
            ? ReadingAnswer.Of(call, await FindAsync(call, (string)values["type"]!, (string)values["id"]!, (string)values["inside"]!, parameters))
            : FhirProblem.Of(unread);
    }

    public static async ValueTask<Outcome<Reading>> FindAsync(
        WorkbenchCall call, string compartment, string id, string inside, List<KeyValuePair<string, string>> parameters) =>
        inside.StartsWith('$') ? HttpRefusals.OperationUnknown
        : !WorkbenchCall.IsId(id) ? WorkbenchRefusals.ResourceUnknown
        : await Search.FindAsync(call, inside, parameters, new CompartmentSearch(compartment, id));
}
