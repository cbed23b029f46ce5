using Microsoft.AspNetCore.Http;
using Sante.Fhir.Bundles;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// What a reading interaction found, written and ready to leave under its permit: as an answer of its own, or inside the answer to a batch.
/// Without a permit it holds nothing of the store (terminologies of FHIR itself). Dispose it when it has left.
/// </summary>
internal sealed class Reading(DisclosePermit? permit, PooledBytes bytes) : IDisposable
{
    public DisclosePermit? Permit => permit;

    public ReadOnlyMemory<byte> Body => bytes.Written;

    public string? ETag { get; init; }

    public DateTimeOffset? LastModifiedAt { get; init; }

    /// <summary>One version of a resource.</summary>
    public static Reading Of(WorkbenchResource resource, DisclosePermit permit)
    {
        var bytes = new PooledBytes(resource.Received.Length + 256);
        resource.Places.Write(resource.Received.Span, resource.Stamp, bytes);
        return new Reading(permit, bytes) { ETag = FhirHeaders.ETag(resource.Version), LastModifiedAt = resource.At };
    }

    /// <summary>What needs no permit.</summary>
    public static Reading Of(ReadOnlySpan<byte> open) => Of(null, open);

    /// <summary>Bytes made from what the permit lets out.</summary>
    public static Reading Of(DisclosePermit? permit, ReadOnlySpan<byte> body)
    {
        var bytes = new PooledBytes(Math.Max(body.Length, 1));
        body.CopyTo(bytes.GetSpan(body.Length));
        bytes.Advance(body.Length);
        return new Reading(permit, bytes);
    }

    /// <summary>A Bundle.</summary>
    public static Reading Bundle(DisclosePermit? permit, string type, long? total, IReadOnlyList<(string, string)> links, Action<BundleWriter> entries)
    {
        var bytes = new PooledBytes();
        using (var bundle = new BundleWriter(bytes, type, total is { } count ? checked((int)count) : null, links))
        {
            entries(bundle);
            bundle.End();
        }

        return new Reading(permit, bytes);
    }

    public void Dispose() => bytes.Dispose();
}

/// <summary>A reading on its way out as the answer to a request.</summary>
internal sealed class ReadingAnswer(StillHolds stillHolds, Reading reading) : IResult
{
    public static IResult Of(WorkbenchCall call, Outcome<Reading> outcome) =>
        outcome.TryGet(out var reading, out var refusal) ? new ReadingAnswer(call.Door.StillHolds, reading) : FhirProblem.Of(refusal);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (reading)
        {
            var body = PrettyJson.IsAsked(httpContext.Request) ? PrettyJson.Of(reading.Body.Span) : reading.Body;
            // Synthetic data of one integrator: every answer may be coded (record 0036).
            IResult answer = reading.Permit is { } permit
                ? new FhirAnswer(stillHolds, permit, body) { ETag = reading.ETag, LastModifiedAt = reading.LastModifiedAt, MayBeCoded = true }
                : new OpenAnswer(body);
            await answer.ExecuteAsync(httpContext);
        }
    }
}

/// <summary>An answer that holds nothing of a store.</summary>
internal sealed class OpenAnswer(ReadOnlyMemory<byte> body) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var sent = AnswerCoding.Code(httpContext, body) ?? body;
        var response = httpContext.Response;
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentType = FhirMedia.Json;
        response.ContentLength = sent.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await response.Body.WriteAsync(sent, httpContext.RequestAborted);
    }
}
