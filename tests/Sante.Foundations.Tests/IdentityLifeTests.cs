using Sante.Foundations.Identities;
using Sante.Kernel;

namespace Sante.Foundations.Tests;

public sealed class IdentityLifeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly ActorIdentifier By = new("https://finess.esante.gouv.fr", "010000024");
    private static readonly StrictTraits Anne = StrictTraits.TryCreate("MARTIN", ["ANNE", "ZOE"], "1980-01-02", "F", "01053").Value;

    [Fact]
    public void Birth_IsQualifiedAtOnce()
    {
        var state = Created(byBirth: true);

        Assert.Equal(IdentityStatus.Qualifiee, state.Status);
        Assert.Equal("AN", state.Document);
        Assert.Equal(state.Matricule, state.Travelling);
    }

    [Fact]
    public void Import_WithoutDocument_IsRecupereeAndItsMatriculeDoesNotTravel()
    {
        var state = Created(byBirth: false);

        Assert.Equal(IdentityStatus.Recuperee, state.Status);
        Assert.Null(state.Travelling);
    }

    [Fact]
    public void Document_SeenAfterImport_Qualifies() =>
        Assert.Equal(IdentityStatus.Qualifiee, After(Created(byBirth: false), new SeeDocument("CN", By)).Status);

    [Theory]
    [InlineData(IdentityAttributes.Douteux)]
    [InlineData(IdentityAttributes.Fictif)]
    public void DoubtfulOrFictitious_IsProvisionalAndMayNotAskTheInsi(IdentityAttributes attribute)
    {
        var state = After(Created(byBirth: true), new MarkIdentity(attribute, true, By));

        Assert.Equal(IdentityStatus.Provisoire, state.Status);
        Assert.Null(state.Travelling);
        Assert.Equal("insi-forbidden", IdentityLife.Decide(state, new ConfirmByInsi(Anne, Nir(1), By), Now).Refusal?.Code);
        Assert.Equal(IdentityStatus.Qualifiee, After(state, new MarkIdentity(attribute, false, By)).Status);
    }

    [Fact]
    public void Homonym_KeepsItsStatus() =>
        Assert.Equal(IdentityStatus.Qualifiee, After(Created(byBirth: true), new MarkIdentity(IdentityAttributes.Homonyme, true, By)).Status);

    [Fact]
    public void CorrectedTraits_MustBeProvenAgain()
    {
        var corrected = StrictTraits.TryCreate("MARTINE", ["ANNE", "ZOE"], "1980-01-02", "F", "01053").Value;
        var state = After(Created(byBirth: true), new CorrectTraits(corrected, By));

        Assert.Equal(IdentityStatus.Provisoire, state.Status);
        Assert.Equal("insi-answer-differs", IdentityLife.Decide(state, new ConfirmByInsi(Anne, Nir(1), By), Now).Refusal?.Code);
        Assert.Equal(IdentityStatus.Qualifiee, After(After(state, new ConfirmByInsi(corrected, Nir(1), By)), new SeeDocument("PA", By)).Status);
    }

    [Fact]
    public void SecondMatricule_PutsTheFirstIntoHistory()
    {
        var before = Created(byBirth: true);

        var state = After(before, new GiveMatricule(Nir(2), By));

        Assert.Equal(IdentityLife.Stored(Nir(2)), state.Matricule);
        Assert.Equal(before.Matricule, Assert.Single(state.History).Matricule);
    }

    [Fact]
    public void Commands_Repeated_ChangeNothing()
    {
        var local = new LocalIdentifier("urn:oid:1.2.3", "IPP-1");
        var state = After(Created(byBirth: true), new LinkLocal(local, By));

        IdentityCommand[] again =
            [new LinkLocal(local, By), new SeeDocument("AN", By), new GiveMatricule(Nir(1), By), new CorrectTraits(Anne, By), new ConfirmByInsi(Anne, Nir(1), By), new MarkIdentity(IdentityAttributes.Fictif, false, By)];
        Assert.All(again, command => Assert.Empty(IdentityLife.Decide(state, command, Now).Value));
    }

    [Fact]
    public void Duplicate_Merged_AnswersNoMoreAndItsMatriculeGoesToTheSurvivor()
    {
        var duplicate = After(Created(byBirth: false, Nir(2)), new LinkLocal(new LocalIdentifier("urn:oid:1.2.3", "IPP-2"), By));
        var survivor = After(Created(byBirth: true), new AbsorbDuplicate(Guid.Empty, duplicate, By));
        var gone = After(duplicate, new BecomeDuplicate(Guid.AllBitsSet, By));

        Assert.Contains(survivor.History, former => former.Matricule == duplicate.Matricule);
        Assert.Equal(["IPP-2"], survivor.Locals.Select(one => one.Value));
        Assert.Equal("identity-merged", IdentityLife.Decide(gone, new SeeDocument("CN", By), Now).Refusal?.Code);
        Assert.Empty(IdentityLife.Decide(gone, new BecomeDuplicate(Guid.AllBitsSet, By), Now).Value);
    }

    [Fact]
    public void Birth_InTheFuture_IsRefused()
    {
        var tomorrow = StrictTraits.TryCreate("MARTIN", ["ANNE"], "2026-11-22", "F", "01053").Value;

        Assert.Equal("identity-birth-future", IdentityLife.Decide(IdentityState.Zero, new CreateIdentity(tomorrow, "Anne MARTIN", Nir(1), "1-x", [], true, null, By), Now).Refusal?.Code);
    }

    [Theory]
    [InlineData("MARTIN", "ANNE ZOE", "1980-01-02", "01053", Resemblance.Certain)]
    [InlineData("MARTIN", "ANNE", "1980-01-02", "01053", Resemblance.Possible)]
    [InlineData("MARTYN", "ANNE ZOE", "1980-01-02", "01053", Resemblance.Possible)]
    [InlineData("ANNE", "MARTIN", "1980-01-02", "75056", Resemblance.Possible)]
    [InlineData("MARTIN", "ANNE ZOE", "1980-02-01", "01053", Resemblance.Possible)]
    [InlineData("MARTIN", "CLAIRE", "1980-01-02", "01053", Resemblance.None)]
    [InlineData("MARTIN", "ANNE ZOE", "1991-03-04", "01053", Resemblance.None)]
    public void Duplicates_AreComparedByAllTraits(string family, string given, string birthOn, string place, Resemblance expected)
    {
        var other = IdentityLife.Stored(StrictTraits.TryCreate(family, [given], birthOn, "F", place).Value);

        Assert.Equal(expected, Duplicates.Compare(IdentityLife.Stored(Anne), other));
        if (expected != Resemblance.None)
        {
            Assert.NotEmpty(Duplicates.Keys(IdentityLife.Stored(Anne)).Intersect(Duplicates.Keys(other)));
        }
    }

    [Fact]
    public void Quota_Used_TellsWhenTheNextSearchIsAllowed()
    {
        var quota = new Quota(Burst: 2, PerMinute: 6);
        var (once, _) = quota.Take(quota.Full(Now), Now);
        var (twice, allowed) = quota.Take(once, Now);

        var (still, wait) = quota.Take(twice, Now);

        Assert.Null(allowed);
        Assert.Equal(TimeSpan.FromSeconds(10), wait);
        Assert.Null(quota.Take(still, Now.AddSeconds(10)).RetryAfter);
        Assert.NotNull(quota.Take(still, Now.AddSeconds(9)).RetryAfter);
        Assert.NotNull(quota.Take(still, Now.AddMinutes(-5)).RetryAfter);
    }

    private static Ins Nir(int order) => Ins.OfNumber($"2800101053{order:000}", InsOid.NirTest, InsEnvironment.Development).Value;

    private static IdentityState Created(bool byBirth, Ins? ins = null) =>
        After(IdentityState.Zero, new CreateIdentity(Anne, "Anne MARTIN", ins ?? Nir(1), "1-x", [], byBirth, null, By));

    private static IdentityState After(IdentityState state, IdentityCommand command) =>
        IdentityLife.Decide(state, command, Now).Value.Aggregate(state, IdentityLife.Evolve);
}
