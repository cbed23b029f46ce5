using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Sante.Space.FhirApi;

/// <summary><c>GET [base]/[type]/[id]/_history/[vid]</c> (http://hl7.org/fhir/R4/http.html#vread): shown to whom the present version is shown.</summary>
internal static class VRead
{
    public static async Task<IResult> HandleAsync(string type, string id, string version, HttpContext context, FhirStore store, Disclosures disclosures)
    {
        if (!FhirCall.For(context, type, "vread", 'r').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        var (call, held) = asked;
        var number = int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        var ran = await disclosures.RunByIdAsync(store, call, id, call.Ask(AccessAction.Read, held.Category), async (evaluation, recordId) =>
        {
            var found = await store.ReadVersionsAsync(evaluation, type, recordId, number, call.Cancel) is [var one, ..] ? one : null;
            return (found, found is null ? Disclosure.Nothing(type) : Disclosures.Leaving([found], 1, type));
        });
        return !ran.TryGet(out var disclosed, out var told) ? FhirProblem.Of(told)
            : disclosed.Found.Deleted ? FhirProblem.Of(FhirRefusals.Gone)
            : FhirAnswer.Of(call, store, disclosed.Permit, disclosed.Found);
    }
}
