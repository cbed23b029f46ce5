using System.Buffers;
using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Check;

namespace Sante.Space.FhirApi;

/// <summary>Reads and checks the body of a request: a resource that may be stored, or the answer that says why not.</summary>
internal static class FhirBody
{
    /// <summary>10 MiB: the largest PDSm and MSSanté attachments known are of 10 MB, and base64 within JSON must fit a request of 16 MiB.</summary>
    public static readonly FhirLimits Limits = FhirLimits.Default with { MaxBytes = 10 * 1024 * 1024 };

    /// <summary>The parsed body, or null with the refusal: 415, 413 <c>body-too-large</c>, 400 <c>json-…</c>.</summary>
    public static async Task<(FhirResource? Resource, IResult? Refused)> ReadAsync(HttpContext context)
    {
        if (!FhirMedia.IsFhirBody(context.Request))
            return (null, FhirProblem.Of(FhirRefusals.UnsupportedMediaType));
        var parsed = FhirJson.Parse(await BytesAsync(context.Request, Limits.MaxBytes, context.RequestAborted), Limits);
        return parsed.TryGet(out var resource, out var issues) ? (resource, null) : (null, FhirProblem.Of(issues));
    }

    /// <summary>Checks against R4 and the claimed profiles. Null when it may be stored; the findings that do not refuse are in <paramref name="remarks"/>.</summary>
    public static IResult? Check(FhirResource resource, FhirInteraction interaction, IReadOnlyList<string> profiles, out IReadOnlyList<FhirIssue> remarks)
    {
        var issues = FhirCheck.Check(resource, new FhirCheckOptions { Interaction = interaction, Profiles = profiles, Limits = Limits });
        remarks = issues;
        foreach (var issue in issues)
        {
            if (issue.Refuses)
                return FhirProblem.Of(issues);
        }

        return null;
    }

    /// <summary>
    /// The body in one array of its own size, which the parsed resource keeps: no other copy is made. One byte more than <paramref name="maxBytes"/> is
    /// read of a longer body, so that the parser says that it is too much.
    /// </summary>
    public static ValueTask<ReadOnlyMemory<byte>> BytesAsync(HttpRequest request, int maxBytes, CancellationToken cancel) =>
        request.ContentLength is { } announced ? AnnouncedAsync(request.Body, (int)Math.Min(announced, maxBytes + 1), cancel) : ChunkedAsync(request.Body, maxBytes + 1, cancel);

    private static async ValueTask<ReadOnlyMemory<byte>> AnnouncedAsync(Stream body, int length, CancellationToken cancel)
    {
        if (length == 0)
            return ReadOnlyMemory<byte>.Empty;
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        var read = await body.ReadAtLeastAsync(bytes, length, throwOnEndOfStream: false, cancel);
        return bytes.AsMemory(0, read);
    }

    /// <summary>Without a Content-Length: gathered in pooled memory that grows with what has really come.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>> ChunkedAsync(Stream body, int most, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var length = 0;
            int read;
            while (length < most && (read = await body.ReadAsync(buffer.AsMemory(length, Math.Min(buffer.Length, most) - length), cancel)) > 0)
            {
                length += read;
                if (length == buffer.Length && length < most)
                    Grow(ref buffer, length);
            }

            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
