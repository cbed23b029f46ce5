using Orleans;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Api;

/// <summary>House §1: a destroyed key raises the access version, seen from the space and from a front-end that held the key.</summary>
public sealed class ErasureTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    [Fact]
    public async Task KeyDestroyed_RaisesTheAccessVersion()
    {
        await using var second = ApiHost.Start(Fixture.Database, Fixture.Tokens);
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        var mother = new FhirClient(second, Fixture.Tokens, family.Mother);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await mother.GetAsync($"/DocumentReference/{document}")).Status);
        var before = (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value;
        // Decided on the second front-end while the key was there; recorded only after.
        var access = Family.Grain<IAccessGrain>(second.Services, family.Space);
        var request = new AccessRequest(family.Mother, AccessAction.Read, AccessMode.Normal, Categories.Documents, Purposes.Care, default, [], false);
        var decided = (await access.EvaluateAsync(request)).Value;

        Assert.True((await Fixture.Api.Ledger.EraseAsync(family.Space, "{}"u8.ToArray())).Value.IsAccepted);

        Assert.Equal(before.AccessVersion + 1, (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.AccessVersion);
        Assert.Null((await access.DiscloseAsync(decided, Disclosure.Nothing())).Value);
        Assert.NotNull((await access.EvaluateAsync(request)).Refusal);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await mother.GetAsync($"/DocumentReference/{document}")).Status);
    }
}
