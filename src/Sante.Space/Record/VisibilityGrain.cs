using Orleans;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>Who sees a document. The document is never altered.</summary>
public interface IVisibilityGrain : IGrainWithGuidKey
{
    /// <summary>
    /// The holder's side hides or shows a document of this space. Refusals: <c>not-found</c> (no such document here, or not visible to it), those of the
    /// access decision.
    /// </summary>
    Task<Outcome<Acted>> ActAsync(VisibilityCommand command);

    /// <summary>
    /// A professional who may read the document has told the patient, or shows it to a minor's representatives (CSP R1111-53). Refusals: <c>not-found</c>
    /// (also for a document hidden from him), those of the access decision.
    /// </summary>
    Task<Outcome<Acted>> RevealAsync(VisibilityCommand command);
}

public sealed partial class SpaceGrain : IVisibilityGrain
{
    public async Task<Outcome<Acted>> RevealAsync(VisibilityCommand command)
    {
        var request = new AccessRequest(command.By, AccessAction.Read, AccessMode.Normal, Categories.Documents, Purposes.Care, default, [], false);
        if (!(await EvaluateAsync(request)).TryGet(out var evaluation, out var refused))
            return refused;
        // Nobody reveals what he may not read himself, be it for its type: shown to the representatives is shown for ever.
        var isRead = command is RevealToPatient or RevealToRepresentatives && RecordId.TryParse(command.DocumentId).TryGet(out var id, out _)
            && await new FhirStore(ledger).ReadAsync(evaluation, "DocumentReference", id) is not null;
        return await HandleAsync(request, (state, acting, now) => isRead && IsSeenBy(state, command, acting)
            ? Visibilities.Decide(state.Visibility, command with { By = acting }, now)
            : DocumentRefusals.Unknown);
    }

    /// <summary>What is hidden from professionals is revealed by none, the médecin traitant excepted.</summary>
    private static bool IsSeenBy(AccessState state, VisibilityCommand command, Actor acting) =>
        acting.Kind == ActorKind.Professional
        && (!state.Visibility.Of(command.DocumentId).HiddenFromProfessionals || state.Entourage.IsMedecinTraitant(acting));

    private async Task<bool> IsHereAsync(string documentId) =>
        RecordId.TryParse(documentId).TryGet(out var id, out _) && await ledger.Resources.FindSpaceAsync(SpaceIds.StoredId(id)) == Space;

    public async Task<Outcome<Acted>> ActAsync(VisibilityCommand command)
    {
        var isHere = await IsHereAsync(command.DocumentId);
        return await GovernAsync(command.By, (state, acting, now) =>
            isHere ? Visibilities.Decide(state.Visibility, command with { By = acting }, now) : DocumentRefusals.Unknown);
    }
}
