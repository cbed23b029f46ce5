using System.Text.Json;
using Orleans;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary>One line of the answer to a feed: <paramref name="Status"/> 201 for what was created, 200 for what was there (a device, the patient).</summary>
internal sealed record FedLine(int Position, string Type, string Id, int Status)
{
    /// <summary>The present version of what was there under a condition; 1 of what was created.</summary>
    public int Version { get; init; } = 1;
}

/// <summary>The answer to a feed. <paramref name="At"/> is null when it is the first answer given again.</summary>
internal sealed record Fed(IReadOnlyList<FedLine> Lines, DateTimeOffset? At);

/// <summary>
/// Stores what a request feeds, in one transaction with its trace line: all or nothing, once however often it is sent. Nothing of the store leaves.
/// </summary>
internal sealed class Feeding(FhirStore store, CitizenNames citizens, Conditions conditions, IGrainFactory grains)
{
    private const int MostAttempts = 5;

    /// <summary>
    /// Refusals: those of <see cref="CitizenNames"/>, <see cref="FeedAttachments"/>, <see cref="FeedKeys"/>, <see cref="IRecordGrain.DepositAsync"/>,
    /// <c>document-identifier-used</c>, <c>replaced-unknown</c>, <c>source-oid-conflict</c>.
    /// </summary>
    public async Task<Outcome<Fed>> StoreAsync(Feed feed, FhirCall call)
    {
        if (FeedAttachments.Check(feed) is { } wrong)
            return wrong;
        if (SourceConflict(feed, call) is { } conflict)
            return conflict;
        if (!NamesIn(feed, call).TryGet(out var names, out var unnamed))
            return unnamed;
        if (!(await citizens.FindOneSpaceAsync(names, call)).TryGet(out var space, out var unknown))
            return unknown;
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var stored = await TryStoreAsync(feed, call, space);
            // An editor whose tie was cut hears what one hears that never had any.
            if (call.Holder.IdpeSystem is not null && stored.Refusal == AccessRefusals.NotAuthorised)
                return FhirRefusals.PairingMissing;
            if (stored.Refusal?.Code != FhirRefusals.VersionConflict.Code)
                return stored;
        }

        return FhirRefusals.IdentifierUsed;
    }

    private async Task<Outcome<Fed>> TryStoreAsync(Feed feed, FhirCall call, SpaceId space)
    {
        var request = Request(feed, call);
        var access = grains.GetGrain<IAccessGrain>(space.Value);
        if (!(await access.EvaluateAsync(request)).TryGet(out var evaluation, out var refused))
            return refused;
        if (await GiveIdsAsync(feed, call, evaluation, space) is { } unmatched)
            return await TellAsync(access, evaluation, unmatched);
        if (feed.Entries.Where(entry => entry.IsStored).GroupBy(entry => entry.Id).Any(same => same.Count() > 1))
            return await TellAsync(access, evaluation, FhirRefusals.EntryTwice);
        // Nothing is stored then, nor told: whoever sent it looks again, and records that.
        if (feed.MustStore && feed.Entries.Any(entry => entry.IsMatched))
            return new Fed(Lines(feed, evaluation), null);
        var all = FeedRows.Finish(feed, call, () => FhirStore.NewId(space));
        if (!(await ReplacedAsync(feed, call, evaluation, space)).TryGet(out var replaced, out var unknown))
            return await TellAsync(access, evaluation, unknown);
        var lines = Lines(feed, evaluation);
        if (!FeedKeys.Of(feed, call, JsonSerializer.SerializeToUtf8Bytes(lines)).TryGet(out var key, out var invalid) && invalid is not null)
            return invalid;
        var deposit = new Deposit([.. FeedRows.Rows(feed, all, call.Actor), .. Superseded(replaced).Select(FeedRows.Supersede)], FeedRows.TracedIds(feed, all),
            LabelsOf(feed), key, string.Join(", ", feed.Entries.Where(entry => entry.IsStored).Select(entry => entry.Type).Distinct()))
        {
            Replacements = [.. replaced.Select(pair => (pair.By.Id.ToString(), pair.Found.Id.ToString()))],
        };
        if (!(await grains.GetGrain<IRecordGrain>(space.Value).DepositAsync(request, deposit)).TryGet(out var deposited, out var refusal))
            return refusal.Code == FhirRefusals.VersionConflict.Code && await HasDocumentAsync(feed, evaluation, call)
                ? await TellAsync(access, evaluation, FhirRefusals.IdentifierUsed) : refusal;
        return deposited.FirstResult is { } first
            ? new Fed(JsonSerializer.Deserialize<FedLine[]>(first) ?? throw new InvalidDataException("A first answer that is none."), null)
            : new Fed(lines, deposited.At);
    }

    private static FedLine[] Lines(Feed feed, Evaluation evaluation) => [.. feed.Entries.Select(entry => new FedLine(entry.Position, entry.Type,
        entry.IsPatient ? evaluation.State.Account.Holder?.Value ?? "" : entry.Id.ToString(), entry.IsStored ? 201 : 200) { Version = entry.MatchedVersion })];

    /// <summary>A refusal that tells what is, or is not, in the space: recorded before it is told. On stale state the feed begins again.</summary>
    private static async Task<Refusal> TellAsync(IAccessGrain access, Evaluation evaluation, Refusal refusal) =>
        (await access.DiscloseAsync(evaluation, Disclosure.Nothing("DocumentReference"))).TryGet(out var permit, out var lost)
            ? permit is null ? FhirRefusals.VersionConflict : refusal
            : lost;

    private static AccessRequest Request(Feed feed, FhirCall call) => call.Ask(AccessAction.Feed,
        feed.Entries.Where(entry => !entry.IsPatient).Aggregate(Categories.None, (all, entry) => all | RecordTypes.Find(entry.Type)!.Category),
        [.. feed.OfType("DocumentReference").Select(document => FhirContent.TypeCodeOf(document.Received)!).Distinct()]);

    /// <summary>Null when each has its id; a condition that several match, or that cannot be searched, is refused.</summary>
    private async Task<Refusal?> GiveIdsAsync(Feed feed, FhirCall call, Evaluation evaluation, SpaceId space)
    {
        foreach (var entry in feed.Entries)
        {
            if (entry.IsPatient)
                entry.Id = RecordId.TryParse(evaluation.State.Account.Holder?.Value).TryGet(out var patient, out _) ? patient : default;
            else if (entry.Condition is { } condition)
            {
                // The id before the look: what took the ids before it is seen by the look, so that it matches no more.
                var free = entry.KnownKey is { } own
                    ? await store.KnownIdAsync(space, entry.Type, call.Actor.Identifier, own, call.Cancel) : await conditions.FreeIdAsync(space, entry.Type, condition, call);
                if (!(await conditions.MatchAsync(evaluation, condition, call)).TryGet(out var match, out var refusal) && refusal is not null)
                    return refusal;
                (entry.IsMatched, entry.MatchedVersion, entry.Id) = (match is not null, match?.Version ?? 1, match?.Id ?? free);
            }
            else if (entry.KnownKey is not { } key)
                entry.Id = FhirStore.NewId(space);
            else
            {
                entry.Id = await store.KnownIdAsync(space, entry.Type, call.Actor.Identifier, key, call.Cancel);
                entry.IsMatched = entry.Type == "Device" && await store.ReadAsync(evaluation, entry.Type, entry.Id, call.Cancel) is not null;
            }
        }

        return null;
    }

    /// <summary>The documents that are replaced, each fed by this author, with what replaces it.</summary>
    private async Task<Outcome<IReadOnlyList<(FeedEntry By, StoredResource Found)>>> ReplacedAsync(Feed feed, FhirCall call, Evaluation evaluation, SpaceId space)
    {
        var replaced = new List<(FeedEntry, StoredResource)>();
        foreach (var (by, (id, key)) in feed.OfType("DocumentReference").SelectMany(document => FeedRows.Replaced(document).Select(target => (document, target))))
        {
            var known = key is not null ? await store.KnownIdAsync(space, "DocumentReference", call.Actor.Identifier, key, call.Cancel)
                : RecordId.TryParse(id).TryGet(out var parsed, out _) ? parsed : default;
            var found = await store.ReadAsync(evaluation, "DocumentReference", known, call.Cancel);
            if (found is null || !(found.IsOwn(evaluation.Decision.Filter) || found.Header.Depositor == call.Actor.Identifier))
                return FhirRefusals.ReplacedUnknown;
            replaced.Add((by, found));
        }

        return Outcome.Of<IReadOnlyList<(FeedEntry, StoredResource)>>(replaced);
    }

    /// <summary>Of the replaced documents the still current ones, to be marked.</summary>
    private static IEnumerable<StoredResource> Superseded(IReadOnlyList<(FeedEntry By, StoredResource Found)> replaced) => replaced
        .Select(pair => pair.Found).DistinctBy(found => found.Id).Where(found => found.Parse().Root["status"u8].TextEquals("current"u8));

    private async Task<bool> HasDocumentAsync(Feed feed, Evaluation evaluation, FhirCall call)
    {
        foreach (var document in feed.OfType("DocumentReference").Where(document => document.KnownKey is not null))
            if (await store.ReadAsync(evaluation, document.Type, document.Id, call.Cancel) is not null)
                return true;
        return false;
    }

    private static Dictionary<string, Labels> LabelsOf(Feed feed) => feed.OfType("DocumentReference")
        .Select(document => (Id: document.Id.ToString(), Labels: FhirContent.LabelsOf(document.Received)))
        .Where(document => document.Labels != Labels.None)
        .ToDictionary(document => document.Id, document => document.Labels);

    private static Outcome<IReadOnlyList<CitizenName>> NamesIn(Feed feed, FhirCall call)
    {
        var names = new List<CitizenName>();
        foreach (var entry in feed.Entries.Where(entry => !entry.IsPatient))
        {
            if (!CitizenNames.InResource(entry.Received, RecordTypes.Find(entry.Type)!, call, feed.Transaction).TryGet(out var found, out var refusal))
                return refusal;
            names.AddRange(found);
        }

        // Those beside the subject count once somebody is the subject: alone they name nobody.
        names.AddRange(feed.Entries.SelectMany(entry => entry.Condition?.Names ?? []));
        foreach (var entry in names.Count > 0 ? feed.Entries : [])
        {
            if (CitizenNames.Beside(entry.Received, call, names) is { } refusal)
                return refusal;
        }

        return Outcome.Of<IReadOnlyList<CitizenName>>(names);
    }

    private static Refusal? SourceConflict(Feed feed, FhirCall call) =>
        call.Holder.IdpeSystem is { } own && feed.Entries.Any(entry => entry.Received.Root["meta"u8]["source"u8].Text is { } source && !source.StartsWith(own, StringComparison.Ordinal))
            ? FhirRefusals.SourceConflict : null;
}
