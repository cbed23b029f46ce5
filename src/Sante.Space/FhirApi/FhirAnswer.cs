using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary>
/// Content of a space on its way out: made with the permit of the line that names it, and nothing else. Longer than the permit's life it asks the
/// fence every second and is cut when the answer is no (house idea 2).
/// </summary>
internal sealed class FhirAnswer(FhirStore store, DisclosePermit permit, ReadOnlyMemory<byte> body) : IResult
{
    private const int ChunkBytes = 64 * 1024;
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

    public string ContentType { get; init; } = FhirMedia.Json;
    public string? ETag { get; init; }
    public DateTimeOffset? LastModifiedAt { get; init; }

    /// <summary>One version of a resource, with its ETag; indented when the caller asked so.</summary>
    public static FhirAnswer Of(FhirCall call, FhirStore store, DisclosePermit permit, StoredResource resource)
    {
        var stamped = resource.Stamped();
        return new FhirAnswer(store, permit, call.Pretty ? Indented(stamped) : stamped)
        {
            ETag = resource.Stamp.ETag,
            LastModifiedAt = resource.At,
        };
    }

    /// <summary>A Bundle.</summary>
    public static FhirAnswer Of(FhirCall call, FhirStore store, DisclosePermit permit, ReadOnlyMemory<byte> bundle) =>
        new(store, permit, call.Pretty ? Indented(bundle.Span) : bundle);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.XContentTypeOptions = "nosniff";
        if (ETag is not null)
            response.Headers.ETag = ETag;
        if (LastModifiedAt is { } at)
            response.Headers.LastModified = at.UtcDateTime.ToString("R", null);
        if (IsKnown(httpContext.Request))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        if (permit.Age > DisclosePermit.Life && !await store.StillHoldsAsync(permit, httpContext.RequestAborted))
        {
            httpContext.Abort();
            return;
        }

        var writing = WriteAsync(httpContext);
        while (await Task.WhenAny(writing, Task.Delay(AskEvery, httpContext.RequestAborted)) != writing)
        {
            if (!await store.StillHoldsAsync(permit, httpContext.RequestAborted))
                httpContext.Abort();
        }

        await writing;
    }

    private async Task WriteAsync(HttpContext context)
    {
        for (var at = 0; at < body.Length; at += ChunkBytes)
        {
            await context.Response.Body.WriteAsync(body.Slice(at, Math.Min(ChunkBytes, body.Length - at)), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    // The line was recorded: that the caller's copy is still good is content too.
    private bool IsKnown(HttpRequest request) => request.Headers.IfNoneMatch.Count == 0
        ? LastModifiedAt is { } at && request.GetTypedHeaders().IfModifiedSince is { } since && at.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds()
        : ETag is not null && request.Headers.IfNoneMatch.SelectMany(value => value?.Split(',', StringSplitOptions.TrimEntries) ?? []).Any(tag => tag == "*" || Opaque(tag) == Opaque(ETag));

    private static string Opaque(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;

    /// <summary>The same JSON, indented; numbers keep every digit.</summary>
    private static byte[] Indented(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length * 2);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, MaxDepth = 256, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            while (reader.Read())
                Copy(ref reader, writer);
        return output.WrittenSpan.ToArray();
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(reader.GetString()!);
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(reader.GetString());
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }
}
