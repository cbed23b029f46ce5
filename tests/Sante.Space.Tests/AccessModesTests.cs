using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

/// <summary>Emergency, matrix, applications and the platform itself.</summary>
public class AccessModesTests
{
    [Theory]
    [InlineData(AccessMode.BrisDeGlace)]
    [InlineData(AccessMode.Centre15)]
    public void HolderSide_HasNoModes_SoThatNoLineOfTheirsLooksLikeAnEmergency(AccessMode mode) =>
        Assert.Equal("acc-citizen-mode", Life.OpenNewborn().Ask(Mother, mode: mode).Rule);

    [Fact]
    public void LeavingAnEmergency_IsForWhoIsInOne_BlockedOrNot()
    {
        var life = Life.OpenNewborn().Do(new BreakGlass(Id(9), "inconscient", "ici", Urgentist)).Do(new BlockActor(Urgentist.Grant(), Mother.AsDelegate()));
        Assert.True(life.Ask(Urgentist, AccessAction.LeaveEmergency, Categories.None, AccessMode.BrisDeGlace).Allowed);
        Assert.False(life.Ask(Urgentist, AccessAction.LeaveEmergency, Categories.None, AccessMode.BrisDeGlace).Filter.Shows("0001-doc", Doctor.Identifier, null));
        Assert.Equal("acc-emergency-not-begun", life.Ask(Doctor, AccessAction.LeaveEmergency, Categories.None, AccessMode.BrisDeGlace).Rule);
    }

    [Theory]
    [InlineData(false, false, "acc-emergency")]
    [InlineData(true, false, "acc-emergency-opposed")]
    [InlineData(false, true, "acc-emergency")]
    public void BreakGlass_IsRefusedOnPriorOppositionToItOnly(bool bris, bool centre15, string rule) =>
        Assert.Equal(rule, Life.OpenNewborn().Do(new SetEmergencyOpposition(bris, centre15, Mother.AsDelegate())).Ask(Urgentist, AccessAction.BreakGlass, Categories.None).Rule);

    [Fact]
    public void BreakGlass_IsForHealthProfessionals_NeitherStaffNorSystems()
    {
        var life = Life.OpenNewborn();
        Assert.True(life.Ask(Nurse, AccessAction.BreakGlass, Categories.None).Allowed);
        Assert.Equal("acc-emergency-profession", life.Ask(Staff, AccessAction.BreakGlass, Categories.None).Rule);
        Assert.Equal("acc-emergency-profession", life.Ask(Hospital, AccessAction.BreakGlass, Categories.None).Rule);
        Assert.Equal("acc-emergency-profession", life.Ask(Doctor with { Situation = new("99") }, AccessAction.BreakGlass, Categories.None).Rule);
        Assert.Equal("acc-blocked", Life.OpenNewborn().Do(new BlockActor(Urgentist.Grant(), Mother.AsDelegate())).Ask(Urgentist, AccessAction.BreakGlass, Categories.None).Rule);
    }

    [Fact]
    public void BrisDeGlace_EndsAfterFourHours_AndIsForWhoBeganIt()
    {
        var life = Life.OpenNewborn().Do(new BreakGlass(Id(9), "inconscient", "ici", Urgentist));
        Assert.Equal(Now.AddHours(4), life.Ask(Urgentist, mode: AccessMode.BrisDeGlace).Until);
        Assert.Equal("acc-emergency-not-begun", life.Ask(Urgentist, mode: AccessMode.BrisDeGlace, at: Now.AddHours(4)).Rule);
        Assert.Equal("acc-emergency-not-begun", life.Ask(Doctor, mode: AccessMode.BrisDeGlace).Rule);
        Assert.Equal("acc-no-consent", life.Ask(Urgentist).Rule);
        Assert.Equal("acc-emergency-scope", life.Ask(Urgentist, categories: Categories.Messages, mode: AccessMode.BrisDeGlace).Rule);
    }

    [Fact]
    public void Centre15_NeedsMedicalRegulation() =>
        Assert.Equal("acc-centre-15-not-regulator", Life.OpenNewborn().LetIn(Urgentist.Grant()).Ask(Urgentist, mode: AccessMode.Centre15).Rule);

    [Fact]
    public void Matrix_DeniesWhatItDoesNotName()
    {
        var life = Life.OpenNewborn().LetIn(Practice.Grant());
        Assert.Equal("acc-matrix", life.Ask(Nurse, types: "68599-0").Rule);
        Assert.True(life.Ask(Nurse, types: "PRESC-INF").Allowed);
        Assert.True(life.Ask(Nurse, types: ["68599-0", "PRESC-INF"]).Allowed);
        Assert.Equal("acc-matrix", life.Ask(Staff).Rule);
        Assert.True(life.Ask(Staff, categories: Categories.Measures).Allowed);
        Assert.Equal("acc-matrix", life.Ask(Doctor with { Situation = new("99") }).Rule);
    }

    [Fact]
    public void App_EntersByPairing_ForItsCategoriesOnly_UntilTheTieIsCut()
    {
        var life = Life.OpenNewborn();
        Assert.Equal("acc-no-consent", life.Ask(App, AccessAction.Feed, Categories.Measures).Rule);
        life.Do(new Pair(Id(7), App.Grant(), "urn:oid:1.2.250.1.999.1", "user-42", Categories.None, Categories.Measures, Mother.AsDelegate()));
        Assert.Equal("acc-pairing", life.Ask(App, AccessAction.Feed, Categories.Measures).Rule);
        Assert.Equal("acc-no-consent", life.Ask(App, AccessAction.Read, Categories.Measures).Rule);
        Assert.Equal("acc-no-consent", life.Ask(App, AccessAction.Feed, Categories.Documents).Rule);
        Assert.Equal("acc-blocked", Blocked(life).Ask(App, AccessAction.Feed, Categories.Measures).Rule);
        life.Do(new EndPairing(App.Identifier, Father.AsDelegate()));
        Assert.Equal("access-not-authorised", life.Ask(App, AccessAction.Feed, Categories.Measures).Public?.Code);

        static Life Blocked(Life life)
        {
            var other = Life.OpenNewborn().Do(new Pair(Id(7), App.Grant(), "urn:oid:1.2.250.1.999.1", "user-42", Categories.None, Categories.Measures, Mother.AsDelegate()));
            return other.Do(new BlockActor(App.Grant(), Mother.AsDelegate()));
        }
    }

    [Fact]
    public void App_EntersByConsent_ReadAndWriteApart_NeverInEmergency()
    {
        var life = Life.OpenNewborn().LetIn(App.Grant(), Categories.Measures, Categories.Documents);
        Assert.Equal("acc-consent", life.Ask(App, AccessAction.Search, Categories.Measures).Rule);
        Assert.Equal("acc-consent", life.Ask(App, AccessAction.Feed, Categories.Documents).Rule);
        Assert.Equal("acc-consent-scope", life.Ask(App, AccessAction.Feed, Categories.Measures).Rule);
        Assert.Equal("acc-app-mode", life.Ask(App, AccessAction.Read, Categories.Measures, AccessMode.BrisDeGlace).Rule);
        Assert.Equal("acc-app-mode", life.Ask(App, AccessAction.Govern).Rule);
    }

    [Fact]
    public void BookingPlatform_FeedsTheAgendaWithoutMore_AndReadsNothing()
    {
        var life = Life.OpenNewborn();
        Assert.Equal("acc-feed-agenda", life.Ask(Platform, AccessAction.Feed, Categories.Agenda).Rule);
        Assert.False(life.Ask(Platform, AccessAction.Read, Categories.Agenda).Allowed);
        life.Do(new BlockActor(Platform.Grant(), Mother.AsDelegate()));
        Assert.Equal("acc-blocked", life.Ask(Platform, AccessAction.Feed, Categories.Agenda).Rule);
    }

    [Fact]
    public void BlockedClient_StopsWhoeverActsThroughIt()
    {
        var life = Life.OpenNewborn().LetIn(Doctor.Grant()).Do(new BlockActor(App.Grant(), Mother.AsDelegate()));
        Assert.Equal("acc-blocked", life.Ask(Doctor with { Client = "balance-plus" }).Rule);
        Assert.True(life.Ask(Doctor).Allowed);
    }

    [Fact]
    public void TheCitizensOwnAgenda_IsTheirsAlone()
    {
        var life = Life.OpenNewborn().LetIn(Doctor.Grant(), Categories.Consentable);
        Assert.True(life.Ask(Mother, AccessAction.Search, Categories.Agenda).Allowed);
        Assert.Equal("acc-consent-scope", life.Ask(Doctor, AccessAction.Search, Categories.Agenda).Rule);
    }

    [Fact]
    public void Operators_SeeNothing_ThePlatformOnlyGoverns()
    {
        var life = Life.OpenNewborn();
        Assert.Equal("acc-operator", life.Ask(OperatorPerson).Rule);
        Assert.Equal("acc-operator", life.Ask(Actor.Platform).Rule);
        Assert.Equal("acc-platform", life.Ask(Actor.Platform, AccessAction.Govern).Rule);
        Assert.Equal("acc-operator", life.Ask(OperatorPerson, AccessAction.Govern).Rule);
    }

    [Fact]
    public void Acting_NamesTheMotherAsActingForTheChild()
    {
        var acting = Life.OpenNewborn().State.Acting(Mother, Now);
        Assert.Equal((ActorKind.Delegate, "Léa Durand"), (acting.Kind, acting.For?.Name));
        Assert.Equal(Doctor, Life.OpenNewborn().State.Acting(Doctor, Now));
    }
}
