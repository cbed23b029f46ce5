using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

public class EntourageTests
{
    [Fact]
    public void Representative_ComesFromTheRegistryOnly()
    {
        var life = Life.OpenNewborn();
        Assert.Equal("registry-only", life.Try(new EndRepresentative(Father.Identifier, Mother.AsDelegate())).Refusal?.Code);
        Assert.Equal("registry-only", life.Try(new DeclareRepresentative(Stranger.Identifier, "x", RepresentativeKind.Parent, Mother.AsDelegate())).Refusal?.Code);
        Assert.Equal("entourage-person-invalid", life.Try(new DeclareRepresentative(Doctor.Identifier, "x", RepresentativeKind.Parent, Registry)).Refusal?.Code);
        Assert.Empty(life.Try(new DeclareRepresentative(Mother.Identifier, "Jeanne Durand", RepresentativeKind.Parent, Registry)).Value);
        life.Do(new EndRepresentative(Father.Identifier, Registry));
        Assert.Equal(["Jeanne Durand"], life.State.RepresentativesAt(Now).Select(r => r.Name));
        Assert.Empty(life.Try(new EndRepresentative(Father.Identifier, Registry)).Value);
    }

    [Fact]
    public void Parents_AreOutOfOfficeAtMajority_EvenBeforeTheDueWorkRan_GuardiansStay()
    {
        var life = Life.OpenNewborn().Do(new DeclareRepresentative(Stranger.Identifier, "Une Autre", RepresentativeKind.Guardian, Registry));
        var majority = CivilDate.MajorityAt(BirthOn);
        Assert.Equal(3, life.State.RepresentativesAt(majority.AddTicks(-1)).Count);
        Assert.Equal(["Une Autre"], life.State.RepresentativesAt(majority).Select(r => r.Name));
    }

    [Fact]
    public void MedecinTraitant_IsOne_AndTheNewReplacesTheOld()
    {
        var life = Life.OpenNewborn().Do(new DeclareMedecinTraitant(Doctor.Grant(), Registry));
        Assert.Empty(life.Try(new DeclareMedecinTraitant(Doctor.Grant(), Registry)).Value);
        life.Do(new DeclareMedecinTraitant(Colleague.Grant(), Mother.AsDelegate()));
        Assert.True(life.State.Entourage.IsMedecinTraitant(Colleague));
        Assert.False(life.State.Entourage.IsMedecinTraitant(Doctor));
        life.Do(new EndMedecinTraitant(Mother.AsDelegate()));
        Assert.Empty(life.Try(new EndMedecinTraitant(Mother.AsDelegate())).Value);
        Assert.Equal("entourage-person-invalid", life.Try(new DeclareMedecinTraitant(Practice.Grant(), Registry)).Refusal?.Code);
    }

    [Fact]
    public void CareTeamAndTrustedPersons_AreAddedAndRemoved()
    {
        var life = Life.OpenNewborn()
            .Do(new AddCareTeamMember(Nurse.Grant(), "Infirmière", Registry))
            .Do(new NameTrustedPerson("Marie Durand", "06 00 00 00 00", Mother.AsDelegate()));
        Assert.Empty(life.Try(new AddCareTeamMember(Nurse.Grant(), "Infirmière", Registry)).Value);
        Assert.Empty(life.Try(new NameTrustedPerson("Marie Durand", "06 00 00 00 00", Mother.AsDelegate())).Value);
        Assert.Equal("entourage-person-invalid", life.Try(new AddCareTeamMember(App.Grant(), "x", Registry)).Refusal?.Code);
        Assert.Equal("entourage-person-invalid", life.Try(new NameTrustedPerson(" ", null, Mother)).Refusal?.Code);
        life.Do(new RemoveCareTeamMember(Nurse.Identifier, Mother.AsDelegate())).Do(new RemoveTrustedPerson("Marie Durand", Mother.AsDelegate()));
        Assert.Empty(life.State.Entourage.CareTeam);
        Assert.Empty(life.State.Entourage.TrustedPersons);
        Assert.Empty(life.Try(new RemoveCareTeamMember(Nurse.Identifier, Mother)).Value);
        Assert.Empty(life.Try(new RemoveTrustedPerson("Marie Durand", Mother)).Value);
    }
}

public class EmergencyTests
{
    private static readonly BreakGlass Break = new(Id(9), "inconscient", "rue des Lilas", Urgentist);

    [Theory]
    [InlineData("", "ici", "emergency-reason-missing")]
    [InlineData("  ", "ici", "emergency-reason-missing")]
    [InlineData("inconscient", "", "emergency-place-missing")]
    public void Break_WithoutReasonOrPlace_IsRefused(string reason, string place, string code) =>
        Assert.Equal(code, Life.OpenNewborn().Try(Break with { Reason = reason, Place = place }).Refusal?.Code);

    [Fact]
    public void Break_OverlongReason_IsRefused() =>
        Assert.Equal("emergency-reason-missing", Emergencies.Check(new string('x', Emergencies.TextLimit + 1), "ici")?.Code);

    [Fact]
    public void Break_LastsFourHours()
    {
        var life = Life.OpenNewborn().Do(Break);
        Assert.Equal(new DueWork(DueWork.EmergencyEnd, Now.AddHours(4), Id(9).ToString("N")), Assert.Single(SpaceEvents.DueOf(life.Events[^1])));
        Assert.NotNull(life.State.Emergency.ActiveOf(Urgentist.Identifier, Now.AddHours(4).AddTicks(-1)));
        Assert.Null(life.State.Emergency.ActiveOf(Urgentist.Identifier, Now.AddHours(4)));
    }

    [Fact]
    public void Break_TwiceAtOnce_KeepsTheFirstTerm_AndAgainAfterwardsIsAnother()
    {
        var life = Life.OpenNewborn().Do(Break);
        Assert.Empty(life.Try(Break with { EmergencyId = Id(10) }, Now.AddHours(3)).Value);
        Assert.Single(life.Try(Break with { EmergencyId = Id(10) }, Now.AddHours(4)).Value);
    }

    [Fact]
    public void Break_AgainstAPriorOpposition_IsRefusedWithThePublicCode()
    {
        var life = Life.OpenNewborn().Do(new SetEmergencyOpposition(true, false, Mother.AsDelegate()));
        Assert.Equal("access-not-authorised", life.Try(Break).Refusal?.Code);
        Assert.Empty(life.Try(new SetEmergencyOpposition(true, false, Mother.AsDelegate())).Value);
        life.Do(new SetEmergencyOpposition(false, false, Mother.AsDelegate())).Do(Break);
    }

    [Fact]
    public void Close_ByTheProfessionalOrTheHolderSide_Once_NotByAnother()
    {
        var life = Life.OpenNewborn().Do(Break);
        Assert.Equal("emergency-unknown", life.Try(new CloseEmergency(Id(9), Doctor)).Refusal?.Code);
        life.Do(new CloseEmergency(Id(9), Urgentist));
        Assert.Null(life.State.Emergency.ActiveOf(Urgentist.Identifier, Now));
        Assert.Empty(life.Try(new CloseEmergency(Id(9), Urgentist)).Value);
        Assert.Single(Life.OpenNewborn().Do(Break).Try(new CloseEmergency(Id(9), Mother.AsDelegate())).Value);
    }

    [Fact]
    public void Expire_NotesTheEndOnce_AndSparesALaterEmergency()
    {
        var life = Life.OpenNewborn().Do(Break);
        Assert.Empty(life.Try(new ExpireEmergency(Id(9), Actor.Platform), Now.AddHours(4).AddTicks(-1)).Value);
        life.Do(Break with { EmergencyId = Id(10) }, Now.AddHours(5));
        Assert.Empty(life.Try(new ExpireEmergency(Id(9), Actor.Platform), Now.AddHours(6)).Value);
        Assert.Single(life.Try(new ExpireEmergency(Id(10), Actor.Platform), Now.AddHours(9)).Value);
    }
}

public class VisibilityTests
{
    private const string Doc = "0001-doc";

    [Fact]
    public void HideThenShow_EachOnce()
    {
        var life = Life.OpenNewborn().Do(new HideDocument(Doc, Mother.AsDelegate()));
        Assert.Empty(life.Try(new HideDocument(Doc, Father.AsDelegate())).Value);
        life.Do(new ShowDocument(Doc, Father.AsDelegate()));
        Assert.Empty(life.Try(new ShowDocument(Doc, Mother.AsDelegate())).Value);
        Assert.False(life.State.Visibility.Of(Doc).HiddenFromProfessionals);
    }

    [Fact]
    public void Label_None_MakesNoEvent() => Assert.Empty(Life.OpenNewborn().Try(new LabelDocument(Doc, Labels.None, Hospital)).Value);

    [Fact]
    public void Label_MaskedAndInvisibleToThePatient_IsRefused_AtOnceOrOneAfterTheOther()
    {
        Assert.Equal("labels-incompatible", Life.OpenNewborn().Try(new LabelDocument(Doc, Labels.MasquePs | Labels.InvisiblePatient, Hospital)).Refusal?.Code);
        var life = Life.OpenNewborn().Do(new LabelDocument(Doc, Labels.InvisiblePatient, Hospital));
        Assert.Equal("labels-incompatible", life.Try(new LabelDocument(Doc, Labels.MasquePs, Hospital)).Refusal?.Code);
    }

    [Fact]
    public void InvisibleToThePatient_InvitesAfterTwoWeeksAndShowsAfterAMonth()
    {
        var life = Life.OpenNewborn().Do(new LabelDocument(Doc, Labels.InvisiblePatient, Hospital));
        // Fed on 10 June: invited as 25 June begins, shown as 11 July begins, in Paris.
        var invite = new DateTimeOffset(2026, 6, 24, 22, 0, 0, TimeSpan.Zero);
        var reveal = new DateTimeOffset(2026, 7, 10, 22, 0, 0, TimeSpan.Zero);
        Assert.Equal([new(DueWork.PatientInvitation, invite, Doc), new DueWork(DueWork.PatientReveal, reveal, Doc)], SpaceEvents.DueOf(life.Events[^1]));

        Assert.Empty(life.Try(new InvitePatientWhenDue(Doc, Actor.Platform), invite.AddTicks(-1)).Value);
        Assert.IsType<PatientInvited>(Assert.Single(life.Try(new InvitePatientWhenDue(Doc, Actor.Platform), invite).Value));
        Assert.Empty(life.Try(new InvitePatientWhenDue(Doc, Actor.Platform), invite).Value);

        Assert.True(life.State.Visibility.Of(Doc).IsHiddenFromPatientAt(reveal.AddTicks(-1)));
        Assert.False(life.State.Visibility.Of(Doc).IsHiddenFromPatientAt(reveal));
        Assert.Empty(life.Try(new RevealToPatientWhenDue(Doc, Actor.Platform), reveal.AddTicks(-1)).Value);
        Assert.True(Assert.IsType<RevealedToPatient>(Assert.Single(life.Try(new RevealToPatientWhenDue(Doc, Actor.Platform), reveal).Value)).Automatic);
        Assert.Empty(life.Try(new RevealToPatientWhenDue(Doc, Actor.Platform), reveal).Value);
    }

    [Fact]
    public void RevealToPatient_ByAProfessional_EndsIt_AndItCannotBeHiddenAgain()
    {
        var life = Life.OpenNewborn().Do(new LabelDocument(Doc, Labels.InvisiblePatient, Hospital)).Do(new RevealToPatient(Doc, Doctor));
        Assert.False(life.State.Visibility.Of(Doc).IsHiddenFromPatientAt(Now));
        Assert.Equal("visibility-irreversible", life.Try(new LabelDocument(Doc, Labels.InvisiblePatient, Hospital)).Refusal?.Code);
    }

    [Fact]
    public void RevealToRepresentatives_CannotBeTakenBack()
    {
        var life = Life.OpenNewborn().Do(new LabelDocument(Doc, Labels.InvisibleRepresentantsLegaux, Hospital)).Do(new RevealToRepresentatives(Doc, Holder));
        Assert.Empty(life.Try(new RevealToRepresentatives(Doc, Holder)).Value);
        Assert.Equal("visibility-irreversible", life.Try(new LabelDocument(Doc, Labels.InvisibleRepresentantsLegaux, Hospital)).Refusal?.Code);
    }

    [Fact]
    public void Reveal_ByAParent_OfWhatIsHiddenFromParents_IsUnknown()
    {
        var life = Life.OpenNewborn().Do(new LabelDocument(Doc, Labels.InvisibleRepresentantsLegaux | Labels.InvisiblePatient, Hospital));
        Assert.Equal("not-found", life.Try(new RevealToRepresentatives(Doc, Mother.AsDelegate())).Refusal?.Code);
        Assert.Equal("not-found", life.Try(new RevealToPatient(Doc, Holder)).Refusal?.Code);
        life.Do(new RevealToPatient(Doc, Doctor)).Do(new RevealToRepresentatives(Doc, Holder));
        Assert.False(life.State.Visibility.Of(Doc).HiddenFromRepresentatives);
    }

    [Fact]
    public void Hide_ADocumentThatOneDoesNotSee_IsUnknown()
    {
        var life = Life.OpenNewborn().Do(new LabelDocument(Doc, Labels.InvisibleRepresentantsLegaux, Hospital));
        Assert.Equal("not-found", life.Try(new HideDocument(Doc, Mother.AsDelegate())).Refusal?.Code);
        life.Do(new HideDocument(Doc, Holder));
        var other = Life.OpenNewborn().Do(new LabelDocument(Doc, Labels.InvisiblePatient, Hospital));
        Assert.Equal("not-found", other.Try(new HideDocument(Doc, Holder)).Refusal?.Code);
    }
}

public class PairingTests
{
    private static readonly Pair Scale = new(Id(7), App.Grant(), "urn:oid:1.2.250.1.999.1", "user-42", Categories.None, Categories.Measures, Mother.AsDelegate());

    [Fact]
    public void Pair_TwiceTheSame_ChangesNothing_OtherCategoriesReplace()
    {
        var life = Life.OpenNewborn().Do(Scale);
        Assert.Empty(life.Try(Scale with { PairingId = Id(8) }).Value);
        var again = Assert.IsType<Paired>(Assert.Single(life.Try(Scale with { PairingId = Id(8), Read = Categories.Measures }).Value));
        Assert.Equal(Id(7), again.PairingId);
    }

    [Fact]
    public void Pair_AnotherUserOfTheSameEditor_IsRefused() =>
        Assert.Equal("pairing-exists", Life.OpenNewborn().Do(Scale).Try(Scale with { IdPe = "user-43" }).Refusal?.Code);

    [Fact]
    public void Pair_Wrong_IsRefused()
    {
        var life = Life.OpenNewborn();
        Assert.Equal("pairing-invalid", life.Try(Scale with { Editor = Doctor.Grant() }).Refusal?.Code);
        Assert.Equal("pairing-invalid", life.Try(Scale with { IdPe = "" }).Refusal?.Code);
        Assert.Equal("pairing-invalid", life.Try(Scale with { IdPe = new string('x', 129) }).Refusal?.Code);
        Assert.Equal("pairing-invalid", life.Try(Scale with { IdPeSystem = "https://editor" }).Refusal?.Code);
        Assert.Equal("pairing-empty", life.Try(Scale with { Write = Categories.None }).Refusal?.Code);
    }

    [Fact]
    public void End_CutsTheTieOnce_AndAnotherUserMayThenBePaired()
    {
        var life = Life.OpenNewborn().Do(Scale).Do(new EndPairing(App.Identifier, Father.AsDelegate()));
        Assert.Empty(life.Try(new EndPairing(App.Identifier, Mother.AsDelegate())).Value);
        life.Do(Scale with { IdPe = "user-43", PairingId = Id(8) });
        Assert.Equal("user-43", life.State.Pairing.Of(App.Identifier)!.IdPe);
    }
}
