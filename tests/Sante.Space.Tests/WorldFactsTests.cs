using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests;

/// <summary>Facts outside every space: suspended app, struck-off professional, structure whose accesses are cut.</summary>
public sealed class WorldFactsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    public static TheoryData<string, string> Barred => new()
    {
        { WorldFacts.StruckOff(People.Doctor.Identifier), "acc-struck-off" },
        { WorldFacts.StructureCut(People.Practice.Identifier), "acc-structure-cut" },
        { WorldFacts.AppSuspended("lgc"), "acc-app-suspended" },
    };

    [Theory]
    [MemberData(nameof(Barred))]
    public void EachFact_BarsItsActorWhateverWasGranted(string fact, string rule)
    {
        var doctor = People.Doctor with { Client = "lgc" };
        var granted = Life.OpenNewborn().Do(Grant, People.Now).State;
        var request = new AccessRequest(doctor, AccessAction.Read, AccessMode.Normal, Categories.Documents, Purposes.Care, People.Now, [], false);
        Assert.True(Access.Decide(granted, request).Allowed);
        var barred = Access.Decide(granted, request with { Bar = WorldFacts.BarOf(doctor, f => f == fact) });
        Assert.Equal((false, rule, "access-not-authorised"), (barred.Allowed, barred.Rule, barred.Public?.Code));
    }

    [Fact]
    public void ForeignFacts_BarNobody() =>
        Assert.Null(WorldFacts.BarOf(People.Doctor, f => f == WorldFacts.StruckOff(People.Colleague.Identifier) || f == WorldFacts.StructureCut(People.HospitalPlace.Identifier)));

    [Fact]
    public async Task FactSetOnOneFrontEnd_BitesOnTheOtherOnceAnswered_AndLeavesItsLine()
    {
        await using var other = ApiHost.Start(fixture.Database, fixture.Tokens);
        // An actor of this test alone: the fact is the whole platform's.
        var doctor = People.Doctor with { Identifier = new(People.Rpps, "10000000999") };
        var space = await BeginOpenAsync(doctor);
        var request = new AccessRequest(doctor, AccessAction.Read, AccessMode.Normal, Categories.Documents, Purposes.Care, default, [], false);
        var there = other.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccessGrain>(space.Value);
        Assert.Null((await there.EvaluateAsync(request)).Refusal);

        Assert.True(await fixture.Api.Ledger.World.SetFactAsync(WorldFacts.StruckOff(doctor.Identifier), true));
        Assert.Equal("access-not-authorised", (await there.EvaluateAsync(request)).Refusal?.Code);
        var mother = People.Mother with { Kind = ActorKind.Citizen };
        var read = (await there.EvaluateAsync(new AccessRequest(mother, AccessAction.ReadTrace, AccessMode.Normal, Categories.None, Purposes.None, default, [], false))).Value;
        var permit = (await there.DiscloseAsync(read, Disclosure.Nothing())).Value!;
        var lines = await fixture.Api.Ledger.ReadLinesAsync(permit, long.MaxValue, 20);
        Assert.Contains(lines, line => System.Text.Encoding.UTF8.GetString(line.Body).Contains("acc-struck-off", StringComparison.Ordinal));
    }

    private static GrantConsent Grant => new(
        People.Id(1), People.Doctor.Grant(), Categories.Documents, Categories.None, Purposes.Care, null, null, People.Mother.AsDelegate());

    private async Task<SpaceId> BeginOpenAsync(Actor doctor)
    {
        var space = new SpaceId(Randomness.NewId());
        var grains = fixture.Api.Services.GetRequiredService<IGrainFactory>();
        var birthOn = DateOnly.FromDateTime(fixture.Api.Ledger.World.PlatformNow.UtcDateTime).AddDays(-3);
        var patient = new NewResource(Randomness.NewId(), 0, "Patient", "{}"u8.ToArray(), [], []);
        var representatives = new[] { new Representative(People.Mother.Identifier, People.Mother.Name, RepresentativeKind.Parent) };
        var begun = await grains.GetGrain<IAccountGrain>(space.Value).BeginAsync(new(People.Lea, "Léa Durand", birthOn, representatives, patient, People.Registry));
        Assert.Null(begun.Refusal);
        Assert.Null((await grains.GetGrain<IAccountGrain>(space.Value).ActAsync(new OpenAccount(People.Mother))).Refusal);
        var granted = await grains.GetGrain<IConsentGrain>(space.Value).ActAsync(Grant with { Grantee = doctor.Grant(), By = People.Mother });
        Assert.Null(granted.Refusal);
        return space;
    }
}
