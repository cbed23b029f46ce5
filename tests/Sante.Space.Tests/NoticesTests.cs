using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

public class NoticesTests
{
    private static IReadOnlyList<Notice> Of(Life life) => Notices.Of(life.State, life.Events[^1]);

    [Fact]
    public void BreakGlass_TellsHolderBothParentsAndTheMedecinTraitant()
    {
        var notices = Of(Life.OpenNewborn().Do(new DeclareMedecinTraitant(Doctor.Grant(), Registry)).Do(new BreakGlass(Id(9), "inconscient", "rue des Lilas", Urgentist)));
        Assert.Equal([Lea, Mother.Identifier, Father.Identifier, Doctor.Identifier], notices.Select(n => n.To));
        Assert.All(notices, n => Assert.Equal("emergency-begun", n.Kind));
        Assert.Equal(
            "Dr Eva Blanc (hôpital des Roses) a ouvert le dossier de Léa Durand en urgence (bris de glace) le 10 juin 2026 à 14 h 00, lieu : rue des Lilas, motif : « inconscient ». Cet accès prend fin le 10 juin 2026 à 18 h 00.",
            notices[0].Text);
    }

    [Fact]
    public void AnActOfOneParent_IsToldToBoth()
    {
        foreach (var life in new[] { Life.OpenNewborn().LetIn(Doctor.Grant()), Life.OpenNewborn().Do(new BlockActor(Doctor.Grant(), Father.AsDelegate())), Life.OpenNewborn().Do(new RevokeConsent(Doctor.Grant(), Father.AsDelegate())) })
        {
            Assert.Equal([Lea, Mother.Identifier, Father.Identifier], Of(life).Select(n => n.To));
            Assert.All(Of(life), n => Assert.Contains("Dr Anne Martin", n.Text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void AfterMajority_ParentsAreToldNothing()
    {
        var later = CivilDate.MajorityAt(BirthOn).AddDays(1);
        var life = Life.OpenNewborn().Do(new GrantConsent(Id(1), Doctor.Grant(), Categories.Documents, Categories.None, Purposes.Care, null, null, Holder), later);
        Assert.Equal([Lea], Of(life).Select(n => n.To));
    }

    [Fact]
    public void AMinorsSecret_IsToldToNoParent()
    {
        var life = Life.OpenNewborn().Do(new LabelDocument("0001-doc", Labels.InvisiblePatient | Labels.InvisibleRepresentantsLegaux, Hospital));
        Assert.Empty(Of(life));
        life.Do(new InvitePatientWhenDue("0001-doc", Actor.Platform), Now.AddDays(15));
        Assert.Equal([Lea], Of(life).Select(n => n.To));
        life.Do(new RevealToPatientWhenDue("0001-doc", Actor.Platform), Now.AddDays(40));
        Assert.Equal([Lea], Of(life).Select(n => n.To));
    }

    [Fact]
    public void AnInvitation_OfAMinor_ReachesTheParentsToo_WithoutNamingTheDocument()
    {
        var life = Life.OpenNewborn().Do(new LabelDocument("0001-doc", Labels.InvisiblePatient, Hospital)).Do(new InvitePatientWhenDue("0001-doc", Actor.Platform), Now.AddDays(15));
        Assert.Equal([Lea, Mother.Identifier, Father.Identifier], Of(life).Select(n => n.To));
        Assert.All(Of(life), n => Assert.DoesNotContain("0001-doc", n.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Centre15_IsToldFromItsLine_OtherLinesTellNobody()
    {
        var life = Life.OpenNewborn();
        var line = TraceFrenchTests.Consulted with { Who = Regulator, Mode = AccessMode.Centre15, Rule = "acc-centre-15" };
        Assert.Equal([Lea, Mother.Identifier, Father.Identifier], Notices.Of(life.State, line, Now).Select(n => n.To));
        Assert.Empty(Notices.Of(life.State, line with { Allowed = false }, Now));
        Assert.Empty(Notices.Of(life.State, TraceFrenchTests.Consulted, Now));
    }

    [Fact]
    public void TheLetter_SaysWhenTheSpaceOpens()
    {
        var life = Life.PendingNewborn();
        var letter = Notices.Of(life.State, life.Events.OfType<OpeningLetterSent>().Single());
        Assert.Contains("14 avril 2026", letter[0].Text, StringComparison.Ordinal);
        Assert.Equal("opening-announced", letter[0].Kind);
    }
}
