using Sante.Kernel;

namespace Sante.Kernel.Tests;

public class OutcomeTests
{
    private static readonly Refusal No = new("not-found", RefusalKind.Unknown, "Non.");

    [Fact]
    public void Value_OfARefusal_Throws()
    {
        Outcome<int> outcome = No;

        Assert.Throws<InvalidOperationException>(() => outcome.Value);
        Assert.False(outcome.TryGet(out _, out var refusal));
        Assert.Same(No, refusal);
    }

    [Fact]
    public void Then_CarriesARefusalThrough_WithoutCallingOn()
    {
        Outcome<int> outcome = No;

        var next = outcome.Then<string>(_ => throw new InvalidOperationException("called"));

        Assert.Same(No, next.Refusal);
        Assert.Equal("43", ((Outcome<int>)42).Then<string>(n => $"{n + 1}").Value);
    }

    [Fact]
    public void Personal_Identifiers_AreMaskedInText()
    {
        var actor = new Actor(ActorKind.Professional, new ActorIdentifier(Rpps.System, "99700218896"), "Dr Anne Martin");

        Assert.DoesNotContain("99700218896", actor.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Martin", actor.ToString(), StringComparison.Ordinal);
        Assert.True(actor.IsSameAs(new ActorIdentifier(Rpps.System, "99700218896")));
        Assert.False(actor.IsSameAs(new ActorIdentifier(ActorIdentifier.ClientSystem, "99700218896")));
    }
}
