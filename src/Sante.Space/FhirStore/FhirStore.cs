using System.Collections.Concurrent;
using Npgsql;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>
/// Reads the FHIR content of one space under an evaluation, and shows of it only what the decision's filter shows. What is found may leave
/// once its disclosure is recorded. Throws on lost infrastructure.
/// </summary>
public sealed class FhirStore(Ledger.Ledger ledger)
{
    /// <summary>PostgreSQL keeps microseconds; windows are widened by one, the exact comparison follows after opening.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMicroseconds(1);

    /// <summary>About 10 MB. A Patient.id leads to one space for ever, so what is remembered cannot grow old.</summary>
    private const int MostPatients = 100_000;
    private readonly ConcurrentDictionary<RecordId, SpaceId> spaces = new();

    /// <summary>The space that an id leads to, or null.</summary>
    public Task<SpaceId?> FindSpaceAsync(RecordId id, CancellationToken cancel = default) =>
        ledger.Resources.FindSpaceAsync(SpaceIds.StoredId(id), cancel);

    /// <summary>The space whose citizen this Patient.id is, or null: any other id of a space says nothing of whose it is.</summary>
    public async Task<SpaceId?> FindSpaceOfPatientAsync(RecordId patient, CancellationToken cancel = default)
    {
        if (spaces.TryGetValue(patient, out var known))
            return known;
        if (await ledger.Resources.FindSpaceAsync(SpaceIds.StoredId(patient), "Patient", cancel) is not { } space)
            return null;
        if (spaces.Count >= MostPatients)
            spaces.Clear();
        spaces[patient] = space;
        return space;
    }

    /// <summary>What an id leads to, still sealed, or null.</summary>
    public Task<FoundResource?> FindAsync(RecordId id, CancellationToken cancel = default) => ledger.Resources.FindAsync(SpaceIds.StoredId(id), cancel);

    /// <summary>What was found, a deleted one too, when it is of that type and shown; else null.</summary>
    public async Task<StoredResource?> OpenAsync(Evaluation evaluation, string type, FoundResource found, CancellationToken cancel = default) =>
        Shown(evaluation, [await ledger.Resources.OpenAsync(evaluation.Permit, found, cancel)], withDeleted: true).FirstOrDefault(one => one.Header.Type == type);

    /// <summary>The space of the actor's own log: what an id that leads nowhere is asked of.</summary>
    public async Task<SpaceId> OwnLogAsync(Actor actor, CancellationToken cancel = default)
    {
        try
        {
            return await ledger.ActorSpaceAsync(actor.Identifier, cancel);
        }
        catch (IOException notBegun)
        {
            // The ledger could not write: lost infrastructure, told as such.
            throw new NpgsqlException("The actor's own log could not begin.", notBegun);
        }
    }

    /// <summary>Whether a response that takes longer than the permit's life may go on.</summary>
    public Task<bool> StillHoldsAsync(DisclosePermit permit, CancellationToken cancel = default) => ledger.StillHoldsAsync(permit, cancel);

    /// <summary>A new random id in a space.</summary>
    public static RecordId NewId(SpaceId space) => RecordId.Of(SlotMap.SlotOf(space), Randomness.NewId());

    /// <summary>
    /// The id that a thing known by its author under a key of its own has in this space: always the same, so that it cannot be stored twice;
    /// keyed by the space, so that nobody else can tell it (record 0069). Throws when the space has no keys.
    /// </summary>
    public async Task<RecordId> KnownIdAsync(SpaceId space, string type, ActorIdentifier author, string key, CancellationToken cancel = default)
    {
        var keys = await ledger.Keys.FindAsync(space, cancel) ?? throw new InvalidOperationException("A space without keys.");
        var name = $"{type}|{Grantee.KeyOf(author)}|{key}";
        var number = unchecked(new UInt128((ulong)keys.IndexToken("known-id/1", name), (ulong)keys.IndexToken("known-id/2", name)));
        return RecordId.Of(SlotMap.SlotOf(space), number);
    }

    /// <summary>The present version, when it is of that type, not deleted and shown; else null.</summary>
    public async Task<StoredResource?> ReadAsync(Evaluation evaluation, string type, RecordId id, CancellationToken cancel = default) =>
        await FindAsync(evaluation, type, id, cancel) is { Deleted: false } found ? found : null;

    /// <summary>The same, a deleted one too (<see cref="StoredResource.Deleted"/>): it is shown to whom it would be shown if it were not.</summary>
    public async Task<StoredResource?> FindAsync(Evaluation evaluation, string type, RecordId id, CancellationToken cancel = default)
    {
        var rows = await ledger.Resources.ReadAsync(evaluation.Permit, [SpaceIds.StoredId(id)], cancel);
        return Shown(evaluation, rows, withDeleted: true).FirstOrDefault(found => found.Header.Type == type);
    }

    /// <summary>Whether anything has, or had, this id.</summary>
    public async Task<bool> IsTakenAsync(RecordId id, CancellationToken cancel = default) => await FindSpaceAsync(id, cancel) is not null;

    /// <summary>Versions, newest first, deleted ones too, of what is shown in its present version; empty else. <paramref name="version"/> narrows to one.</summary>
    public async Task<IReadOnlyList<StoredResource>> ReadVersionsAsync(
        Evaluation evaluation, string type, RecordId id, int? version = null, CancellationToken cancel = default)
    {
        if (await FindAsync(evaluation, type, id, cancel) is null)
            return [];
        var rows = await ledger.Resources.ReadVersionsAsync(evaluation.Permit, SpaceIds.StoredId(id), version, cancel);
        return [.. Shown(evaluation, rows, withDeleted: true).Where(found => found.Header.Type == type)];
    }

    /// <summary>
    /// One page of the versions of a type, newest first, deleted ones too, of what is shown: at most <paramref name="most"/>, those before
    /// <paramref name="before"/> and not before <paramref name="since"/>.
    /// </summary>
    public async Task<IReadOnlyList<StoredResource>> ReadHistoryAsync(
        Evaluation evaluation, string type, DateTimeOffset? since, VersionPlace? before, int most, CancellationToken cancel = default)
    {
        var shown = new List<StoredResource>();
        while (shown.Count < most)
        {
            var rows = await ledger.Resources.HistoryAsync(evaluation.Permit, type, since, before, most, cancel);
            shown.AddRange(Shown(evaluation, rows, withDeleted: true).Where(found => found.Header.Type == type));
            if (rows.Count < most)
                break;
            before = new VersionPlace(rows[^1].At, rows[^1].Id, rows[^1].Version);
        }

        return shown.Count > most ? shown[..most] : shown;
    }

    /// <summary>The space as this evaluation shows it, for searches.</summary>
    /// <param name="evaluation">The decision.</param>
    /// <param name="mayShow">Types that the caller's token opens.</param>
    /// <param name="only">Further restriction, for conditions over what the caller itself fed.</param>
    public SpaceSource Source(Evaluation evaluation, Func<string, bool> mayShow, Func<StoredResource, bool>? only = null) => new(ledger, evaluation, mayShow, only);

    /// <summary>Of these rows those that are resources, not deleted, and shown.</summary>
    internal static IEnumerable<StoredResource> Shown(Evaluation evaluation, IEnumerable<OpenedResource> rows, bool withDeleted = false)
    {
        var slot = SlotMap.SlotOf(evaluation.Permit.Space);
        return rows.Where(row => (withDeleted || !row.Deleted) && row.Body.Length > 0 && row.Body[0] == 1)
            .Select(row => StoredResource.Read(slot, row))
            .Where(found => found.IsShownBy(evaluation.Decision.Filter));
    }

    internal static List<Guid> StoredIds(IEnumerable<string> ids) =>
        [.. ids.Select(RecordId.TryParse).Where(id => id.Refusal is null).Select(id => SpaceIds.StoredId(id.Value))];

    /// <summary>Alternatives become the interval that spans them all.</summary>
    internal static DateCondition Condition(string type, Narrowing narrowing)
    {
        var low = narrowing.Windows.Min(window => Math.Max(window.LowFrom, window.HighFrom));
        var high = narrowing.Windows.Max(window => Math.Min(window.LowTo, window.HighTo));
        return new DateCondition(FhirContent.DateName(type, narrowing.Parameter),
            low <= TimeSpan.TicksPerDay ? null : FhirContent.Instant(low) - Grain,
            high >= DateTimeOffset.MaxValue.Ticks - TimeSpan.TicksPerDay ? null : FhirContent.Instant(high) + Grain);
    }
}
