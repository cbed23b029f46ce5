using Orleans;
using Sante.Fhir;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary>A version that was stored. That it was lets nothing of it out: see <see cref="Amending.ShowAsync"/>.</summary>
internal sealed record Amended(RecordId Id, int Version, DateTimeOffset At);

/// <summary>
/// New versions of what the caller itself fed: update, patch, change of meta, deletion. Each is decided, stored with its line, all or nothing. What is there,
/// or is not, is told only once it is recorded.
/// </summary>
internal sealed class Amending(FhirStore store, CitizenNames citizens, Disclosures disclosures, IGrainFactory grains)
{
    private const int MostAttempts = 5;

    /// <summary>
    /// Stores what <paramref name="next"/> makes of the present version. Refusals: <paramref name="notOwn"/> for whatever is not the caller's own and for what
    /// never was, <c>gone</c>, <c>version-conflict</c>, those of <paramref name="next"/>, of <see cref="CitizenNames"/> and of <see cref="IRecordGrain.DepositAsync"/>,
    /// <c>subject-fixed</c>, <c>document-type-fixed</c>, <c>attachment-changed</c>.
    /// </summary>
    public Task<Outcome<Amended>> AmendAsync(
        FhirCall call, RecordType type, string id, int? expected, Refusal notOwn, Func<StoredResource, Outcome<FhirResource>> next) =>
        AgainAsync(() => TryAmendAsync(call, type, id, expected, notOwn, next));

    private async Task<Outcome<Amended>> TryAmendAsync(
        FhirCall call, RecordType type, string id, int? expected, Refusal notOwn, Func<StoredResource, Outcome<FhirResource>> next)
    {
        var (known, space) = await LeadAsync(call, id);
        var access = grains.GetGrain<IAccessGrain>(space.Value);
        var request = call.Ask(AccessAction.Amend, type.Category);
        if (!(await access.EvaluateAsync(request)).TryGet(out var evaluation, out var refused))
            return refused.Kind == RefusalKind.Unavailable ? refused : notOwn;
        var found = await store.FindAsync(evaluation, type.Type, known, call.Cancel);
        if (Obstacle(found, expected, notOwn) is { } obstacle)
            return await TellAsync(access, evaluation, found, type, obstacle);
        if (!next(found!).TryGet(out var resource, out var unmade))
            return await TellAsync(access, evaluation, found, type, unmade);
        if (await ChangedAsync(found!, resource, type, call, space) is { } changed)
            return await TellAsync(access, evaluation, found, type, changed);
        var labels = FhirContent.LabelsOf(resource);
        var deposit = new Deposit([FhirContent.Prepare(known, found!.Version, resource, found.Header)], [id],
            labels == Labels.None ? new Dictionary<string, Labels>() : new Dictionary<string, Labels> { [id] = labels }, null, type.Type);
        return (await grains.GetGrain<IRecordGrain>(space.Value).DepositAsync(request, deposit)).TryGet(out var deposited, out var refusal)
            ? new Amended(known, found.Version + 1, deposited.At)
            : refusal;
    }

    /// <summary>
    /// Withdraws: a last version that says so, of a document also those of its contents that nothing else uses (record 0072). Null when it was withdrawn
    /// before. Refusals: <c>only-own-deposits</c>, <c>version-conflict</c>, those of <see cref="IRecordGrain.DepositAsync"/>.
    /// </summary>
    public Task<Outcome<Amended?>> DeleteAsync(FhirCall call, RecordType type, string id, int? expected) =>
        AgainAsync(() => TryDeleteAsync(call, type, id, expected));

    private async Task<Outcome<Amended?>> TryDeleteAsync(FhirCall call, RecordType type, string id, int? expected)
    {
        var (known, space) = await LeadAsync(call, id);
        var access = grains.GetGrain<IAccessGrain>(space.Value);
        var request = call.Ask(AccessAction.Delete, type.Category);
        if (!(await access.EvaluateAsync(request)).TryGet(out var evaluation, out var refused))
            return refused.Kind == RefusalKind.Unavailable ? refused : FhirRefusals.OnlyOwn;
        var found = await store.FindAsync(evaluation, type.Type, known, call.Cancel);
        var isOwn = found is not null && IsOwn(found, call.Actor);
        if (isOwn && found!.Deleted && expected is null)
            return await TellAsync(access, evaluation, found, type, FhirRefusals.Gone) is var told && told == FhirRefusals.Gone ? Outcome.Of<Amended?>(null) : told;
        if (Obstacle(isOwn ? found : null, expected, FhirRefusals.OnlyOwn) is { } obstacle)
            return await TellAsync(access, evaluation, found, type, obstacle);
        var withdrawn = await ContentsAsync(evaluation, found!, call);
        var deposit = new Deposit([FhirContent.Withdraw(known, found!), .. withdrawn.Select(content => FhirContent.Withdraw(content.Id, content))],
            Disclosures.Leaving([found!], 1, type.Type).Ids, new Dictionary<string, Labels>(), null, type.Type);
        return (await grains.GetGrain<IRecordGrain>(space.Value).DepositAsync(request, deposit)).TryGet(out var deposited, out var refusal)
            ? new Amended(known, found!.Version + 1, deposited.At)
            : refusal;
    }

    /// <summary>
    /// What a stored version shows, by a decision to read of its own and with its own line: who may write needs no authorisation, who is shown content
    /// does (records 0061, 0072). Null for who may not read it, when it was not asked for, and when it is no longer the present version: the
    /// version is stored all the same.
    /// </summary>
    public async Task<FhirAnswer?> ShowAsync(FhirCall call, RecordType type, Amended version, Func<StoredResource, byte[]> body)
    {
        if (!Prefer.Of(call.Context.Request).IsOfResource || !type.Allows("read") || !call.Holder.Scopes.Allows(type.Type, 'r'))
            return null;
        var read = await disclosures.ReadByIdAsync(store, call, type.Type, version.Id.ToString(), call.Ask(AccessAction.Read, type.Category));
        return read.TryGet(out var shown, out _) && !shown.Found.Deleted && shown.Found.Version == version.Version
            ? FhirAnswer.Of(call, store, shown.Permit, body(shown.Found))
            : null;
    }

    /// <summary>Whether the actor itself, or as a structure that structure, fed it: a colleague may correct, and does not withdraw.</summary>
    internal static bool IsOwn(StoredResource found, Actor actor) =>
        found.Header.Depositor == actor.Identifier || (actor.Kind == ActorKind.Structure && found.Header.Structure == actor.Identifier);

    /// <summary>Once more when the decision was on stale state: nothing was told then, and nothing stored.</summary>
    internal static async Task<Outcome<T>> AgainAsync<T>(Func<Task<Outcome<T>>> attempt)
    {
        for (var left = MostAttempts; ; left--)
        {
            var outcome = await attempt();
            if (left <= 1 || outcome.Refusal != FhirRefusals.SpaceContended)
                return outcome;
        }
    }

    private static Refusal? Obstacle(StoredResource? found, int? expected, Refusal notOwn) =>
        found is null ? notOwn
        : found.Deleted ? FhirRefusals.Gone
        : expected is not (null or Preconditions.AnyVersion) && expected != found.Version ? FhirRefusals.VersionConflict
        : null;

    /// <summary>Where an id leads; one that leads nowhere is asked of the caller's own log, so that it costs the same.</summary>
    private async Task<(RecordId Id, SpaceId Space)> LeadAsync(FhirCall call, string id)
    {
        var known = RecordId.TryParse(id).TryGet(out var recordId, out _) ? recordId : default;
        return (known, await store.FindSpaceAsync(known, call.Cancel) ?? await store.OwnLogAsync(call.Actor, call.Cancel));
    }

    /// <summary>That it is not there, at another version, or not as a patch expects, is told: so it is recorded first.</summary>
    private static async Task<Refusal> TellAsync(IAccessGrain access, Evaluation evaluation, StoredResource? found, RecordType type, Refusal refusal) =>
        (await access.DiscloseAsync(evaluation, found is null ? Disclosure.Nothing(type.Type) : Disclosures.Leaving([found], 1, type.Type))).TryGet(out var permit, out var lost)
            ? permit is null ? FhirRefusals.SpaceContended : refusal
            : lost ?? FhirRefusals.SpaceContended;

    /// <summary>The Binaries that the document names and that follow it alone.</summary>
    private async Task<IReadOnlyList<StoredResource>> ContentsAsync(Evaluation evaluation, StoredResource document, FhirCall call)
    {
        var contents = new List<StoredResource>();
        if (document.Header.Type != "DocumentReference")
            return contents;
        foreach (var url in Attachments(document.Parse()).Where(url => url?.StartsWith("Binary/", StringComparison.Ordinal) == true))
        {
            if (RecordId.TryParse(url!["Binary/".Length..]).TryGet(out var binary, out _)
                && await store.ReadAsync(evaluation, "Binary", binary, call.Cancel) is { } content
                && content.Header.Follows.All(followed => followed.Id == document.Id.ToString()))
                contents.Add(content);
        }

        return contents;
    }

    /// <summary>What a new version may not change: the citizen, the type of a document, its content.</summary>
    private async Task<Refusal?> ChangedAsync(StoredResource present, FhirResource resource, RecordType type, FhirCall call, SpaceId space)
    {
        if (!CitizenNames.InResource(resource, type, call, null).TryGet(out var names, out var unnamed))
            return unnamed;
        if (!(await citizens.FindOneSpaceAsync(names, call)).TryGet(out var named, out var unknown))
            return unknown;
        if (named != space)
            return FhirRefusals.SubjectFixed;
        if (type.Type != "DocumentReference")
            return null;
        return FhirContent.TypeCodeOf(resource) != present.Header.TypeCode ? FhirRefusals.DocumentTypeFixed
            : !Attachments(resource).SequenceEqual(Attachments(present.Parse())) ? FhirRefusals.AttachmentChanged
            : null;
    }

    private static IEnumerable<string?> Attachments(FhirResource document)
    {
        foreach (var content in document.Root["content"u8].Items.ToList())
            yield return content["attachment"u8]["data"u8].Exists ? null : content["attachment"u8]["url"u8].Text;
    }
}
