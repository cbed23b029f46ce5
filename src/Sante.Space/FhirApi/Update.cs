using Microsoft.AspNetCore.Http;
using Orleans;
using Sante.Fhir;
using Sante.Fhir.Check;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>PUT [base]/[type]/[id]</c> (http://hl7.org/fhir/R4/http.html#update): a new version of what the caller itself fed. An id that leads to nothing of its
/// own is 405 <c>client-ids-not-accepted</c>, whatever it leads to. <c>If-Match</c> says which version was read; without it the present one is meant.
/// </summary>
internal sealed class Update(FhirStore store, CitizenNames citizens, IGrainFactory grains)
{
    public static async Task<IResult> HandleAsync(string type, string id, HttpContext context, Update update)
    {
        if (!FhirCall.For(context, type, "update", 'u').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        if (!Preconditions.IfMatch(context.Request).TryGet(out var expected, out var unmatched))
            return FhirProblem.Of(unmatched);
        var (resource, unread) = await FhirBody.ReadAsync(context);
        if (resource is null)
            return unread!;
        if (resource.Type != type)
            return FhirProblem.Of(FhirRefusals.TypeDiffers);
        if (resource.Id != id)
            return FhirProblem.Of(FhirRefusals.IdDiffers);
        if (FhirBody.Check(resource, FhirInteraction.Update, [], out var remarks) is { } wrong)
            return wrong;
        var stored = await update.StoreAsync(asked.Call, asked.Type, id, resource, expected);
        return stored.TryGet(out var version, out var told)
            ? new FhirReceipt(asked.Call.BaseUrl, StatusCodes.Status200OK, type, id, version.Number, version.At, remarks) { Sent = resource }
            : FhirProblem.Of(told);
    }

    private async Task<Outcome<(RecordId Id, int Number, DateTimeOffset At)>> StoreAsync(FhirCall call, RecordType type, string id, FhirResource resource, int? expected)
    {
        var known = RecordId.TryParse(id).TryGet(out var recordId, out _);
        var space = await store.FindSpaceAsync(known ? recordId : default, call.Cancel) ?? await store.OwnLogAsync(call.Actor, call.Cancel);
        var access = grains.GetGrain<IAccessGrain>(space.Value);
        var request = call.Ask(AccessAction.Amend, type.Category);
        if (!(await access.EvaluateAsync(request)).TryGet(out var evaluation, out var refused))
            return refused.Kind == RefusalKind.Unavailable ? refused : FhirRefusals.ClientIds;
        var present = await store.ReadAsync(evaluation, type.Type, recordId, call.Cancel);
        if (present is null || (expected is not (null or Preconditions.AnyVersion) && expected != present.Version))
        {
            // That it is not there, or at another version, is told: so it is recorded first.
            var told = await access.DiscloseAsync(evaluation, present is null ? Disclosure.Nothing(type.Type) : Disclosures.Leaving([present], 1, type.Type));
            return told.Refusal ?? (present is null ? FhirRefusals.ClientIds : FhirRefusals.VersionConflict);
        }

        if (await ChangedAsync(present, resource, type, call, space) is { } changed)
            return changed;
        var labels = FhirContent.LabelsOf(resource);
        var deposit = new Deposit([FhirContent.Prepare(recordId, present.Version, resource, present.Header)], [id],
            labels == Labels.None ? new Dictionary<string, Labels>() : new Dictionary<string, Labels> { [id] = labels }, null, type.Type);
        return (await grains.GetGrain<IRecordGrain>(space.Value).DepositAsync(request, deposit)).TryGet(out var deposited, out var refusal)
            ? (recordId, present.Version + 1, deposited.At)
            : refusal;
    }

    /// <summary>What an update may not change: the citizen, the type of a document, its content.</summary>
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
