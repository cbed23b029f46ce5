using Microsoft.AspNetCore.Http;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary>Whether what a permit lets out may still leave: the fence, asked again.</summary>
internal delegate Task<bool> StillHolds(DisclosePermit permit, CancellationToken cancel);

/// <summary>
/// Content of a space on its way out: made with the permit of the line that names it, and nothing else. Longer than the permit's life it asks the
/// fence every second and is cut when the answer is no (house idea 2).
/// </summary>
internal sealed class FhirAnswer(StillHolds stillHolds, DisclosePermit permit, ReadOnlyMemory<byte> body) : IResult
{
    private const int ChunkBytes = 64 * 1024;
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

    /// <summary>Under which this leaves.</summary>
    public DisclosePermit Permit => permit;

    public string ContentType { get; init; } = FhirMedia.Json;
    public string? ETag { get; init; }
    public DateTimeOffset? LastModifiedAt { get; init; }

    /// <summary>Whether the whole body is of one author, so that its coded length tells of nobody else's content (record 0036).</summary>
    public bool MayBeCoded { get; init; }

    /// <summary>One version of a resource, with its ETag; indented when the caller asked so.</summary>
    public static FhirAnswer Of(FhirCall call, FhirStore store, DisclosePermit permit, StoredResource resource)
    {
        var stamped = resource.Stamped();
        return new FhirAnswer(store.StillHoldsAsync, permit, call.Pretty ? PrettyJson.Of(stamped) : stamped)
        {
            ETag = resource.Stamp.ETag,
            LastModifiedAt = resource.At,
            MayBeCoded = true,
        };
    }

    /// <summary>A Bundle.</summary>
    public static FhirAnswer Of(FhirCall call, FhirStore store, DisclosePermit permit, ReadOnlyMemory<byte> bundle) =>
        new(store.StillHoldsAsync, permit, call.Pretty ? PrettyJson.Of(bundle.Span) : bundle);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.XContentTypeOptions = "nosniff";
        FhirHeaders.Version(response, ETag, LastModifiedAt);
        // The line was recorded: that the caller's copy is still good is content too.
        if (Preconditions.IsKnown(httpContext.Request, ETag, LastModifiedAt))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await SendAsync(httpContext);
    }

    /// <summary>The body alone, cut when the permit ends: for an answer that has a status and headers of its own.</summary>
    internal async Task SendAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var sent = MayBeCoded ? AnswerCoding.Code(httpContext, body) ?? body : body;
        response.ContentType = ContentType;
        response.ContentLength = sent.Length;
        if (permit.Age > DisclosePermit.Life && !await stillHolds(permit, httpContext.RequestAborted))
        {
            httpContext.Abort();
            return;
        }

        if (HttpMethods.IsHead(httpContext.Request.Method))
            return;
        if (sent.Length <= ChunkBytes)
        {
            await response.Body.WriteAsync(sent, httpContext.RequestAborted);
            return;
        }

        var writing = WriteAsync(httpContext, sent);
        while (!writing.IsCompleted && await Task.WhenAny(writing, Task.Delay(AskEvery, httpContext.RequestAborted)) != writing)
        {
            if (!await stillHolds(permit, httpContext.RequestAborted))
                httpContext.Abort();
        }

        await writing;
    }

    private static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> sent)
    {
        for (var at = 0; at < sent.Length; at += ChunkBytes)
        {
            await context.Response.Body.WriteAsync(sent.Slice(at, Math.Min(ChunkBytes, sent.Length - at)), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
