using System.Security.Cryptography;
using System.Text.Json;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>A notice in someone's space, as stored. <paramref name="At"/>: platform time of the fact that it tells.</summary>
public sealed record StoredNotice(string Kind, string Text, DateTimeOffset At)
{
    public override string ToString() => $"Notice {Kind}";
}

/// <summary>
/// Carries notices from the outbox of one space into the space of whom they are for: a citizen's own, or a professional's own log.
/// Delivery may happen twice and stores once: the notice's id comes from the message.
/// </summary>
public sealed class NoticeBox(Ledger.Ledger ledger)
{
    /// <summary>Type under which notices are stored beside the record; no FHIR type, so that no FHIR search ever meets them.</summary>
    public const string StoredType = "notice";

    /// <summary>Delivers one message. False when infrastructure was lost: it will come again.</summary>
    public async Task<bool> DeliverAsync(OutboxMessage message, CancellationToken cancel = default)
    {
        var notice = JsonSerializer.Deserialize<Notice>(message.Body, SpaceJson.Options) ?? throw new JsonException("null is not a notice");
        if (await SpaceOfAsync(notice.To, cancel) is not { } recipient)
            return true;
        var stored = new NewResource(IdOf(message, notice), 0, StoredType, SpaceGrain.Json(new StoredNotice(notice.Kind, notice.Text, message.At)), [], []);
        while (true)
        {
            var present = await ledger.LoadAsync(recipient, [], cancel);
            if (!present.TryGet(out var snapshot, out var away))
                return away.Kind != RefusalKind.Unavailable;
            if (snapshot.Erased)
                return true;
            var written = await ledger.CommitAsync(new WriteRequest(recipient, snapshot.AccessVersion) { Resources = [stored] }, cancel);
            if (!written.TryGet(out var verdict, out var refusal))
                return refusal.Kind != RefusalKind.Unavailable;
            if (verdict.Kind is VerdictKind.Accepted or VerdictKind.Conflict)
                return true;
        }
    }

    /// <summary>The newest notices under a permit of the space that holds them; what is found may leave once it was disclosed.</summary>
    public async Task<IReadOnlyList<StoredNotice>> ReadAsync(EvaluatePermit permit, int most, CancellationToken cancel = default)
    {
        var rows = await ledger.Resources.CandidatesAsync(permit, StoredType, [], [], cancel);
        return [.. rows.Take(most).Select(r => JsonSerializer.Deserialize<StoredNotice>(r.Body, SpaceJson.Options)!)];
    }

    private async Task<SpaceId?> SpaceOfAsync(ActorIdentifier person, CancellationToken cancel)
    {
        if (person.System != ActorIdentifier.PatientSystem)
            return await ledger.ActorSpaceAsync(person, cancel);
        return RecordId.TryParse(person.Value).TryGet(out var id, out _)
            ? await ledger.Resources.FindSpaceAsync(SpaceIds.StoredId(id), cancel)
            : null;
    }

    // The same for every delivery of this message to this person, and nothing that another could foresee.
    private static Guid IdOf(OutboxMessage message, Notice notice)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData([.. message.RowId.ToByteArray(), .. System.Text.Encoding.UTF8.GetBytes(Grantee.KeyOf(notice.To))], hash);
        return new Guid(hash[..16], bigEndian: true);
    }
}
