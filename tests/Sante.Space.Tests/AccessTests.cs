using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

public class AccessTests
{
    private const string Doc = "0001-doc";

    [Fact]
    public void Doctor_WithoutConsent_IsRefused_AndTheReasonIsForTheCitizen()
    {
        var decision = Life.OpenNewborn().Ask(Doctor);
        Assert.Equal(("acc-no-consent", "access-not-authorised", "Vous ne l'avez pas autorisé."), (decision.Rule, decision.Public?.Code, decision.Reason));
        Assert.False(decision.Filter.Shows(Doc, Doctor.Identifier == Nurse.Identifier ? Doctor.Identifier : Hospital.Identifier, null));
    }

    [Fact]
    public void Doctor_LetIn_ReadsUntilTheLastDay_UnderThatConsent()
    {
        var life = Life.OpenNewborn().LetIn(Doctor.Grant(), until: new(2026, 6, 30));
        var decision = life.Ask(Doctor);
        Assert.Equal("acc-consent", decision.Rule);
        Assert.Equal(new(2026, 6, 30, 22, 0, 0, TimeSpan.Zero), decision.Until);
        Assert.Equal(life.State.Consent.Of(Doctor.Identifier)!.Id, decision.Consent!.Id);
        Assert.Equal("Jeanne Durand", decision.Consent.GrantedBy);
        Assert.Equal("acc-consent-expired", life.Ask(Doctor, at: decision.Until).Rule);
    }

    [Theory]
    [InlineData(Categories.Booklet, Purposes.Care, "acc-consent-scope")]
    [InlineData(Categories.Documents | Categories.Messages, Purposes.Care, "acc-consent-scope")]
    [InlineData(Categories.None, Purposes.Care, "acc-consent-scope")]
    [InlineData(Categories.Documents, Purposes.Prevention, "acc-consent-purpose")]
    [InlineData(Categories.Documents, Purposes.None, "acc-consent-purpose")]
    [InlineData(Categories.Documents, Purposes.Care | Purposes.Prevention, "acc-consent-purpose")]
    public void Consent_CoversOnlyWhatItNames(Categories categories, Purposes purpose, string rule) =>
        Assert.Equal(rule, Life.OpenNewborn().LetIn(Doctor.Grant()).Ask(Doctor, categories: categories, purpose: purpose).Rule);

    [Fact]
    public void Consent_ThatBeginsLater_DoesNotOpenYet()
    {
        var life = Life.OpenNewborn().Do(new GrantConsent(Id(1), Doctor.Grant(), Categories.Documents, Categories.None, Purposes.Care, new(2026, 7, 1), null, Mother.AsDelegate()));
        Assert.Equal("acc-consent-not-yet", life.Ask(Doctor).Rule);
        Assert.Equal("acc-consent", life.Ask(Doctor, at: new(2026, 6, 30, 22, 0, 0, TimeSpan.Zero)).Rule);
    }

    [Fact]
    public void ConsentToAStructure_LetsInWhoActsThere_AndNobodyElse()
    {
        var life = Life.OpenNewborn().LetIn(Practice.Grant());
        Assert.Equal("acc-consent", life.Ask(Doctor).Rule);
        Assert.Equal("acc-no-consent", life.Ask(Doctor with { Structure = HospitalPlace }).Rule);
        life.Do(new BlockActor(Colleague.Grant(), Father.AsDelegate()));
        Assert.Equal("acc-blocked", life.Ask(Colleague).Rule);
        Assert.True(life.Ask(Doctor).Allowed);
    }

    [Fact]
    public void BlockOfAStructure_RefusesEvenWhoHasAPersonalConsent_WhileHeActsThere()
    {
        var life = Life.OpenNewborn().LetIn(Doctor.Grant()).Do(new BlockActor(Practice.Grant(), Mother.AsDelegate()));
        Assert.Equal("acc-blocked", life.Ask(Doctor).Rule);
        Assert.True(life.Ask(Doctor with { Structure = HospitalPlace }).Allowed);
    }

    [Fact]
    public void RevokeOfThePerson_BitesInSpiteOfAConsentToTheStructure()
    {
        var life = Life.OpenNewborn().LetIn(Practice.Grant()).LetIn(Doctor.Grant()).Do(new RevokeConsent(Doctor.Grant(), Mother.AsDelegate()));
        Assert.Equal("acc-consent-revoked", life.Ask(Doctor).Rule);
        Assert.True(life.Ask(Colleague).Allowed);
    }

    [Fact]
    public void Revocation_RecordedAfterAnAddition_Bites_ThoughTheClockOfItsHostIsBehind()
    {
        var life = Life.OpenNewborn()
            .Do(new AddCareTeamMember(People.Doctor.Grant(), "médecin", People.Mother.AsDelegate()), People.Now)
            .Do(new DeclareMedecinTraitant(People.Colleague.Grant(), People.Mother.AsDelegate()), People.Now);
        Assert.True(life.Ask(People.Doctor).Allowed && life.Ask(People.Colleague).Allowed);

        var late = People.Now.AddMilliseconds(-200);
        life.Do(new RevokeConsent(People.Doctor.Grant(), People.Mother.AsDelegate()), late).Do(new RevokeConsent(People.Colleague.Grant(), People.Mother.AsDelegate()), late);

        Assert.False(life.Ask(People.Doctor).Allowed || life.Ask(People.Colleague).Allowed);
    }

    [Fact]
    public void ExpiredPersonalConsent_GivesWayToALaterConsentToTheStructure()
    {
        var life = Life.OpenNewborn().LetIn(Doctor.Grant(), until: new(2026, 6, 30)).LetIn(Practice.Grant(), at: Now.AddDays(1));
        Assert.Equal("acc-consent", life.Ask(Doctor, at: Now.AddDays(40)).Rule);
    }

    [Fact]
    public void CareTeam_IsDeemedAuthorised_UntilTheHolderSideObjects_AndAfterItsOwnLaterAddition()
    {
        var life = Life.OpenNewborn().Do(new AddCareTeamMember(Doctor.Grant(), "Généraliste", Registry));
        Assert.Equal("acc-care-team", life.Ask(Doctor).Rule);
        Assert.Equal("acc-no-consent", life.Ask(Doctor, categories: Categories.Messages).Rule);
        life.Do(new RevokeConsent(Doctor.Grant(), Mother.AsDelegate()), Now.AddMinutes(1));
        Assert.Equal("acc-consent-revoked", life.Ask(Doctor, at: Now.AddMinutes(1)).Rule);
        life.Do(new AddCareTeamMember(Doctor.Grant(), "Pédiatre", Registry), Now.AddMinutes(2));
        Assert.Equal("acc-consent-revoked", life.Ask(Doctor, at: Now.AddMinutes(2)).Rule);
        life.Do(new AddCareTeamMember(Doctor.Grant(), "Pédiatre", Father.AsDelegate()), Now.AddMinutes(3));
        Assert.Equal("acc-care-team", life.Ask(Doctor, at: Now.AddMinutes(3)).Rule);
        life.Do(new RevokeConsent(Doctor.Grant(), Mother.AsDelegate()), Now.AddMinutes(4));
        Assert.Equal("acc-consent-revoked", life.Ask(Doctor, at: Now.AddMinutes(4)).Rule);
    }

    [Fact]
    public void StructureOfTheCareTeam_LetsInWhoActsThere()
    {
        var life = Life.OpenNewborn().Do(new AddCareTeamMember(Practice.Grant(), "Maison de santé", Mother.AsDelegate()));
        Assert.Equal("acc-care-team", life.Ask(Doctor).Rule);
        life.Do(new RevokeConsent(Practice.Grant(), Mother.AsDelegate()), Now.AddMinutes(1));
        Assert.Equal("acc-consent-revoked", life.Ask(Doctor, at: Now.AddMinutes(1)).Rule);
    }

    [Fact]
    public void MedecinTraitant_SeesHiddenDocuments_NotInEmergencyMode()
    {
        var life = Life.OpenNewborn().Do(new DeclareMedecinTraitant(Doctor.Grant(), Mother.AsDelegate())).Do(new HideDocument(Doc, Mother.AsDelegate()));
        var decision = life.Ask(Doctor);
        Assert.Equal("acc-medecin-traitant", decision.Rule);
        Assert.True(decision.Filter.Shows(Doc, Hospital.Identifier, "11490-0"));
        life.Do(new BreakGlass(Id(9), "r", "p", Doctor));
        Assert.False(life.Ask(Doctor, mode: AccessMode.BrisDeGlace).Filter.Shows(Doc, Hospital.Identifier, "11490-0"));
    }

    [Fact]
    public void Depositor_StillSeesItsOwnHiddenDocument_AndOnlyItsOwn()
    {
        var life = Life.OpenNewborn().Do(new HideDocument(Doc, Mother.AsDelegate()));
        var decision = life.Ask(Hospital, AccessAction.Search, isDepositor: true);
        Assert.Equal("acc-own-deposit", decision.Rule);
        Assert.True(decision.Filter.Shows(Doc, Hospital.Identifier, "11490-0"));
        Assert.False(decision.Filter.Shows("0001-other", Doctor.Identifier, "11490-0"));
        Assert.Equal("acc-no-consent", life.Ask(Hospital, AccessAction.Search).Rule);
    }

    [Fact]
    public void Depositor_WhoseConsentWasRevoked_IsRefusedEvenItsOwn()
    {
        var life = Life.OpenNewborn().LetIn(Doctor.Grant()).Do(new RevokeConsent(Doctor.Grant(), Mother.AsDelegate()));
        Assert.Equal("acc-consent-revoked", life.Ask(Doctor, isDepositor: true).Rule);
    }

    [Fact]
    public void DepositorInAStructure_CountsTheStructuresDepositsAsItsOwn() =>
        Assert.True(Life.OpenNewborn().Do(new HideDocument(Doc, Mother.AsDelegate())).LetIn(Urgentist.Grant()).Ask(Urgentist).Filter.Shows(Doc, Hospital.Identifier, "11490-0"));

    [Fact]
    public void Feed_NeedsAnOpenSpaceAndAnAuthor_NoAuthorisation_NotEvenUnblocked()
    {
        Assert.Equal("space-not-open", Life.PendingNewborn().Ask(Hospital, AccessAction.Feed, at: Birth).Public?.Code);
        Assert.Equal("acc-feed", Life.OpenNewborn().Ask(Hospital, AccessAction.Feed).Rule);
        Assert.Equal("author-missing", Life.OpenNewborn().Ask(Hospital with { Identifier = new(FinessSystem, "") }, AccessAction.Feed).Public?.Code);
        var blocked = Life.OpenNewborn().Do(new BlockActor(Hospital.Grant(), Mother.AsDelegate()));
        Assert.Equal("acc-feed", blocked.Ask(Hospital, AccessAction.Feed).Rule);
        Assert.Equal("acc-blocked", blocked.Ask(Hospital, isDepositor: true).Rule);
    }

    [Theory]
    [InlineData(AccessAction.Amend)]
    [InlineData(AccessAction.Delete)]
    public void Feed_OpensNothingButTheActorsOwn(AccessAction action) =>
        Assert.False(Life.OpenNewborn().Ask(Hospital, action).Filter.Shows(Doc, Doctor.Identifier, null));

    [Theory]
    [InlineData(AccessAction.Govern)]
    [InlineData(AccessAction.ReadTrace)]
    public void Carers_NeitherGovernNorReadTheTrace(AccessAction action) =>
        Assert.Equal("acc-holder-only", Life.OpenNewborn().LetIn(Doctor.Grant()).Ask(Doctor, action).Rule);

    [Fact]
    public void Parents_DoEverythingForTheChild_UntilMajority()
    {
        var life = Life.OpenNewborn();
        var majority = CivilDate.MajorityAt(BirthOn);
        foreach (var action in new[] { AccessAction.Read, AccessAction.Search, AccessAction.Feed, AccessAction.ReadTrace, AccessAction.Govern })
        {
            var decision = life.Ask(Mother, action);
            Assert.Equal(("acc-representative", majority), (decision.Rule, decision.Until));
            Assert.Equal(AccessRefusals.SpaceUnknown, life.Ask(Mother, action, at: majority).Public);
            Assert.Equal("acc-holder", life.Ask(Holder, action, at: majority).Rule);
        }
    }

    [Fact]
    public void AnotherCitizen_LearnsNotEvenThatTheSpaceExists()
    {
        Assert.Equal(AccessRefusals.SpaceUnknown, Life.OpenNewborn().Ask(Stranger).Public);
        Assert.Equal(AccessRefusals.SpaceUnknown, new Life().Ask(Stranger).Public);
        var claims = Stranger with { Kind = ActorKind.Delegate, For = new(Lea, "Léa Durand") };
        Assert.Equal(AccessRefusals.SpaceUnknown, Life.OpenNewborn().Ask(claims).Public);
    }

    [Fact]
    public void HolderSide_BeforeTheOpening_GovernsAndReadsTheTrace_NoRecord()
    {
        var life = Life.PendingNewborn();
        Assert.True(life.Ask(Father, AccessAction.Govern, at: Birth).Allowed);
        Assert.True(life.Ask(Father, AccessAction.ReadTrace, at: Birth).Allowed);
        Assert.Equal("space-not-open", life.Ask(Father, at: Birth).Public?.Code);
    }

    [Fact]
    public void AfterDeath_NobodyEnters()
    {
        var life = Life.OpenNewborn().LetIn(Doctor.Grant()).Do(new RecordDeath(new(2026, 6, 9), Registry));
        foreach (var actor in new[] { Holder, Mother, Doctor, App })
        {
            Assert.Equal("acc-not-open", life.Ask(actor, AccessAction.Read).Rule);
        }

        Assert.Equal("acc-not-open", life.Ask(Mother, AccessAction.Govern).Rule);
    }

    [Fact]
    public void InvisibleToThePatient_IsHiddenFromHolderAndParents_NotFromTheDoctor_ForAMonth()
    {
        var life = Life.OpenNewborn().LetIn(Doctor.Grant()).Do(new LabelDocument(Doc, Labels.InvisiblePatient, Hospital));
        Assert.False(life.Ask(Holder).Filter.Shows(Doc, Hospital.Identifier, null));
        Assert.False(life.Ask(Mother).Filter.Shows(Doc, Hospital.Identifier, null));
        Assert.True(life.Ask(Doctor).Filter.Shows(Doc, Hospital.Identifier, "11490-0"));
        Assert.True(life.Ask(Mother, at: Visibilities.RevealAt(Now)).Filter.Shows(Doc, Hospital.Identifier, null));
    }

    [Fact]
    public void InvisibleToRepresentatives_IsHiddenFromParentsOnly()
    {
        var life = Life.OpenNewborn().Do(new LabelDocument(Doc, Labels.InvisibleRepresentantsLegaux, Hospital));
        Assert.False(life.Ask(Mother).Filter.Shows(Doc, Hospital.Identifier, null));
        Assert.True(life.Ask(Holder).Filter.Shows(Doc, Hospital.Identifier, null));
        life.Do(new RevealToRepresentatives(Doc, Holder));
        Assert.True(life.Ask(Mother).Filter.Shows(Doc, Hospital.Identifier, null));
    }

    [Theory]
    [InlineData(AccessAction.Amend)]
    [InlineData(AccessAction.Delete)]
    public void Citizens_FeedPatientDocumentsOnly_AndAmendOnlyTheirOwn(AccessAction action)
    {
        var life = Life.OpenNewborn();
        Assert.True(life.Ask(Mother, AccessAction.Feed, types: "EXPPAT_2").Allowed);
        Assert.Equal("document-type-not-for-citizens", life.Ask(Mother, AccessAction.Feed, types: "11490-0").Public?.Code);
        var filter = life.Ask(Holder, action).Filter;
        Assert.True(filter.Shows(Doc, Mother.Identifier, null));
        Assert.False(filter.Shows(Doc, Hospital.Identifier, null));
    }

    [Fact]
    public void HolderSide_CannotBreakTheGlass() => Assert.Equal("acc-emergency-profession", Life.OpenNewborn().Ask(Mother, AccessAction.BreakGlass).Rule);
}
