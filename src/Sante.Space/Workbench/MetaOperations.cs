using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>$meta</c>, <c>$meta-add</c>, <c>$meta-delete</c> of one resource (http://hl7.org/fhir/R4/resource-operation-meta.html): profiles, tags and security labels.
/// A change is a version like any other: what a version said is never changed afterwards.
/// </summary>
internal static class MetaOperations
{
    private static readonly string[] Lists = ["profile", "security", "tag"];

    public static async ValueTask<Outcome<Reading>> FindAsync(WorkbenchCall call, string type, string id) =>
        (await Read.FindAsync(call, type, id)).TryGet(out var reading, out var refusal) ? Meta(reading) : refusal;

    public static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context)
    {
        var (type, id) = ((string)context.Request.RouteValues["type"]!, (string)context.Request.RouteValues["id"]!);
        if ((call.MayNot(type, 'u') ?? (type == "AuditEvent" ? HttpRefusals.AuditIsOurs : null)) is { } refused)
            return FhirProblem.Of(refused);
        if (!WorkbenchCall.IsId(id))
            return FhirProblem.Of(WorkbenchRefusals.ResourceUnknown);
        var (input, unread) = await OperationInput.ReadAsync(context, QueryText.Read(context.Request.QueryString.Value));
        if (input is null)
            return unread!;
        if (input.Unless("meta") is { } unknown || input.Node("meta") is not { Kind: FhirNodeKind.Map } change)
            return FhirProblem.Of(OperationInput.Wrong);
        var isAdding = context.Request.Path.Value!.EndsWith("$meta-add", StringComparison.Ordinal);
        var write = new WorkbenchPatch(type, id, present => Changed(present, change, isAdding));
        var answer = await call.Store.WriteAsync(call.Server, call.Actor, [write], call.Cancel);
        if (answer.Refused is { } not)
            return FhirProblem.Of(not.Refusal);
        return ReadingAnswer.Of(call, Meta(Reading.Of(answer.Written[0].Resource!, answer.Permit!)));
    }

    /// <summary>Parameters with the meta of a resource as served.</summary>
    private static Reading Meta(Reading reading)
    {
        using (reading)
        {
            var resource = FhirJson.Parse(reading.Body.ToArray()).Resource ?? throw new InvalidDataException("A stored resource cannot be parsed.");
            var output = new ArrayBufferWriter<byte>();
            output.Write("""{"resourceType":"Parameters","parameter":[{"name":"return","valueMeta":"""u8);
            output.Write(resource.Root["meta"u8].RawUtf8.Span);
            output.Write("}]}"u8);
            return Reading.Of(reading.Permit, output.WrittenSpan);
        }
    }

    /// <summary>The resource with the lists of its meta changed; every other byte stays. The result is checked as an update's.</summary>
    internal static Outcome<FhirResource> Changed(FhirResource present, FhirNode change, bool isAdding)
    {
        var meta = present.Root["meta"u8];
        var changed = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(changed))
            Write(writer, meta, change, isAdding);
        return PatchBody.Checked(FhirJson.Parse(FhirSplice.ReplaceValue(present, meta, Encoding.UTF8.GetString(changed.WrittenSpan)), FhirBody.Limits));
    }

    private static void Write(Utf8JsonWriter writer, FhirNode meta, FhirNode change, bool isAdding)
    {
        writer.WriteStartObject();
        foreach (var member in meta.Members)
        {
            if (Lists.Contains(member.Name))
                continue;
            writer.WritePropertyName(member.NameUtf8);
            writer.WriteRawValue(member.RawUtf8.Span, skipInputValidation: true);
        }

        foreach (var list in Lists)
        {
            var items = Merged(meta[list].Items.ToList(), change[list].Items.ToList(), isAdding);
            if (items.Count == 0)
                continue;
            writer.WriteStartArray(list);
            foreach (var item in items)
                writer.WriteRawValue(item.RawUtf8.Span, skipInputValidation: true);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static List<FhirNode> Merged(List<FhirNode> present, List<FhirNode> change, bool isAdding)
    {
        var named = (isAdding ? present : change).Select(KeyOf).ToHashSet();
        return isAdding ? [.. present, .. change.Where(one => !named.Contains(KeyOf(one)))] : present.FindAll(item => !named.Contains(KeyOf(item)));
    }

    /// <summary>A profile is known by its address, a coding by system and code.</summary>
    private static (bool IsText, string? Of, string? Code) KeyOf(FhirNode item) => item.Kind == FhirNodeKind.Text
        ? (true, item.Text, null)
        : (false, item["system"u8].Text, item["code"u8].Text);
}
