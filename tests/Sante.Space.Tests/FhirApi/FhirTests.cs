using Sante.Kernel;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>What the tests of <c>/fhir</c> share: a newborn's open space of their own, a hospital, a doctor.</summary>
public abstract class FhirTests(ApiFixture fixture)
{
    protected const string Editor = "urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2560";

    protected ApiFixture Fixture { get; } = fixture;

    private protected Task<Family> BornAsync() => Family.BornAsync(Fixture.Api.Services);

    private protected FhirClient As(Actor actor, string? idpeSystem = null) => new(Fixture.Api, Fixture.Tokens, actor, idpeSystem);

    private protected FhirClient Hospital => As(People.Hospital);

    /// <summary>The mother lets an actor in.</summary>
    private protected async Task LetInAsync(Family family, Actor actor, Categories read = Categories.Documents | Categories.Measures) =>
        Assert.Null((await Family.Grain<IConsentGrain>(Fixture.Api.Services, family.Space)
            .ActAsync(new GrantConsent(Guid.NewGuid(), actor.Grant(), read, Categories.None, Purposes.Care, null, null, family.Mother))).Refusal);

    private protected async Task RevokeAsync(Family family, Actor actor, ApiHost? at = null) =>
        Assert.Null((await Family.Grain<IConsentGrain>((at ?? Fixture.Api).Services, family.Space).ActAsync(new RevokeConsent(actor.Grant(), family.Mother))).Refusal);

    private protected async Task HideAsync(Family family, string document) =>
        Assert.Null((await Family.Grain<IVisibilityGrain>(Fixture.Api.Services, family.Space).ActAsync(new HideDocument(document, family.Mother))).Refusal);

    /// <summary>The mother ties the app's user to the child's space.</summary>
    private protected async Task PairAsync(Family family, Actor app, string idPe)
    {
        var pairings = (SpacePairings)Fixture.Api.Services.GetService(typeof(SpacePairings))!;
        Assert.Null((await pairings.PairAsync(family.Space,
            new Pair(Guid.NewGuid(), app.Grant(), Editor, idPe, Categories.Measures, Categories.Measures, family.Mother))).Refusal);
    }

    private protected async Task<string> FeedDocumentAsync(Family family, string label = "N", string type = Contents.Summary)
    {
        var fed = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), label: label, type: type));
        Assert.Equal(System.Net.HttpStatusCode.OK, fed.Status);
        return fed.Created("DocumentReference");
    }
}
