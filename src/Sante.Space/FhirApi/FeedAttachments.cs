using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sante.Fhir;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>
/// Attachments of documents: what a document says of its content must be true of the Binary beside it; content sent inside the document
/// (PDSm ITI-105) is taken out into a Binary of its own, so that lists of documents stay light.
/// </summary>
internal static class FeedAttachments
{
    /// <summary>
    /// Null when every document has its content and every content its document. Refusals: <c>document-without-content</c>, <c>attachment-not-in-bundle</c>,
    /// <c>attachment-url-and-data</c>, <c>attachment-size-wrong</c>, <c>attachment-hash-wrong</c>, <c>attachment-type-differs</c>, <c>binary-without-document</c>.
    /// </summary>
    public static Refusal? Check(Feed feed)
    {
        var used = new HashSet<FeedEntry>();
        foreach (var document in feed.OfType("DocumentReference"))
        {
            foreach (var content in document.Received.Root["content"u8].Items)
            {
                if (Check(feed, content["attachment"u8], used) is { } refusal)
                    return refusal;
            }
        }

        return feed.OfType("Binary").All(used.Contains) ? null : Refusals.WithoutDocument;
    }

    /// <summary>The Binary entries that a document names.</summary>
    public static IEnumerable<FeedEntry> BinariesOf(Feed feed, FeedEntry document)
    {
        foreach (var content in document.Received.Root["content"u8].Items.ToList())
            if (feed.Named(content["attachment"u8]["url"u8].Text) is { Type: "Binary" } binary)
                yield return binary;
    }

    /// <summary>
    /// The document with its inline data replaced by the address of new Binaries, and those Binaries with the ids that <paramref name="newId"/> gives.
    /// </summary>
    public static (FhirResource Document, IReadOnlyList<FeedEntry> Binaries) TakeOut(FhirResource document, Func<RecordId> newId)
    {
        var binaries = new List<FeedEntry>();
        while (Inline(document) is { } attachment)
        {
            var data = attachment["data"u8];
            var type = attachment["contentType"u8].Exists ? Encoding.UTF8.GetString(attachment["contentType"u8].RawUtf8.Span) : "\"application/octet-stream\"";
            var prefix = Encoding.UTF8.GetBytes($$"""{"resourceType":"Binary","contentType":{{type}},"data":""");
            byte[] bytes = [.. prefix, .. data.RawUtf8.Span, (byte)'}'];
            var binary = new FeedEntry(-1 - binaries.Count, Parsed(bytes)) { Id = newId() };
            binaries.Add(binary);
            document = Parsed(FhirSplice.ReplaceMember(document, data, $"\"url\":\"{binary.Reference}\""));
        }

        return (document, binaries);
    }

    internal static FhirResource Parsed(ReadOnlyMemory<byte> bytes) =>
        FhirJson.Parse(bytes).Resource ?? throw new InvalidDataException("A rewritten resource cannot be parsed.");

    private static FhirNode? Inline(FhirResource document)
    {
        foreach (var content in document.Root["content"u8].Items)
            if (content["attachment"u8]["data"u8].Exists)
                return content["attachment"u8];
        return null;
    }

    private static Refusal? Check(Feed feed, FhirNode attachment, HashSet<FeedEntry> used)
    {
        var hasData = attachment["data"u8].Exists;
        if (attachment["url"u8].Text is not { } url)
            return hasData ? null : Refusals.WithoutContent;
        if (hasData)
            return Refusals.UrlAndData;
        if (feed.Named(url) is not { Type: "Binary" } binary)
            return Refusals.NotInBundle;
        used.Add(binary);
        return Agree(attachment, binary.Received.Root);
    }

    private static Refusal? Agree(FhirNode attachment, FhirNode binary)
    {
        var text = binary["data"u8].Text ?? "";
        var content = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, content, out var length))
            return Refusals.SizeWrong;
        if (attachment["size"u8].Text is { } size && size != length.ToString(CultureInfo.InvariantCulture))
            return Refusals.SizeWrong;
        if (attachment["contentType"u8].Text is { } type && binary["contentType"u8].Text is { } actual && type != actual)
            return Refusals.TypeDiffers;
        // FHIR R4 and PDSm fix SHA-1 here; it identifies a content and protects nothing.
#pragma warning disable CA5350
        return attachment["hash"u8].Text is { } hash && hash != Convert.ToBase64String(SHA1.HashData(content.AsSpan(0, length))) ? Refusals.HashWrong : null;
#pragma warning restore CA5350
    }

    private static class Refusals
    {
        public static readonly Refusal WithoutContent = new("document-without-content", RefusalKind.Invalid, "Un document est déposé avec son contenu : « attachment.url » vers un Binary du lot, ou « attachment.data ».");
        public static readonly Refusal NotInBundle = new("attachment-not-in-bundle", RefusalKind.Invalid, "« attachment.url » ne désigne aucun Binary de ce lot.");
        public static readonly Refusal UrlAndData = new("attachment-url-and-data", RefusalKind.Invalid, "Une pièce jointe a « url » ou « data », pas les deux.");
        public static readonly Refusal SizeWrong = new("attachment-size-wrong", RefusalKind.Invalid, "« attachment.size » n'est pas la taille du contenu.");
        public static readonly Refusal HashWrong = new("attachment-hash-wrong", RefusalKind.Invalid, "« attachment.hash » n'est pas l'empreinte SHA-1 du contenu.");
        public static readonly Refusal TypeDiffers = new("attachment-type-differs", RefusalKind.Invalid, "« attachment.contentType » n'est pas celui du Binary.");
        public static readonly Refusal WithoutDocument = new("binary-without-document", RefusalKind.Invalid, "Un Binary est déposé avec le document qui le désigne.");
    }
}
