using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

/// <summary>Random lives from fixed seeds: what must hold after every act, whatever came before.</summary>
public class AccessPropertyTests
{
    private static readonly Actor[] Carers = [Doctor, Colleague, Urgentist, Regulator, Nurse, Staff, Hospital];
    private static readonly AccessMode[] Modes = [AccessMode.Normal, AccessMode.BrisDeGlace, AccessMode.Centre15];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WhateverTheLife_NoBlockedActorEnters_AndARevocationAlwaysBites(int seed)
    {
        var random = new Random(seed);
        var life = Life.OpenNewborn();
        var now = Now;
        for (var step = 0; step < 150; step++)
        {
            now += TimeSpan.FromMinutes(random.Next(0, 600));
            life.Try(RandomAct(random, step), now);
            CheckBlocked(life, random, now);

            var target = random.GetItems(Carers, 1)[0];
            if (random.Next(4) == 0)
            {
                life.Do(new RevokeConsent(target.Grant(), random.Next(2) == 0 ? Mother.AsDelegate() : Father.AsDelegate()), now);
                Assert.False(life.Ask(target, at: now, isDepositor: random.Next(2) == 0).Allowed);
                Assert.False(life.Ask(target, categories: Categories.Measures, at: now).Allowed);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WhateverTheLife_AHiddenDocumentShowsToItsDepositorAndTheMedecinTraitantOnly(int seed)
    {
        var random = new Random(seed);
        var life = Life.OpenNewborn();
        var now = Now;
        for (var step = 0; step < 150; step++)
        {
            now += TimeSpan.FromMinutes(random.Next(0, 600));
            life.Try(RandomAct(random, step), now);
            foreach (var hidden in life.State.Visibility.Documents.Values.Where(d => d.HiddenFromProfessionals))
            {
                foreach (var (actor, mode) in Carers.SelectMany(actor => Modes.Select(mode => (actor, mode))))
                {
                    var decision = life.Ask(actor, mode: mode, at: now);
                    var sees = decision.Filter.Shows(hidden.DocumentId, new("urn:test", "someone else"), "11490-0");
                    Assert.True(!sees || (mode == AccessMode.Normal && life.State.Entourage.IsMedecinTraitant(actor)));
                }
            }
        }
    }

    /// <summary>The permit's end is honest: one instant before it the same request is allowed, at it refused, with nothing happening between.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void WhateverTheLife_APermitEndsWhenItSays(int seed)
    {
        var random = new Random(seed);
        var life = Life.OpenNewborn();
        var now = Now;
        for (var step = 0; step < 150; step++)
        {
            now += TimeSpan.FromMinutes(random.Next(0, 600));
            life.Try(RandomAct(random, step), now);
            foreach (var (actor, mode) in Carers.SelectMany(actor => Modes.Select(mode => (actor, mode))))
            {
                if (life.Ask(actor, mode: mode, at: now) is { Allowed: true, Until: { } until } decision)
                {
                    Assert.True(until > now);
                    Assert.Equal(decision.Rule, life.Ask(actor, mode: mode, at: until.AddTicks(-1)).Rule);
                    var later = life.Ask(actor, mode: mode, at: until);
                    Assert.False(later.Allowed && (later.Rule, later.Consent) == (decision.Rule, decision.Consent));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WhateverTheLife_FoldingItsEventsAgainGivesTheSameDecisions(int seed)
    {
        var random = new Random(seed);
        var life = Life.OpenNewborn();
        var now = Now;
        for (var step = 0; step < 150; step++)
        {
            now += TimeSpan.FromMinutes(random.Next(0, 600));
            life.Try(RandomAct(random, step), now);
        }

        var stored = life.Events.Select(e => SpaceJson.ReadEvent(SpaceJson.Write(e)));
        var folded = stored.Aggregate(SpaceState.Zero, SpaceState.Evolve).Access;
        foreach (var (actor, mode) in Carers.SelectMany(actor => Modes.Select(mode => (actor, mode))))
        {
            var request = new AccessRequest(actor, AccessAction.Read, mode, Categories.Documents, Purposes.Care, now, [], false);
            var (before, after) = (Access.Decide(life.State, request), Access.Decide(folded, request));
            Assert.Equal((before.Rule, before.Until, before.Consent), (after.Rule, after.Until, after.Consent));
            Assert.Equal(before.Filter.HiddenIds.Order(StringComparer.Ordinal), after.Filter.HiddenIds.Order(StringComparer.Ordinal));
        }
    }

    private static void CheckBlocked(Life life, Random random, DateTimeOffset now)
    {
        foreach (var actor in Carers.Where(life.State.Consent.Blocks))
        {
            foreach (var mode in Modes)
            {
                Assert.False(life.Ask(actor, AccessAction.Read, mode: mode, at: now, isDepositor: random.Next(2) == 0).Allowed);
                Assert.False(life.Ask(actor, AccessAction.Search, Categories.Measures, mode, at: now).Allowed);
                Assert.False(life.Ask(actor, AccessAction.BreakGlass, Categories.None, mode, at: now).Allowed);
            }
        }
    }

    private static object RandomAct(Random random, int step)
    {
        var by = random.Next(2) == 0 ? Mother.AsDelegate() : Father.AsDelegate();
        var carer = random.GetItems(Carers, 1)[0];
        var grantee = random.Next(4) == 0 && carer.Structure is { } structure ? structure.Grant() : carer.Grant();
        var document = $"0001-doc{random.Next(3)}";
        DateOnly? until = random.Next(2) == 0 ? null : CivilDate.At(Now).AddDays(random.Next(60));
        return random.Next(16) switch
        {
            0 or 1 or 2 => new GrantConsent(Id(step + 100), grantee, Categories.Documents | Categories.Measures, Categories.None, Purposes.All, null, until, by),
            3 => new NarrowConsent(grantee.Identifier, Categories.Documents, Categories.None, Purposes.Care, until, by),
            4 => new BlockActor(grantee, by),
            5 or 6 => new UnblockActor(grantee.Identifier, by),
            7 => new ExpireConsent(Id(random.Next(step + 1) + 100), Actor.Platform),
            8 => new AddCareTeamMember(grantee, "soins", random.Next(2) == 0 ? by : Registry),
            9 => new DeclareMedecinTraitant(carer is { Kind: ActorKind.Structure } ? Doctor.Grant() : carer.Grant(), random.Next(2) == 0 ? by : Registry),
            10 => new RemoveCareTeamMember(grantee.Identifier, by),
            11 => new HideDocument(document, by),
            12 => new ShowDocument(document, by),
            13 => new SetEmergencyOpposition(random.Next(4) == 0, random.Next(4) == 0, by),
            14 => new BreakGlass(Id(step + 1000), "urgence", "ici", carer),
            _ => new RevokeConsent(grantee, by),
        };
    }
}
