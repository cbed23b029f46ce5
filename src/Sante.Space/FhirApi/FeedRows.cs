using Sante.Fhir;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary>Turns a feed whose ids are known into one deposit: references rewritten, what follows what, labels, documents that are replaced.</summary>
internal static class FeedRows
{
    private const string Superseded = "\"superseded\"";

    /// <summary>The final bytes of each entry; Binaries taken out of documents come as further entries.</summary>
    public static IReadOnlyList<FeedEntry> Finish(Feed feed, FhirCall call, Func<RecordId> newId)
    {
        var all = new List<FeedEntry>(feed.Entries);
        foreach (var entry in feed.Entries.Where(entry => entry.IsStored))
        {
            var resource = feed.Transaction is { } transaction && entry.Type != "Binary"
                ? FeedAttachments.Parsed(transaction.Rewrite(transaction.Entries[entry.Position], named => feed.Entries[named.Position].Reference))
                : entry.Received;
            if (call.Holder.IdpeSystem is { } editor && (entry.Type is "Observation" or "DiagnosticReport"))
                resource = WithSource(resource, editor);
            if (entry.Type == "DocumentReference")
            {
                (resource, var taken) = FeedAttachments.TakeOut(resource, newId);
                all.AddRange(taken);
            }

            entry.Final = resource;
        }

        return all;
    }

    /// <summary>The mesures guide: <c>meta.source</c> is the editor's OID, filled in when the editor leaves it out.</summary>
    private static FhirResource WithSource(FhirResource resource, string editor)
    {
        var meta = resource.Root["meta"u8];
        return meta["source"u8].Exists ? resource
            : FeedAttachments.Parsed(meta.Members.Count > 0
                ? FhirSplice.InsertMember(resource, meta, $"\"source\":\"{editor}\"")
                : FhirSplice.InsertMember(resource, resource.Root, $"\"meta\":{{\"source\":\"{editor}\"}}"));
    }

    /// <summary>The rows, with what the visibility of each follows.</summary>
    public static IEnumerable<NewResource> Rows(Feed feed, IReadOnlyList<FeedEntry> all, Actor by)
    {
        foreach (var entry in all.Where(entry => entry.IsStored))
            yield return FhirContent.Prepare(entry.Id, 0, entry.Final, by, FollowsOf(feed, all, entry));
    }

    /// <summary>The presently current document, marked superseded.</summary>
    public static NewResource Supersede(StoredResource replaced)
    {
        var resource = replaced.Parse();
        var next = FeedAttachments.Parsed(FhirSplice.ReplaceValue(resource, resource.Root["status"u8], Superseded));
        return FhirContent.Prepare(replaced.Id, replaced.Version, next, replaced.Header);
    }

    /// <summary>The documents that this one says it replaces: by our reference, or by the masterIdentifier under which the author fed them.</summary>
    public static IEnumerable<(string? Id, string? KnownKey)> Replaced(FeedEntry document)
    {
        foreach (var relation in document.Received.Root["relatesTo"u8].Items.ToList())
        {
            if (!relation["code"u8].TextEquals("replaces"u8))
                continue;
            var target = relation["target"u8];
            var identifier = target["identifier"u8];
            yield return target["reference"u8].Text is { } reference
                ? (reference[(reference.LastIndexOf('/') + 1)..], null)
                : (null, $"{identifier["system"u8].Text}|{identifier["value"u8].Text}");
        }
    }

    /// <summary>Ids for the line: what stands for itself, so that a hidden document takes its whole line's words with it.</summary>
    public static IReadOnlyList<string> TracedIds(Feed feed, IReadOnlyList<FeedEntry> all)
    {
        var own = all.Where(entry => entry.IsStored && entry.Type != "Device" && FollowsOf(feed, all, entry).Count == 0).Select(entry => entry.Id.ToString()).ToList();
        return own.Count > 0 ? own : [.. all.Where(entry => entry.IsStored).Select(entry => entry.Id.ToString())];
    }

    private static List<Followed> FollowsOf(Feed feed, IReadOnlyList<FeedEntry> all, FeedEntry entry) => entry.Type switch
    {
        "Binary" when entry.Position < 0 => [.. Documents(all).Where(document => Holds(document, entry)).Select(Follow)],
        "Binary" => [.. Documents(all).Where(document => FeedAttachments.BinariesOf(feed, document).Contains(entry)).Select(Follow)],
        "List" => [.. Items(feed, entry)],
        "Observation" => [.. all.Where(report => report.Type == "DiagnosticReport" && Reports(feed, report, entry)).Select(Follow)],
        _ => [],
    };

    private static IEnumerable<FeedEntry> Documents(IReadOnlyList<FeedEntry> all) => all.Where(entry => entry.Type == "DocumentReference");

    private static Followed Follow(FeedEntry entry) => new(entry.Id.ToString(), FhirContent.TypeCodeOf(entry.Received));

    private static bool Holds(FeedEntry document, FeedEntry binary)
    {
        foreach (var content in document.Final.Root["content"u8].Items)
            if (content["attachment"u8]["url"u8].Text == binary.Reference)
                return true;
        return false;
    }

    private static bool Reports(Feed feed, FeedEntry report, FeedEntry observation)
    {
        foreach (var result in report.Received.Root["result"u8].Items)
            if (feed.Named(result["reference"u8].Text) == observation)
                return true;
        return false;
    }

    /// <summary>Documents in the list; one that was fed before has a type that is not known here: it counts as one that few may see.</summary>
    private static IEnumerable<Followed> Items(Feed feed, FeedEntry list)
    {
        foreach (var item in list.Received.Root["entry"u8].Items.ToList())
        {
            var reference = item["item"u8]["reference"u8].Text;
            if (feed.Named(reference) is { Type: "DocumentReference" } document)
                yield return Follow(document);
            else if (reference?.LastIndexOf("DocumentReference/", StringComparison.Ordinal) is >= 0 and var at)
                yield return new Followed(reference[(at + "DocumentReference/".Length)..].Split('/')[0], "");
        }
    }
}
