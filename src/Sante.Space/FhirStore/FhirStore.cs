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

    /// <summary>The space that an id leads to, or null.</summary>
    public Task<SpaceId?> FindSpaceAsync(RecordId id, CancellationToken cancel = default) =>
        ledger.Resources.FindSpaceAsync(SpaceIds.StoredId(id), cancel);

    /// <summary>The space whose citizen this Patient.id is, or null: any other id of a space says nothing of whose it is.</summary>
    public Task<SpaceId?> FindSpaceOfPatientAsync(RecordId patient, CancellationToken cancel = default) =>
        ledger.Resources.FindSpaceAsync(SpaceIds.StoredId(patient), "Patient", cancel);

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
    public async Task<StoredResource?> ReadAsync(Evaluation evaluation, string type, RecordId id, CancellationToken cancel = default)
    {
        var rows = await ledger.Resources.ReadAsync(evaluation.Permit, [SpaceIds.StoredId(id)], cancel);
        return Shown(evaluation, type, rows).FirstOrDefault();
    }

    /// <summary>Versions, newest first, of what is shown in its present version; empty else. <paramref name="version"/> narrows to one.</summary>
    public async Task<IReadOnlyList<StoredResource>> ReadVersionsAsync(
        Evaluation evaluation, string type, RecordId id, int? version = null, CancellationToken cancel = default)
    {
        if (await ReadAsync(evaluation, type, id, cancel) is null)
            return [];
        var rows = await ledger.Resources.ReadVersionsAsync(evaluation.Permit, SpaceIds.StoredId(id), version, cancel);
        return [.. Shown(evaluation, type, rows)];
    }

    /// <summary>All that matches and is shown, in the query's order (newest first when it names none).</summary>
    public async Task<IReadOnlyList<StoredResource>> SearchAsync(Evaluation evaluation, SearchQuery query, CancellationToken cancel = default)
    {
        var narrowings = query.Narrowings;
        var rows = query.Ids is { } ids
            ? await ledger.Resources.ReadAsync(evaluation.Permit, StoredIds(ids), cancel)
            : await ledger.Resources.CandidatesAsync(evaluation.Permit, query.Type,
                [.. narrowings.Where(n => n.Keys.Count > 0).Select(n => new TokenCondition([.. n.Keys.Select(key => FhirContent.TokenOf(query.Type, key))]))],
                [.. narrowings.Where(n => n.Windows.Count > 0).Select(n => Condition(query.Type, n))], cancel);
        var byId = new Dictionary<string, StoredResource>();
        var subjects = new List<SearchSubject>();
        foreach (var found in Shown(evaluation, query.Type, rows))
        {
            var subject = new SearchSubject(found.Parse(), found.Id.ToString(), found.At);
            if (query.Matches(subject))
            {
                byId[subject.Id] = found;
                subjects.Add(subject);
            }
        }

        return [.. query.Order(subjects).Select(subject => byId[subject.Id])];
    }

    private static IEnumerable<StoredResource> Shown(Evaluation evaluation, string type, IEnumerable<OpenedResource> rows)
    {
        var slot = SlotMap.SlotOf(evaluation.Permit.Space);
        return rows.Where(row => !row.Deleted && row.Body.Length > 0 && row.Body[0] == 1)
            .Select(row => StoredResource.Read(slot, row))
            .Where(found => found.Header.Type == type && found.IsShownBy(evaluation.Decision.Filter));
    }

    private static List<Guid> StoredIds(IEnumerable<string> ids) =>
        [.. ids.Select(RecordId.TryParse).Where(id => id.Refusal is null).Select(id => SpaceIds.StoredId(id.Value))];

    /// <summary>Alternatives become the interval that spans them all.</summary>
    private static DateCondition Condition(string type, Narrowing narrowing)
    {
        var low = narrowing.Windows.Min(window => Math.Max(window.LowFrom, window.HighFrom));
        var high = narrowing.Windows.Max(window => Math.Min(window.LowTo, window.HighTo));
        return new DateCondition(FhirContent.DateName(type, narrowing.Parameter),
            low <= TimeSpan.TicksPerDay ? null : FhirContent.Instant(low) - Grain,
            high >= DateTimeOffset.MaxValue.Ticks - TimeSpan.TicksPerDay ? null : FhirContent.Instant(high) + Grain);
    }
}
