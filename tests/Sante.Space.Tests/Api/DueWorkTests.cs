using Microsoft.Extensions.DependencyInjection;
using Sante.Kernel;
using Sante.Space.Tests.FhirApi;
using Sante.Testing;

namespace Sante.Space.Tests.Api;

/// <summary>What happens by itself when platform time passes. Moves the clock, hence has its own database for each test.</summary>
public sealed class DueWorkTests
{
    private static readonly string[] Documents = ["documents"];
    private static readonly string[] Care = ["care"];

    [Fact(Timeout = 60_000)]
    public async Task Space_OpensByItself_AfterTheSixWeeks()
    {
        await using var nation = await Nation.StartAsync();
        var family = await Family.BornAsync(nation.Api.Services, open: false);

        await nation.MoveClockAsync(TimeSpan.FromDays(43));

        await nation.UntilAsync(family, state => state.Account.Status == AccountStatus.Open);
    }

    [Fact(Timeout = 60_000)]
    public async Task RefusedSpace_StaysRefused_WhenTheSixWeeksPass()
    {
        await using var nation = await Nation.StartAsync();
        var family = await Family.BornAsync(nation.Api.Services, open: false);
        var witness = await Family.BornAsync(nation.Api.Services, open: false);
        await nation.Api.AsAsync(nation.Tokens, family.Mother, HttpMethod.Post, $"{family.Url}/account/refuse");

        await nation.MoveClockAsync(TimeSpan.FromDays(43));

        // Both works were due at the same instant; when the witness, asked for later, is open, the other has been or is about to be looked at.
        await nation.UntilAsync(witness, state => state.Account.Status == AccountStatus.Open);
        var again = await Family.Grain<IDueGrain>(nation.Api.Services, family.Space).RunAsync(new DueWork(DueWork.Opening, default, ""));
        Assert.Equal(AccountStatus.Refused, again.Value.State.Account.Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task Consent_EndsWithItsLastDay_AndIsNoted()
    {
        await using var nation = await Nation.StartAsync();
        var family = await Family.BornAsync(nation.Api.Services);
        var doctor = Family.NewDoctor();
        var until = CivilDate.At(DateTimeOffset.UtcNow).AddDays(5);
        await nation.Api.AsAsync(nation.Tokens, family.Mother, HttpMethod.Put, $"{family.Url}/consents/rpps:{doctor.Identifier.Value}",
            new { name = doctor.Name, read = Documents, purposes = Care, untilOn = until });
        var request = new AccessRequest(doctor, AccessAction.Read, AccessMode.Normal, Categories.Documents, Purposes.Care, default, [], false);
        var grain = Family.Grain<IAccessGrain>(nation.Api.Services, family.Space);
        Assert.Equal(CivilDate.EndOf(until), (await grain.EvaluateAsync(request)).Value.Decision.Until);

        await nation.MoveClockAsync(TimeSpan.FromDays(7));

        Assert.Equal("access-not-authorised", (await grain.EvaluateAsync(request)).Refusal?.Code);
        await nation.UntilAsync(family, state => state.Consent.Of(doctor.Identifier)!.End == ConsentEnd.Expired);
    }

    [Fact(Timeout = 60_000)]
    public async Task BrisDeGlace_EndsAfterFourHours_AndIsNoted()
    {
        await using var nation = await Nation.StartAsync();
        var family = await Family.BornAsync(nation.Api.Services);
        var doctor = Family.NewDoctor();
        await Family.Grain<IEmergencyGrain>(nation.Api.Services, family.Space).BreakAsync(new(Guid.NewGuid(), "inconscient", "ici", doctor));
        var request = new AccessRequest(doctor, AccessAction.Read, AccessMode.BrisDeGlace, Categories.Documents, Purposes.Care, default, [], false);
        var grain = Family.Grain<IAccessGrain>(nation.Api.Services, family.Space);
        Assert.Null((await grain.EvaluateAsync(request)).Refusal);

        await nation.MoveClockAsync(TimeSpan.FromHours(4));

        Assert.Equal("access-not-authorised", (await grain.EvaluateAsync(request)).Refusal?.Code);
        await nation.UntilAsync(family, state => state.Emergency.ByProfessional.IsEmpty);
    }

    [Fact(Timeout = 60_000)]
    public async Task Majority_EndsTheParentsPowers()
    {
        await using var nation = await Nation.StartAsync();
        var family = await Family.BornAsync(nation.Api.Services);

        await nation.MoveClockAsync(TimeSpan.FromDays(366 * 18));

        var grain = Family.Grain<IAccountGrain>(nation.Api.Services, family.Space);
        Assert.Equal("space-unknown", (await grain.LookAsync(family.Mother)).Refusal?.Code);
        await nation.UntilAsync(family, state => state.Account.OfAge, by: family.Holder);
    }

    /// <summary>A database, tokens and one front-end whose clock may be moved.</summary>
    private sealed class Nation(TestDatabase database, TestTokens tokens, ApiHost api) : IAsyncDisposable
    {
        public TestTokens Tokens => tokens;

        public ApiHost Api => api;

        public static async Task<Nation> StartAsync()
        {
            var database = await TestDatabase.CreateAsync(ApiHost.Assemblies);
            var tokens = await TestTokens.StartAsync();
            return new Nation(database, tokens, ApiHost.Start(database, tokens));
        }

        public async Task MoveClockAsync(TimeSpan offset) =>
            Assert.True(await api.Services.GetRequiredService<Ledger.World>().MoveClockAsync(offset, TestContext.Current.CancellationToken));

        /// <summary>Looks until it is so; the test's own time limit ends a wait in vain.</summary>
        public async Task UntilAsync(Family family, Func<AccessState, bool> isSo, Actor? by = null)
        {
            var grain = Family.Grain<IAccountGrain>(api.Services, family.Space);
            while (!isSo((await grain.LookAsync(by ?? family.Mother)).Value.State))
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await api.DisposeAsync();
            await tokens.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
