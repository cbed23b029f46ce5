using Orleans;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>Due work of this space, as ordinary commands of the platform: late, early or repeated, they change nothing that does not hold.</summary>
public interface IDueGrain : IGrainWithGuidKey
{
    /// <summary>Does one piece of work. A refusal other than lost infrastructure means that there is nothing left to do.</summary>
    Task<Outcome<Acted>> RunAsync(DueWork work);
}

public sealed partial class SpaceGrain : IDueGrain
{
    public Task<Outcome<Acted>> RunAsync(DueWork work) => GovernAsync(Actor.Platform, (state, by, now) => work.Kind switch
    {
        DueWork.Opening => Accounts.Decide(state.Account, new OpenWhenDue(by), now),
        DueWork.Majority => Accounts.Decide(state.Account, new ReachMajority(by), now),
        DueWork.ConsentEnd => Consents.Decide(state.Consent, new ExpireConsent(Guid.Parse(work.Key), by), now),
        DueWork.EmergencyEnd => Emergencies.Decide(state.Emergency, new ExpireEmergency(Guid.Parse(work.Key), by), now),
        DueWork.PatientInvitation => Visibilities.Decide(state.Visibility, new InvitePatientWhenDue(work.Key, by), now),
        DueWork.PatientReveal => Visibilities.Decide(state.Visibility, new RevealToPatientWhenDue(work.Key, by), now),
        _ => throw new ArgumentOutOfRangeException(nameof(work), work.Kind, null),
    });
}
