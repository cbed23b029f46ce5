using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sante.Fhir.Bundles;

namespace Sante.Space.FhirApi;

/// <summary><c>GET [base]/[type]/[id]/_history</c> (http://hl7.org/fhir/R4/http.html#history): every version, newest first.</summary>
internal static class History
{
    public static async Task<IResult> HandleAsync(string type, string id, HttpContext context, FhirStore store, Disclosures disclosures)
    {
        if (!FhirCall.For(context, type, "history", 'r').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        var (call, held) = asked;
        var ran = await disclosures.RunByIdAsync<IReadOnlyList<StoredResource>>(store, call, id, call.Ask(AccessAction.Read, held.Category), async (evaluation, recordId) =>
        {
            var found = await store.ReadVersionsAsync(evaluation, type, recordId, null, call.Cancel);
            return found.Count == 0 ? (null, Disclosure.Nothing(type)) : (found, Disclosures.Leaving(found, found.Count, type));
        });
        return ran.TryGet(out var disclosed, out var told)
            ? FhirAnswer.Of(call, store, disclosed.Permit, Bundle(call, type, disclosed.Found))
            : FhirProblem.Of(told);
    }

    private static ReadOnlyMemory<byte> Bundle(FhirCall call, string type, IReadOnlyList<StoredResource> versions)
    {
        var output = new ArrayBufferWriter<byte>();
        using var bundle = new BundleWriter(output, "history", versions.Count, [("self", $"{call.BaseUrl}/{type}/{versions[0].Id}/_history")]);
        foreach (var version in versions)
        {
            var first = version.Version == 1;
            bundle.Add(new BundleEntry
            {
                FullUrl = $"{call.BaseUrl}/{type}/{version.Id}",
                Resource = version.Stamped(),
                Method = first ? "POST" : "PUT",
                Url = first ? type : string.Create(CultureInfo.InvariantCulture, $"{type}/{version.Id}"),
                Status = first ? "201" : "200",
                ETag = version.Stamp.ETag,
                LastModifiedAt = version.At,
            });
        }

        bundle.End();
        return output.WrittenMemory;
    }
}
