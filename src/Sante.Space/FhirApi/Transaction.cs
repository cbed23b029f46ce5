using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Check;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>POST [base]</c> (http://hl7.org/fhir/R4/http.html#transaction): PDSm ITI-65, the mesures feed, the biology bundle. All or nothing, in one citizen's space.
/// </summary>
internal static class TransactionInteraction
{
    private const string Mesures = "https://interop.esante.gouv.fr/ig/fhir/mesures/StructureDefinition/";
    private const string MeasuresFeed = Mesures + "mesures-bundle-flux-alimentation";
    private const string BiologyFeed = Mesures + "mesures-bundle-flux-alimentation-biologie";

    public static async Task<IResult> HandleAsync(HttpContext context, Feeding feeding, FhirStore store)
    {
        if (!FhirCall.Of(context).TryGet(out var call, out var refusal))
            return FhirProblem.Of(refusal);
        var (bundle, unread) = await FhirBody.ReadAsync(context);
        if (bundle is null)
            return unread!;
        if (!Transaction.TryRead(bundle, FhirLimits.Default, out var transaction, out var issues))
            return FhirProblem.Of(issues);
        if (transaction.IsBatch)
            return await Batch.HandleAsync(call, transaction, store);
        if (FhirBody.Check(bundle, FhirInteraction.Create, ProfilesFor(call, bundle, transaction), out var remarks) is { } wrong)
            return wrong;
        if (!Feed.Of(transaction, call).TryGet(out var feed, out var notAFeed))
            return FhirProblem.Of(notAFeed);
        var stored = await feeding.StoreAsync(feed, call);
        return stored.TryGet(out var fed, out var told) ? new Response(fed, remarks) : FhirProblem.Of(told);
    }

    /// <summary>An editor of Mon espace santé feeds measures by the rules of their guide, whether or not the Bundle claims its profile.</summary>
    private static string[] ProfilesFor(FhirCall call, FhirResource bundle, Transaction transaction) =>
        call.Holder.IdpeSystem is null || bundle.Profiles.Any(profile => profile.StartsWith(Mesures, StringComparison.Ordinal)) ? []
        : [transaction.Entries.Any(entry => entry.Type == "DiagnosticReport") ? BiologyFeed : MeasuresFeed];

    /// <summary>The transaction-response: one line per entry, in the order of the request.</summary>
    private sealed class Response(Fed fed, IReadOnlyList<FhirIssue> remarks) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var output = new ArrayBufferWriter<byte>();
            using (var bundle = new BundleWriter(output, "transaction-response"))
            {
                foreach (var line in fed.Lines.OrderBy(line => line.Position))
                    bundle.Add(Entry(line));
                bundle.End();
            }

            httpContext.Response.Headers.CacheControl = "no-store";
            httpContext.Response.ContentType = FhirMedia.Json;
            httpContext.Response.ContentLength = output.WrittenCount;
            await httpContext.Response.Body.WriteAsync(output.WrittenMemory, httpContext.RequestAborted);
        }

        private BundleEntry Entry(FedLine line)
        {
            var created = line.Status == StatusCodes.Status201Created;
            var prefix = string.Create(CultureInfo.InvariantCulture, $"Bundle.entry[{line.Position}]");
            return new BundleEntry
            {
                Status = created ? "201 Created" : "200 OK",
                Location = created ? $"{line.Type}/{line.Id}/_history/1" : $"{line.Type}/{line.Id}",
                ETag = created ? "W/\"1\"" : null,
                Outcome = [.. remarks.Where(remark => remark.Severity == FhirSeverity.Warning && IsOf(remark, prefix))],
            };
        }

        private static bool IsOf(FhirIssue remark, string prefix) =>
            remark.Expression is { } expression && expression.StartsWith(prefix, StringComparison.Ordinal);
    }
}
