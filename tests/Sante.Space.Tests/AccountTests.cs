using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

public class AccountTests
{
    /// <summary>Told on 2 March: the 42nd day is 13 April, so the space opens as 14 April begins in Paris (UTC+2).</summary>
    private static readonly DateTimeOffset OpensAt = new(2026, 4, 13, 22, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Begin_StartsPendingWithTheLetterAndAsksForOpeningAndMajority()
    {
        var life = Life.PendingNewborn();

        Assert.Equal(AccountStatus.Pending, life.State.Account.Status);
        Assert.Equal(OpensAt, life.State.Account.OpensAt);
        Assert.Equal(
            [new DueWork(DueWork.Majority, new(2044, 2, 29, 23, 0, 0, TimeSpan.Zero), ""), new DueWork(DueWork.Opening, OpensAt, "")],
            life.Events.OfType<AccountEvent>().SelectMany(SpaceEvents.DueOf));
    }

    [Fact]
    public void Begin_OfAnAdult_AsksForNoMajority() =>
        Assert.Equal([DueWork.Opening], new Life().Do(new BeginAccount(Lea, "Léa", new(1990, 1, 1), Registry)).Events.SelectMany(SpaceEvents.DueOf).Select(due => due.Kind));

    [Fact]
    public void Begin_BeforeBirth_IsRefused() =>
        Assert.Equal("birth-date-future", new Life().Try(new BeginAccount(Lea, "Léa", new(2026, 3, 3), Registry), Birth).Refusal?.Code);

    [Fact]
    public void Begin_TwiceForTheSameHolder_ChangesNothing_ForAnotherIsRefused()
    {
        var life = Life.PendingNewborn();
        Assert.Empty(life.Try(new BeginAccount(Lea, "Léa Durand", BirthOn, Registry)).Value);
        Assert.Equal("account-exists", life.Try(new BeginAccount(Mother.Identifier, "x", BirthOn, Registry)).Refusal?.Code);
    }

    [Fact]
    public void OpenWhenDue_OneInstantBeforeTheSixWeeksAreOver_ChangesNothing() =>
        Assert.Empty(Life.PendingNewborn().Try(new OpenWhenDue(Actor.Platform), OpensAt.AddTicks(-1)).Value);

    [Fact]
    public void OpenWhenDue_AtTheEndOfTheSixWeeks_OpensOnceByItself()
    {
        var life = Life.PendingNewborn();
        var opened = Assert.IsType<AccountOpened>(Assert.Single(life.Try(new OpenWhenDue(Actor.Platform), OpensAt).Value));
        Assert.True(opened.Automatic);
        Assert.Empty(life.Try(new OpenWhenDue(Actor.Platform), OpensAt).Value);
    }

    [Fact]
    public void Refuse_WithinTheDelay_StopsTheOpeningForGood()
    {
        var life = Life.PendingNewborn().Do(new RefuseOpening(Father.AsDelegate()), Birth.AddDays(3));
        Assert.Empty(life.Try(new OpenWhenDue(Actor.Platform), OpensAt.AddDays(1)).Value);
        Assert.Empty(life.Try(new RefuseOpening(Mother.AsDelegate()), Birth.AddDays(4)).Value);
        Assert.Equal(AccountStatus.Refused, life.State.Account.Status);
    }

    [Fact]
    public void Refuse_AfterTheOpening_IsRefused() =>
        Assert.Equal("account-already-open", Life.OpenNewborn().Try(new RefuseOpening(Mother.AsDelegate())).Refusal?.Code);

    [Fact]
    public void Open_AfterARefusal_OpensAtTheHoldersWish()
    {
        var life = Life.PendingNewborn().Do(new RefuseOpening(Mother.AsDelegate()), Birth).Do(new OpenAccount(Mother.AsDelegate()));
        Assert.Equal(AccountStatus.Open, life.State.Account.Status);
        Assert.Empty(life.Try(new OpenAccount(Mother.AsDelegate())).Value);
    }

    [Fact]
    public void CloseThenReopen_EachOnce()
    {
        var life = Life.OpenNewborn();
        Assert.Equal("account-not-closed", Life.PendingNewborn().Try(new ReopenAccount(Mother)).Refusal?.Code);
        Assert.Empty(life.Try(new ReopenAccount(Mother)).Value);
        life.Do(new CloseAccount(Mother));
        Assert.Empty(life.Try(new CloseAccount(Mother)).Value);
        Assert.Equal("account-already-open", life.Try(new OpenAccount(Mother)).Refusal?.Code);
        life.Do(new ReopenAccount(Mother));
        Assert.Equal(AccountStatus.Open, life.State.Account.Status);
    }

    [Fact]
    public void Close_WhilePending_IsRefused() =>
        Assert.Equal("account-not-open", Life.PendingNewborn().Try(new CloseAccount(Mother)).Refusal?.Code);

    [Fact]
    public void Majority_IsNotedOnTheBirthdayAndOnlyOnce()
    {
        var birthday = new DateTimeOffset(2044, 2, 29, 23, 0, 0, TimeSpan.Zero);
        var life = Life.OpenNewborn();
        Assert.Empty(life.Try(new ReachMajority(Actor.Platform), birthday.AddTicks(-1)).Value);
        Assert.IsType<MajorityReached>(Assert.Single(life.Try(new ReachMajority(Actor.Platform), birthday).Value));
        Assert.Empty(life.Try(new ReachMajority(Actor.Platform), birthday).Value);
    }

    [Fact]
    public void Death_IsForTheRegistryOnly_AndEndsEverything()
    {
        var life = Life.OpenNewborn();
        Assert.Equal("registry-only", life.Try(new RecordDeath(new(2026, 6, 1), Mother.AsDelegate())).Refusal?.Code);
        Assert.Equal("death-date-invalid", life.Try(new RecordDeath(new(2026, 6, 11), Registry)).Refusal?.Code);
        Assert.Equal("death-date-invalid", life.Try(new RecordDeath(new(2026, 2, 28), Registry)).Refusal?.Code);
        life.Do(new RecordDeath(new(2026, 6, 1), Registry));
        Assert.Empty(life.Try(new RecordDeath(new(2026, 6, 1), Registry)).Value);
        Assert.Equal("account-deceased", life.Try(new ReopenAccount(Mother)).Refusal?.Code);
        Assert.Empty(life.Try(new ReachMajority(Actor.Platform), Now.AddYears(30)).Value);
    }

    [Theory]
    [InlineData(typeof(RefuseOpening))]
    [InlineData(typeof(OpenWhenDue))]
    [InlineData(typeof(CloseAccount))]
    public void AnyAct_WithoutASpace_IsUnknown(Type command) =>
        Assert.Equal("account-unknown", new Life().Try(Activator.CreateInstance(command, Mother)!).Refusal?.Code);
}
