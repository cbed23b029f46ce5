using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary>
/// By what a feed is known when it is sent again: uniqueId of the submission set, else masterIdentifier, for measures (client, idPE, profile, instant,
/// device), else the header <c>Idempotency-Key</c>; in the author's scope. The same key with other content is refused.
/// </summary>
internal static class FeedKeys
{
    public const string Header = "Idempotency-Key";
    private const int LongestHeader = 255;
    private static readonly FhirStamp Neutral = new("-", 1, DateTimeOffset.UnixEpoch);

    /// <summary>The key, or null when the feed has none. Refusal: <c>idempotency-key-invalid</c>. <paramref name="result"/>: the first answer.</summary>
    public static Outcome<IdempotencyKey?> Of(Feed feed, FhirCall call, ReadOnlyMemory<byte> result)
    {
        var key = Measures(feed, call) ?? Submission(feed) ?? Documents(feed);
        if (key is null)
        {
            if (!Given(call).TryGet(out var given, out var invalid) && invalid is not null)
                return invalid;
            key = given is null ? null : "header|" + given;
        }

        return Outcome.Of(key is null ? null : new IdempotencyKey($"{Grantee.KeyOf(call.Actor.Identifier)}|{call.Holder.ClientId}", key, Fingerprint(feed), result));
    }

    /// <summary>The header, or null without one. Refusal: <c>idempotency-key-invalid</c>.</summary>
    public static Outcome<string?> Given(FhirCall call)
    {
        var header = call.Context.Request.Headers[Header];
        if (header.Count == 0)
            return (string?)null;
        return header is [{ Length: > 0 and <= LongestHeader } given] && !given.Any(c => c is < '!' or > '~') ? given : FhirRefusals.IdempotencyKeyInvalid;
    }

    /// <summary>The key of one entry of a batch that was sent under <paramref name="key"/>: as long whatever its place.</summary>
    public static string OfEntry(string key, int position) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"batch|{position}|{key}"))));

    private static string? Submission(Feed feed)
    {
        foreach (var list in feed.OfType("List"))
            foreach (var identifier in list.Received.Root["identifier"u8].Items)
                // MHD: uniqueId is the identifier of use "usual", entryUUID that of use "official".
                if (identifier["use"u8].TextEquals("usual"u8) && identifier["value"u8].Text is { } value && IsSubmissionSet(list.Received))
                    return $"submission|{identifier["system"u8].Text}|{value}";
        return null;
    }

    private static bool IsSubmissionSet(FhirResource list)
    {
        foreach (var coding in list.Root["code"u8]["coding"u8].Items)
            if (coding["code"u8].TextEquals("submissionset"u8))
                return true;
        return false;
    }

    private static string? Documents(Feed feed)
    {
        var keys = feed.OfType("DocumentReference").Select(document => document.KnownKey).ToList();
        return keys.Count > 0 && keys.All(key => key is not null) ? "document|" + string.Join('|', keys.Order(StringComparer.Ordinal)) : null;
    }

    private static string? Measures(Feed feed, FhirCall call)
    {
        if (call.Holder.IdpeSystem is not { } system)
            return null;
        var about = feed.OfType("DiagnosticReport").ToList() is [var report] ? report
            : feed.OfType("Observation").ToList() is [var observation] ? observation : null;
        if (about?.Received.Root["effectiveDateTime"u8].Text is not { } instant)
            return null;
        var device = feed.OfType("Device").FirstOrDefault()?.Received.Root["identifier"u8].First ?? default;
        var subject = about.Received.Root["subject"u8]["identifier"u8]["value"u8].Text;
        return string.Join('|', "measure", system, subject, about.Type, string.Join(',', about.Received.Profiles), instant,
            device["system"u8].Text, device["value"u8].Text);
    }

    /// <summary>What is fed, whatever uuids and ids the sender drew for this sending.</summary>
    private static byte[] Fingerprint(Feed feed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in feed.Entries)
        {
            var resource = entry.Received;
            if (feed.Transaction is { } transaction && entry.Type != "Binary")
            {
                var asked = transaction.Entries[entry.Position];
                resource = FeedAttachments.Parsed(transaction.Rewrite(asked, named => $"#{named.Position}"));
            }

            var bytes = StampPlaces.Of(resource).Write(resource.Utf8.Span, Neutral);
            hash.AppendData(Encoding.UTF8.GetBytes($"{entry.Type}|{entry.KnownKey}|{bytes.Length}|"));
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
