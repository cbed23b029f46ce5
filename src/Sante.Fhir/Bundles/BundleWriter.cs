using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Sante.Fhir.Bundles;

/// <summary>One entry of a response Bundle; what is null is not written.</summary>
public sealed record BundleEntry
{
    /// <summary>Absolute URL of the resource, without version.</summary>
    public string? FullUrl { get; init; }

    /// <summary>The resource's bytes, written as they are; as received and stamped on the way when <see cref="Places"/> are given.</summary>
    public ReadOnlyMemory<byte> Resource { get; init; }

    /// <summary>Where <see cref="Stamp"/> goes in <see cref="Resource"/>.</summary>
    public StampPlaces? Places { get; init; }

    /// <summary>The stamp, with <see cref="Places"/>.</summary>
    public FhirStamp Stamp { get; init; }

    /// <summary><c>search.mode</c>: <c>match</c>, <c>include</c> or <c>outcome</c>.</summary>
    public string? SearchMode { get; init; }

    /// <summary><c>request.method</c> (history).</summary>
    public string? Method { get; init; }

    /// <summary><c>request.url</c> (history).</summary>
    public string? Url { get; init; }

    /// <summary><c>response.status</c>: <c>201 Created</c>.</summary>
    public string? Status { get; init; }

    /// <summary><c>response.location</c>, versioned and relative or absolute.</summary>
    public string? Location { get; init; }

    /// <summary><c>response.etag</c>.</summary>
    public string? ETag { get; init; }

    /// <summary><c>response.lastModified</c>.</summary>
    public DateTimeOffset? LastModifiedAt { get; init; }

    /// <summary><c>response.outcome</c>, when not empty.</summary>
    public IReadOnlyList<FhirIssue> Outcome { get; init; } = [];
}

/// <summary>
/// Writes a response Bundle as a stream: begin, entries, end. Entries carry raw resource bytes, never re-serialised.
/// Types: <c>searchset</c>, <c>history</c>, <c>transaction-response</c>, <c>batch-response</c>.
/// </summary>
public sealed class BundleWriter : IDisposable
{
    private readonly Utf8JsonWriter writer;
    private ArrayBufferWriter<byte>? stamped;
    private bool inEntries;

    /// <summary>Begins a Bundle. <paramref name="total"/> only for searchset and history, and only when it is known.</summary>
    public BundleWriter(IBufferWriter<byte> output, string type, int? total = null, IReadOnlyList<(string Relation, string Url)>? links = null)
    {
        writer = new Utf8JsonWriter(output, OperationOutcomes.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "Bundle"u8);
        writer.WriteString("type"u8, type);
        if (total is { } count)
        {
            writer.WriteNumber("total"u8, count);
        }

        if (links is { Count: > 0 })
        {
            WriteLinks(links);
        }
    }

    /// <summary>Adds one entry.</summary>
    public void Add(BundleEntry entry)
    {
        if (!inEntries)
        {
            writer.WriteStartArray("entry"u8);
            inEntries = true;
        }

        writer.WriteStartObject();
        WriteIf("fullUrl", entry.FullUrl);
        if (!entry.Resource.IsEmpty)
        {
            writer.WritePropertyName("resource"u8);
            // The bytes were checked when they were received; checking again would parse them again.
            writer.WriteRawValue(entry.Places is null ? entry.Resource.Span : Stamped(entry, entry.Places), skipInputValidation: true);
        }

        if (entry.SearchMode is { } mode)
        {
            writer.WriteStartObject("search"u8);
            writer.WriteString("mode"u8, mode);
            writer.WriteEndObject();
        }

        WriteRequest(entry);
        WriteResponse(entry);
        writer.WriteEndObject();
    }

    /// <summary>Ends the Bundle and flushes it to the output; nothing may be added after.</summary>
    public void End()
    {
        if (inEntries)
        {
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();

    private ReadOnlySpan<byte> Stamped(BundleEntry entry, StampPlaces places)
    {
        stamped ??= new ArrayBufferWriter<byte>(entry.Resource.Length + 256);
        stamped.ResetWrittenCount();
        places.Write(entry.Resource.Span, entry.Stamp, stamped);
        return stamped.WrittenSpan;
    }

    private void WriteLinks(IReadOnlyList<(string Relation, string Url)> links)
    {
        writer.WriteStartArray("link"u8);
        foreach (var (relation, url) in links)
        {
            writer.WriteStartObject();
            writer.WriteString("relation"u8, relation);
            writer.WriteString("url"u8, url);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteRequest(BundleEntry entry)
    {
        if (entry.Method is null)
        {
            return;
        }

        writer.WriteStartObject("request"u8);
        writer.WriteString("method"u8, entry.Method);
        writer.WriteString("url"u8, entry.Url);
        writer.WriteEndObject();
    }

    private void WriteResponse(BundleEntry entry)
    {
        if (entry.Status is null)
        {
            return;
        }

        writer.WriteStartObject("response"u8);
        writer.WriteString("status"u8, entry.Status);
        WriteIf("location", entry.Location);
        WriteIf("etag", entry.ETag);
        WriteIf("lastModified", entry.LastModifiedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (entry.Outcome.Count > 0)
        {
            writer.WritePropertyName("outcome"u8);
            OperationOutcomes.Write(writer, entry.Outcome);
        }

        writer.WriteEndObject();
    }

    private void WriteIf(string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
