using System.Buffers;
using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Check;
using Sante.Kernel;
using Sante.Space.Workbench;

namespace Sante.Space.FhirApi;

/// <summary>
/// <c>$validate</c> (http://hl7.org/fhir/R4/resource-operation-validate.html) and <c>$meta</c>, <c>$meta-add</c>, <c>$meta-delete</c>
/// (http://hl7.org/fhir/R4/resource-operation-meta.html) on <c>/fhir</c>.
/// </summary>
internal static class Operations
{
    private static readonly HashSet<string> Unvalidated = ["Appointment"];

    /// <summary>Of a body: nothing of the store is looked at. The answer is 200 with every finding.</summary>
    public static async Task<IResult> ValidateAsync(string type, string? id, HttpContext context, FhirStore store, Disclosures disclosures)
    {
        if (!FhirCall.Of(context).TryGet(out var call, out var refusal))
            return FhirProblem.Of(refusal);
        if (RecordTypes.Find(type) is null)
            return FhirProblem.Of(FhirRefusals.TypeNotHeld);
        var (input, unread) = await OperationInput.ReadAsync(context, QueryText.Read(context.Request.QueryString.Value));
        if (input is null)
            return unread!;
        if (input.Unless("resource", "mode", "profile") is not null || InteractionOf(input.Text("mode")) is not { } interaction)
            return FhirProblem.Of(OperationInput.Wrong);
        if ((input.Resource("resource") ?? input.Direct) is { } body)
            return body.Type == type ? FhirProblem.Of(StatusCodes.Status200OK, Findings(body, input, interaction)) : FhirProblem.Of(FhirRefusals.TypeDiffers);
        return id is null || Unvalidated.Contains(type) ? FhirProblem.Of(OperationInput.Wrong) : await StoredAsync(call, type, id, store, disclosures,
            resource => OperationOutcomes.Write(Findings(resource, input, interaction)));
    }

    public static Task<IResult> ValidateTypeAsync(string type, HttpContext context, FhirStore store, Disclosures disclosures) =>
        ValidateAsync(type, null, context, store, disclosures);

    public static Task<IResult> MetaAsync(string type, string id, HttpContext context, FhirStore store, Disclosures disclosures) =>
        FhirCall.For(context, type, "read", 'r').TryGet(out var asked, out var refusal)
            ? StoredAsync(asked.Call, type, id, store, disclosures, MetaOf)
            : Task.FromResult(FhirProblem.Of(refusal));

    public static Task<IResult> MetaAddAsync(string type, string id, HttpContext context, Amending amending) => ChangeMetaAsync(type, id, true, context, amending);

    public static Task<IResult> MetaDeleteAsync(string type, string id, HttpContext context, Amending amending) => ChangeMetaAsync(type, id, false, context, amending);

    /// <summary>A change of meta is an update of what the caller itself fed.</summary>
    private static async Task<IResult> ChangeMetaAsync(string type, string id, bool isAdding, HttpContext context, Amending amending)
    {
        if (!FhirCall.For(context, type, "patch", 'u').TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        var (input, unread) = await OperationInput.ReadAsync(context, QueryText.Read(context.Request.QueryString.Value));
        if (input is null)
            return unread!;
        if (input.Unless("meta") is not null || input.Node("meta") is not { Kind: FhirNodeKind.Map } change)
            return FhirProblem.Of(OperationInput.Wrong);
        var stored = await amending.AmendAsync(asked.Call, asked.Type, id, null, FhirRefusals.OnlyOwn, present => MetaOperations.Changed(Parsed(present.Stamped()), change, isAdding));
        if (!stored.TryGet(out var version, out var told))
            return FhirProblem.Of(told);
        return new FhirReceipt(asked.Call.BaseUrl, StatusCodes.Status200OK, type, id, version.Version, version.At, [])
        {
            Disclosed = await amending.ShowAsync(asked.Call, asked.Type, version, found => MetaOf(Parsed(found.Stamped()))),
        };
    }

    private static async Task<IResult> StoredAsync(
        FhirCall call, string type, string id, FhirStore store, Disclosures disclosures, Func<FhirResource, byte[]> answer)
    {
        if (RecordTypes.Find(type) is not { } held || !held.Allows("read"))
            return FhirProblem.Of(FhirRefusals.InteractionNotSupported);
        if (!call.Holder.Scopes.Allows(type, 'r'))
            return FhirProblem.Of(FhirRefusals.ScopeInsufficient);
        var ran = await disclosures.RunByIdAsync(store, call, id, call.Ask(AccessAction.Read, held.Category), async (evaluation, recordId) =>
        {
            var found = await store.FindAsync(evaluation, type, recordId, call.Cancel);
            return (found, found is null ? Disclosure.Nothing(type) : Disclosures.Leaving([found], found.Deleted ? 0 : 1, type));
        });
        return !ran.TryGet(out var disclosed, out var told) ? FhirProblem.Of(told)
            : disclosed.Found.Deleted ? FhirProblem.Of(FhirRefusals.Gone)
            : FhirAnswer.Of(call, store, disclosed.Permit, answer(Parsed(disclosed.Found.Stamped())));
    }

    private static byte[] MetaOf(FhirResource resource)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write("""{"resourceType":"Parameters","parameter":[{"name":"return","valueMeta":"""u8);
        output.Write(resource.Root["meta"u8].RawUtf8.Span);
        output.Write("}]}"u8);
        return output.WrittenSpan.ToArray();
    }

    private static IReadOnlyList<FhirIssue> Findings(FhirResource resource, OperationInput input, FhirInteraction interaction) => FhirCheck.Check(resource, new FhirCheckOptions
    {
        Interaction = interaction,
        Profiles = input.Text("profile") is { Length: > 0 } profile ? [profile] : [],
        Limits = FhirBody.Limits,
        Depth = FhirCheckDepth.Full,
    });

    private static FhirInteraction? InteractionOf(string? mode) => mode switch
    {
        null or "profile" => FhirInteraction.Validate,
        "create" => FhirInteraction.Create,
        "update" => FhirInteraction.Update,
        "delete" => FhirInteraction.Delete,
        _ => null,
    };

    private static FhirResource Parsed(ReadOnlyMemory<byte> bytes) => FhirJson.Parse(bytes).Resource ?? throw new InvalidDataException("A stored resource cannot be parsed.");
}
