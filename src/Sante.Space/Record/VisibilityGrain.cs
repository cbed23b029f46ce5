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
}

public sealed partial class SpaceGrain : IVisibilityGrain
{
    private static readonly Refusal DocumentUnknown = new("not-found", RefusalKind.Unknown, "Document inconnu.");

    public async Task<Outcome<Acted>> ActAsync(VisibilityCommand command)
    {
        var isHere = RecordId.TryParse(command.DocumentId).TryGet(out var id, out _)
            && await ledger.Resources.FindSpaceAsync(SpaceIds.StoredId(id)) == Space;
        return await GovernAsync(command.By, (state, acting, now) =>
            isHere ? Visibilities.Decide(state.Visibility, command with { By = acting }, now) : DocumentUnknown);
    }
}
