using Orleans;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary>
/// The one way by which content of a space is found and let out: decide, find, record what leaves; when the decision was on stale state, forget
/// what was found and begin again. Nothing is answered, not even an absence, before the line is durable.
/// </summary>
public sealed class Disclosures(IGrainFactory grains)
{
    private const int MostAttempts = 20;

    /// <summary>
    /// What was found, with the permit to let it leave. Refusals: those of <see cref="IAccessGrain.EvaluateAsync"/>,
    /// <c>space-contended</c>, <c>host-cannot-hear</c>, <c>database-unavailable</c>.
    /// </summary>
    /// <param name="space">Whose record.</param>
    /// <param name="request">Who asks what.</param>
    /// <param name="find">Finds under the evaluation, and says what of it would leave.</param>
    public async Task<Outcome<(T Found, DisclosePermit Permit)>> RunAsync<T>(
        SpaceId space, AccessRequest request, Func<Evaluation, Task<(T Found, Disclosure Leaving)>> find)
    {
        var access = grains.GetGrain<IAccessGrain>(space.Value);
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            if (!(await access.EvaluateAsync(request)).TryGet(out var evaluation, out var refusal))
                return refusal;
            var (found, leaving) = await find(evaluation);
            if (!(await access.DiscloseAsync(evaluation, leaving)).TryGet(out var permit, out var lost) && lost is not null)
                return lost;
            if (permit is not null)
                return (found, permit);
        }

        return FhirRefusals.SpaceContended;
    }

    /// <summary>
    /// The same for an id in a URL: refused, foreign, forged, hidden and absent are one answer, <c>not-found</c>. An id that leads to no space is
    /// asked of the caller's own log, so that it costs the same and leaves the miss there.
    /// </summary>
    internal async Task<Outcome<(T Found, DisclosePermit Permit)>> RunByIdAsync<T>(
        FhirStore store, FhirCall call, string id, AccessRequest request, Func<Evaluation, RecordId, Task<(T? Found, Disclosure Leaving)>> find)
        where T : class
    {
        var known = RecordId.TryParse(id).TryGet(out var recordId, out _);
        var space = await store.FindSpaceAsync(known ? recordId : default, call.Cancel) ?? await store.OwnLogAsync(call.Actor, call.Cancel);
        return Told(await RunAsync(space, request, evaluation => find(evaluation, recordId)));
    }

    /// <summary>Refused, foreign, forged, hidden and absent are one answer.</summary>
    private static Outcome<(T Found, DisclosePermit Permit)> Told<T>(Outcome<(T? Found, DisclosePermit Permit)> ran)
        where T : class
    {
        if (!ran.TryGet(out var disclosed, out var refusal))
            return refusal.Kind is RefusalKind.Forbidden or RefusalKind.Unknown ? FhirRefusals.NotFound : refusal;
        return disclosed.Found is { } found ? (found, disclosed.Permit) : FhirRefusals.NotFound;
    }

    /// <summary>
    /// The same for the present version of one id. The look-up that leads to the space brings the row, still sealed, and it is opened under the evaluation;
    /// after stale state it is read anew.
    /// </summary>
    internal async Task<Outcome<(StoredResource Found, DisclosePermit Permit)>> ReadByIdAsync(FhirStore store, FhirCall call, string type, string id, AccessRequest request)
    {
        var known = RecordId.TryParse(id).TryGet(out var recordId, out _);
        var row = await store.FindAsync(known ? recordId : default, call.Cancel);
        var space = row?.Space ?? await store.OwnLogAsync(call.Actor, call.Cancel);
        return Told(await RunAsync(space, request, async evaluation =>
        {
            var found = row is null ? await store.FindAsync(evaluation, type, recordId, call.Cancel) : await store.OpenAsync(evaluation, type, row, call.Cancel);
            row = null;
            return (found, found is null ? Disclosure.Nothing(type) : Leaving([found], found.Deleted ? 0 : 1, type));
        }));
    }

    /// <summary>What a line says of these resources: of one that follows others, the others (a Binary's documents).</summary>
    internal static Disclosure Leaving(IReadOnlyCollection<StoredResource> leaving, int total, string query) => new(
        [.. leaving.SelectMany(r => r.Header.Follows.Count > 0 ? r.Header.Follows.Select(f => f.Id) : [r.Id.ToString()]).Distinct()],
        total, query,
        [.. leaving.SelectMany(r => r.Header.Follows.Select(f => f.TypeCode).Append(r.Header.TypeCode)).Where(code => !string.IsNullOrEmpty(code)).Select(code => code!).Distinct()]);
}
