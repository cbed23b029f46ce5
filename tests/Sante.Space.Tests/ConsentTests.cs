using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

public class ConsentTests
{
    private static readonly DateOnly June30 = new(2026, 6, 30);

    private static GrantConsent Grant(
        Grantee? grantee = null, Categories read = Categories.Documents, Categories write = Categories.None, Purposes purposes = Purposes.Care,
        DateOnly? from = null, DateOnly? until = null, Actor? by = null) =>
        new(Id(1), grantee ?? Doctor.Grant(), read, write, purposes, from, until, by ?? Mother.AsDelegate());

    [Fact]
    public void Grant_TwiceWithSameDate_ChangesNothing()
    {
        var life = Life.OpenNewborn().Do(Grant(until: June30));
        Assert.Empty(life.Try(Grant(until: June30)).Value);
        Assert.Empty(life.Try(Grant(until: June30, by: Father.AsDelegate()), Now.AddDays(3)).Value);
    }

    [Fact]
    public void Grant_WithOtherTerms_ReplacesTheConsent()
    {
        var life = Life.OpenNewborn().Do(Grant(until: June30)).Do(Grant(read: Categories.Measures, until: June30));
        Assert.Equal(Categories.Measures, life.State.Consent.Of(Doctor.Identifier)!.Read);
        Assert.Single(life.State.Consent.ByGrantee);
    }

    [Fact]
    public void Grant_WithALastDay_AsksForItsEnd()
    {
        var due = Assert.Single(SpaceEvents.DueOf(Assert.Single(Life.OpenNewborn().Try(Grant(until: June30)).Value)));
        Assert.Equal(new DueWork(DueWork.ConsentEnd, new(2026, 6, 30, 22, 0, 0, TimeSpan.Zero), Id(1).ToString("N")), due);
    }

    public static TheoryData<string, string> WrongGrants => new()
    {
        { "nothing", "consent-empty" },
        { "agenda", "consent-category-invalid" },
        { "no purpose", "consent-purpose-missing" },
        { "past", "consent-period-invalid" },
        { "backwards", "consent-period-invalid" },
        { "citizen", "consent-actor-invalid" },
        { "no name", "consent-actor-invalid" },
        { "overlong name", "consent-actor-invalid" },
        { "app as person", "consent-actor-invalid" },
    };

    [Theory]
    [MemberData(nameof(WrongGrants))]
    public void Grant_Wrong_IsRefused(string what, string code)
    {
        var command = what switch
        {
            "nothing" => Grant(read: Categories.None),
            "agenda" => Grant(read: Categories.Agenda),
            "no purpose" => Grant(purposes: Purposes.None),
            "past" => Grant(until: new(2026, 6, 9)),
            "backwards" => Grant(from: new(2026, 7, 1), until: June30),
            "citizen" => Grant(Stranger.Grant()),
            "overlong name" => Grant(Doctor.Grant() with { Name = new string('x', Grantee.NameLimit + 1) }),
            "no name" => Grant(Doctor.Grant() with { Name = " " }),
            _ => Grant(App.Grant() with { Kind = GranteeKind.Person }),
        };
        Assert.Equal(code, Life.OpenNewborn().Try(command).Refusal?.Code);
    }

    [Fact]
    public void Grant_ToABlockedActor_IsRefusedUntilUnblocked()
    {
        var life = Life.OpenNewborn().Do(new BlockActor(Doctor.Grant(), Father.AsDelegate()));
        Assert.Equal("consent-actor-blocked", life.Try(Grant()).Refusal?.Code);
        life.Do(new UnblockActor(Doctor.Identifier, Mother.AsDelegate())).Do(Grant());
        Assert.True(life.State.Consent.Of(Doctor.Identifier)!.IsActiveAt(Now));
    }

    [Fact]
    public void Narrow_KeepsTheIdAndTakesAway()
    {
        var life = Life.OpenNewborn().Do(Grant(read: Categories.Documents | Categories.Measures));
        life.Do(new NarrowConsent(Doctor.Identifier, Categories.Measures, Categories.None, Purposes.Care, June30, Father.AsDelegate()));
        var consent = life.State.Consent.Of(Doctor.Identifier)!;
        Assert.Equal((Id(1), Categories.Measures, June30), (consent.Id, consent.Read, consent.UntilOn));
        Assert.Empty(life.Try(new NarrowConsent(Doctor.Identifier, Categories.Measures, Categories.None, Purposes.Care, June30, Mother)).Value);
    }

    [Fact]
    public void Narrow_ToMore_IsRefused()
    {
        var life = Life.OpenNewborn().Do(Grant(until: June30));
        Assert.Equal("consent-not-narrower", life.Try(new NarrowConsent(Doctor.Identifier, Categories.Measures, Categories.None, Purposes.Care, June30, Mother)).Refusal?.Code);
        Assert.Equal("consent-not-narrower", life.Try(new NarrowConsent(Doctor.Identifier, Categories.Documents, Categories.None, Purposes.All, June30, Mother)).Refusal?.Code);
        Assert.Equal("consent-not-narrower", life.Try(new NarrowConsent(Doctor.Identifier, Categories.Documents, Categories.None, Purposes.Care, null, Mother)).Refusal?.Code);
        Assert.Equal("consent-unknown", life.Try(new NarrowConsent(Colleague.Identifier, Categories.Documents, Categories.None, Purposes.Care, null, Mother)).Refusal?.Code);
    }

    [Fact]
    public void Revoke_IsNotedEachTime_SoThatItAlwaysBites()
    {
        var life = Life.OpenNewborn().Do(Grant());
        Assert.IsType<ConsentRevoked>(Assert.Single(life.Try(new RevokeConsent(Doctor.Grant(), Mother.AsDelegate())).Value));
        Assert.IsType<ConsentRevoked>(Assert.Single(life.Try(new RevokeConsent(Doctor.Grant(), Mother.AsDelegate())).Value));
        Assert.Equal(ConsentEnd.Revoked, life.State.Consent.Of(Doctor.Identifier)!.End);
    }

    [Fact]
    public void Expire_NotesTheEndOnceItIsPast_AndNotOfAReplacedConsent()
    {
        var life = Life.OpenNewborn().Do(Grant(until: June30));
        var end = CivilDate.EndOf(June30);
        Assert.Empty(life.Try(new ExpireConsent(Id(1), Actor.Platform), end.AddTicks(-1)).Value);
        Assert.Empty(life.Try(new ExpireConsent(Id(2), Actor.Platform), end).Value);
        Assert.IsType<ConsentExpired>(Assert.Single(life.Try(new ExpireConsent(Id(1), Actor.Platform), end).Value));
        Assert.Empty(life.Try(new ExpireConsent(Id(1), Actor.Platform), end).Value);
    }

    [Fact]
    public void Expire_OfAProlongedConsent_ChangesNothing()
    {
        var life = Life.OpenNewborn().Do(Grant(until: June30)).Do(Grant(until: new(2026, 12, 31)));
        Assert.Empty(life.Try(new ExpireConsent(Id(1), Actor.Platform), CivilDate.EndOf(June30)).Value);
    }

    [Fact]
    public void Block_EndsTheConsent_AndUnblockGrantsNothing()
    {
        var life = Life.OpenNewborn().Do(Grant()).Do(new BlockActor(Doctor.Grant(), Mother.AsDelegate()));
        Assert.Empty(life.Try(new BlockActor(Doctor.Grant(), Mother.AsDelegate())).Value);
        life.Do(new UnblockActor(Doctor.Identifier, Mother.AsDelegate()));
        Assert.Empty(life.Try(new UnblockActor(Doctor.Identifier, Mother.AsDelegate())).Value);
        Assert.False(life.State.Consent.Of(Doctor.Identifier)!.IsActiveAt(Now));
    }

    [Fact]
    public void Period_CountsBothDaysWholeInParis()
    {
        var consent = Life.OpenNewborn().Do(Grant(from: new(2026, 6, 15), until: June30)).State.Consent.Of(Doctor.Identifier)!;
        Assert.False(consent.IsActiveAt(new(2026, 6, 14, 21, 59, 59, TimeSpan.Zero)));
        Assert.True(consent.IsActiveAt(new(2026, 6, 14, 22, 0, 0, TimeSpan.Zero)));
        Assert.True(consent.IsActiveAt(new(2026, 6, 30, 21, 59, 59, TimeSpan.Zero)));
        Assert.False(consent.IsActiveAt(new(2026, 6, 30, 22, 0, 0, TimeSpan.Zero)));
    }
}
