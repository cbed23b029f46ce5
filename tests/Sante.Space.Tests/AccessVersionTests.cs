using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

/// <summary>House §1, "What raises the access version": one named test per item that is a fact of the space. (The destroyed key: <see cref="Api.ErasureTests"/>; facts outside the space: <see cref="WorldFactsTests"/>.)</summary>
public class AccessVersionTests
{
    private static void Raises(params SpaceEvent[] events) => Assert.All(events, e => Assert.True(SpaceEvents.RaisesAccessVersion(e)));

    private static void RaisesAll<TEvent>(params Type[] but) =>
        Raises([.. EventSamples.All.Where(e => e is TEvent && !but.Contains(e.GetType()))]);

    [Fact]
    public void Consent_RaisesTheAccessVersion() =>
        Raises(EventSamples.Of(nameof(ConsentGranted)), EventSamples.Of(nameof(ConsentNarrowed)), EventSamples.Of(nameof(ConsentRevoked)), EventSamples.Of(nameof(ConsentExpired)));

    [Fact]
    public void Block_RaisesTheAccessVersion() => Raises(EventSamples.Of(nameof(ActorBlocked)), EventSamples.Of(nameof(ActorUnblocked)));

    [Fact]
    public void HideOrShow_RaisesTheAccessVersion() => RaisesAll<VisibilityEvent>(typeof(PatientInvited));

    [Fact]
    public void RestrictiveLabelOnFeeding_RaisesTheAccessVersion() =>
        Assert.All([Labels.MasquePs, Labels.InvisiblePatient, Labels.InvisibleRepresentantsLegaux],
            label => Raises([.. Life.OpenNewborn().Try(new LabelDocument("0001-doc", label, Hospital)).Value]));

    [Fact]
    public void FeedingWithoutRestriction_MakesNoFactAtAll() =>
        Assert.Empty(Life.OpenNewborn().Try(new LabelDocument("0001-doc", Labels.None, Hospital)).Value);

    [Fact]
    public void EntourageAndDelegation_RaiseTheAccessVersion() =>
        RaisesAll<EntourageEvent>(typeof(TrustedPersonNamed), typeof(TrustedPersonRemoved));

    [Fact]
    public void EmergencyBegunOrEnded_RaisesTheAccessVersion() => RaisesAll<EmergencyEvent>();

    [Fact]
    public void AccountState_RaisesTheAccessVersion() => RaisesAll<AccountEvent>(typeof(OpeningLetterSent));

    [Fact]
    public void Pairing_RaisesTheAccessVersion() => RaisesAll<PairingEvent>();

    [Fact]
    public void WhatOnlyInforms_DoesNotRaiseTheAccessVersion() =>
        Assert.Equal(
            ["AppointmentPushed", "AppointmentStatusChanged", "OpeningLetterSent", "PatientInvited", "TrustedPersonNamed", "TrustedPersonRemoved"],
            EventSamples.All.Where(e => !SpaceEvents.RaisesAccessVersion(e)).Select(e => e.GetType().Name).Order(StringComparer.Ordinal));

    /// <summary>The reason for the list: whatever does not raise the version changes no decision.</summary>
    [Fact]
    public void WhatDoesNotRaiseTheVersion_ChangesNoDecision()
    {
        var life = Life.OpenNewborn().LetIn(Doctor.Grant()).Do(new LabelDocument("0001-doc", Labels.InvisiblePatient, Hospital));
        Actor[] actors = [Holder, Mother, Doctor, Nurse, Hospital, App, Stranger];
        foreach (var informs in EventSamples.All.Where(e => !SpaceEvents.RaisesAccessVersion(e) && e is not OpeningLetterSent))
        {
            var after = SpaceState.Evolve(new SpaceState(life.State), informs).Access;
            foreach (var actor in actors)
            {
                var request = new AccessRequest(actor, AccessAction.Read, AccessMode.Normal, Categories.Documents, Purposes.Care, Now, [], false);
                var (before, now) = (Access.Decide(life.State, request), Access.Decide(after, request));
                Assert.Equal((before.Rule, before.Until), (now.Rule, now.Until));
                Assert.Equal(before.Filter.HiddenIds, now.Filter.HiddenIds);
            }
        }
    }
}
