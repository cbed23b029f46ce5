using System.Collections.Concurrent;
using Sante.Kernel;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Api;

/// <summary>Three front-ends, many readers, one revoker: what the citizen was promised must hold through the whole path, decision to line.</summary>
public sealed class RevocationTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const int Rounds = 12;
    private const int Readers = 64;

    [Fact(Timeout = 240_000)]
    public async Task Revocation_AmongParallelReaders_BitesOnEveryFrontEnd_AndNoLaterLineRestsOnOlderState()
    {
        await using var second = ApiHost.Start(fixture.Database, fixture.Tokens);
        await using var third = ApiHost.Start(fixture.Database, fixture.Tokens);
        ApiHost[] fronts = [fixture.Api, second, third];
        var family = await Family.BornAsync(fixture.Api.Services);
        var doctor = Family.NewDoctor();
        for (var round = 0; round < Rounds; round++)
        {
            await RoundAsync(family, doctor, fronts, round);
        }

        await CheckLinesAsync(family);
    }

    private static async Task RoundAsync(Family family, Actor doctor, ApiHost[] fronts, int round)
    {
        var consents = fronts.Select(front => Family.Grain<IConsentGrain>(front.Services, family.Space)).ToList();
        Assert.Null((await consents[round % 3].ActAsync(new GrantConsent(
            Guid.NewGuid(), doctor.Grant(), Categories.Documents, Categories.None, Purposes.Care, null, null, family.Mother))).Refusal);
        var answers = new ConcurrentBag<(bool SentAfter, bool Allowed)>();
        var revoked = 0;
        var readers = Enumerable.Range(0, Readers).Select(n => Task.Run(async () =>
        {
            var grain = Family.Grain<IAccessGrain>(fronts[n % 3].Services, family.Space);
            for (var k = 0; k < 3; k++)
            {
                var sentAfter = Volatile.Read(ref revoked) == 1;
                answers.Add((sentAfter, await ReadAsync(grain, doctor)));
            }
        })).ToList();
        var revocation = await consents[(round + 1) % 3].ActAsync(new RevokeConsent(doctor.Grant(), family.Father));
        Volatile.Write(ref revoked, 1);
        Assert.Null(revocation.Refusal);
        foreach (var front in fronts)
        {
            Assert.False(await ReadAsync(Family.Grain<IAccessGrain>(front.Services, family.Space), doctor));
        }

        await Task.WhenAll(readers);
        Assert.DoesNotContain(answers, answer => answer is { SentAfter: true, Allowed: true });
    }

    /// <summary>True when a line was recorded, hence when content could leave.</summary>
    private static async Task<bool> ReadAsync(IAccessGrain grain, Actor doctor)
    {
        var request = new AccessRequest(doctor, AccessAction.Read, AccessMode.Normal, Categories.Documents, Purposes.Care, default, [], false);
        while (true)
        {
            if (!(await grain.EvaluateAsync(request)).TryGet(out var evaluation, out var refusal))
            {
                Assert.Equal("access-not-authorised", refusal.Code);
                return false;
            }

            if ((await grain.DiscloseAsync(evaluation, Disclosure.Nothing())).Value is not null)
            {
                return true;
            }
        }
    }

    /// <summary>Numbers without gap, access versions that never go back, and between a revocation and the next grant no allowed reading.</summary>
    private async Task CheckLinesAsync(Family family)
    {
        var grain = Family.Grain<ITraceGrain>(fixture.Api.Services, family.Space);
        var lines = new List<ShownLine>();
        for (long? before = null; ;)
        {
            var page = (await grain.ReadTraceAsync(family.Mother, before, SpaceGrain.MostLines)).Value;
            lines.AddRange(page.Lines);
            if (page.Next is null)
            {
                break;
            }

            before = page.Next;
        }

        lines.Reverse();
        Assert.Equal(Enumerable.Range(1, lines.Count).Select(n => (long)n), lines.Select(l => l.Number));
        var isOpen = false;
        foreach (var line in lines.Select(l => l.Line))
        {
            isOpen = line.Fact switch { "consent-granted" => true, "consent-revoked" => false, _ => isOpen };
            if (line is { Action: TraceAction.Read })
            {
                Assert.Equal(isOpen, line.Allowed);
            }
        }
    }
}
