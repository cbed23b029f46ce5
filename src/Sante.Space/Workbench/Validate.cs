using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Check;
using Sante.Kernel;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>$validate</c> of a type or of a resource (http://hl7.org/fhir/R4/resource-operation-validate.html): the body itself or in Parameters, with
/// <c>mode</c> and <c>profile</c>; without a body the stored resource. The answer is 200 with every finding, whatever they are.
/// </summary>
internal static class Validate
{
    public static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context)
    {
        var (type, id) = ((string)context.Request.RouteValues["type"]!, (string?)context.Request.RouteValues["id"]);
        if (call.MayNot(type, 'r') is { } refused)
            return FhirProblem.Of(refused);
        var (input, unread) = await OperationInput.ReadAsync(context, QueryText.Read(context.Request.QueryString.Value));
        if (input is null)
            return unread!;
        // In Parameters the resource stands among them; as the body it is alone.
        if (input.Unless("resource", "mode", "profile") is { } unknown || Interaction(input.Text("mode")) is not { } interaction)
            return FhirProblem.Of(OperationInput.Wrong);
        if (input.Resource("resource") is { } inside)
            return Checked(inside, type, input, interaction);
        if (input.Direct is { } body)
            return Checked(body, type, input, interaction);
        return id is null ? FhirProblem.Of(OperationInput.Wrong) : await StoredAsync(call, type, id, input, interaction);
    }

    /// <summary>What a stored resource would be told: content too, so it leaves under the permit of its reading.</summary>
    private static async Task<IResult> StoredAsync(WorkbenchCall call, string type, string id, OperationInput input, FhirInteraction interaction)
    {
        if (!(await Read.FindAsync(call, type, id)).TryGet(out var reading, out var refusal))
            return FhirProblem.Of(refusal);
        using (reading)
        {
            var resource = FhirJson.Parse(reading.Body.ToArray()).Resource ?? throw new InvalidDataException("A stored resource cannot be parsed.");
            return ReadingAnswer.Of(call, Reading.Of(reading.Permit, Fhir.Bundles.OperationOutcomes.Write(Findings(resource, input, interaction))));
        }
    }

    private static IResult Checked(FhirResource resource, string type, OperationInput input, FhirInteraction interaction) =>
        resource.Type == type
            ? FhirProblem.Of(StatusCodes.Status200OK, Findings(resource, input, interaction))
            : FhirProblem.Of(FhirRefusals.TypeDiffers);

    private static IReadOnlyList<FhirIssue> Findings(FhirResource resource, OperationInput input, FhirInteraction interaction) => FhirCheck.Check(resource, new FhirCheckOptions
    {
        Interaction = interaction,
        Depth = FhirCheckDepth.Full,
        Profiles = input.Text("profile") is { Length: > 0 } profile ? [profile] : [],
        Limits = FhirBody.Limits,
    });

    private static FhirInteraction? Interaction(string? mode) => mode switch
    {
        null or "profile" => FhirInteraction.Validate,
        "create" => FhirInteraction.Create,
        "update" => FhirInteraction.Update,
        "delete" => FhirInteraction.Delete,
        _ => null,
    };
}
