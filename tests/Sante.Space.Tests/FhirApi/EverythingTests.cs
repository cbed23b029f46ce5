using System.Net;
using Sante.Kernel;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary><c>$everything</c> and the history of a type: all that one may see of one citizen, and nothing else.</summary>
public sealed class EverythingTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private async Task<(Family Family, string Document, string Measure)> FedAsync()
    {
        var family = await BornAsync();
        return (family, await FeedDocumentAsync(family), (await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()))).LocatedId);
    }

    [Fact]
    public async Task Mother_GetsTheWholeRecord_PageByPage()
    {
        var (family, document, measure) = await FedAsync();

        var walked = new List<string>();
        for (var next = $"/Patient/{family.Child}/$everything?_count=1"; next is not null;)
        {
            var page = await As(family.Mother).GetAsync(next);
            Assert.Equal((HttpStatusCode.OK, 1), (page.Status, page.Ids.Count));
            Assert.Equal(4, page.Json["total"]!.GetValue<int>());
            walked.AddRange(page.Ids);
            next = page.Json["link"]!.AsArray().FirstOrDefault(link => link!["relation"]!.GetValue<string>() == "next")?["url"]!.GetValue<string>().Split("/fhir")[1];
        }

        // The child, the document with its submission set, the measure.
        Assert.Equal(4, walked.Distinct().Count());
        Assert.Subset(walked.ToHashSet(), new HashSet<string> { family.Child.ToString(), document, measure });
    }

    [Fact]
    public async Task Doctor_GetsTheCategoriesThatAreOpenedToHim_WithoutWhatIsHidden()
    {
        var (family, document, measure) = await FedAsync();
        var (all, measures, stranger) = (As(Family.NewDoctor()), As(Family.NewDoctor()), As(Family.NewDoctor()));
        await LetInAsync(family, all.Actor);
        await LetInAsync(family, measures.Actor, Categories.Measures);
        await HideAsync(family, document);

        Assert.DoesNotContain(document, (await all.GetAsync($"/Patient/{family.Child}/$everything")).Text, StringComparison.Ordinal);
        Assert.Equal([measure], (await measures.GetAsync($"/Patient/{family.Child}/$everything")).Ids);
        Assert.Equal((HttpStatusCode.Forbidden, "access-not-authorised"), await stranger.GetAsync($"/Patient/{family.Child}/$everything") is var told ? (told.Status, told.Code) : default);
        Assert.Equal((HttpStatusCode.Forbidden, "access-not-authorised"), await stranger.GetAsync($"/Patient/{family.Child.ToString()[..^3]}000/$everything") is var none ? (none.Status, none.Code) : default);
    }

    [Fact]
    public async Task SinceAndType_NarrowIt_AnythingElseIsRefused()
    {
        var (family, _, measure) = await FedAsync();
        var mother = As(family.Mother);

        Assert.Equal([measure], (await mother.GetAsync($"/Patient/{family.Child}/$everything?_type=Observation")).Ids);
        Assert.Empty((await mother.GetAsync($"/Patient/{family.Child}/$everything?_since=2999-01-01")).Ids);
        Assert.Equal(HttpStatusCode.BadRequest, (await mother.GetAsync($"/Patient/{family.Child}/$everything?code=x")).Status);
    }

    [Fact]
    public async Task HistoryOfAType_ShowsVersionsOfWhatIsShown_PageByPage()
    {
        var (family, document, measure) = await FedAsync();
        await Hospital.PutAsync($"/Observation/{measure}", Contents.Observation(family.Child.ToString(), "72", extra: $"\"id\":\"{measure}\","));
        await Hospital.SendAsync(HttpMethod.Delete, $"/Observation/{measure}", null);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);

        var first = await doctor.GetAsync($"/Observation/_history?patient=Patient/{family.Child}&_count=2");
        var next = first.Json["link"]!.AsArray().First(link => link!["relation"]!.GetValue<string>() == "next")!["url"]!.GetValue<string>().Split("/fhir")[1];
        var second = await doctor.GetAsync(next);

        Assert.Equal(["DELETE", "PUT"], first.Entries.Select(entry => entry["request"]!["method"]!.GetValue<string>()));
        Assert.Equal(["POST"], second.Entries.Select(entry => entry["request"]!["method"]!.GetValue<string>()));
        await HideAsync(family, document);
        Assert.Empty((await doctor.GetAsync($"/DocumentReference/_history?patient=Patient/{family.Child}")).Entries);
        Assert.Equal("space-not-named", (await doctor.GetAsync("/Observation/_history")).Code);
        Assert.Equal("access-not-authorised", (await As(Family.NewDoctor()).GetAsync($"/Observation/_history?patient=Patient/{family.Child}")).Code);
    }

    [Fact]
    public async Task TokenWithoutSearch_IsRefused_NotToldOfAnEmptyRecord()
    {
        var (family, _, _) = await FedAsync();
        var reader = new FhirClient(Fixture.Api, Fixture.Tokens, family.Mother) { Token = Fixture.Tokens.For(family.Mother, "patient/*.r") };

        Assert.Equal("scope-insufficient", (await reader.GetAsync($"/Patient/{family.Child}/$everything")).Code);
    }
}
