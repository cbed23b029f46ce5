using System.Net;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>Pages: nothing lost, nothing repeated, whatever is written meanwhile; links that never expire.</summary>
public sealed class SearchPageTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("/Observation?patient=Patient/CHILD&_count=2")]
    [InlineData("/Observation?patient=Patient/CHILD&_count=2&_sort=-date")]
    [InlineData("/Observation?patient=Patient/CHILD&_count=2&_sort=value-quantity")]
    [InlineData("/Patient/CHILD/Observation?_count=2")]
    [InlineData("/?_type=Observation,DocumentReference,List&patient=Patient/CHILD&_count=2")]
    public async Task Pages_HoldEachResourceOnce(string path)
    {
        var family = await BornAsync();
        var mother = As(family.Mother);
        var fed = new HashSet<string>();
        for (var i = 1; i <= 7; i++)
            fed.Add((await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), $"{i}").Replace("2026-05-02T", $"2026-05-0{i}T", StringComparison.Ordinal))).LocatedId);
        for (var i = 0; i < 3 && path.StartsWith("/?", StringComparison.Ordinal); i++)
            fed.Add(await FeedDocumentAsync(family));

        var walked = new List<string>();
        for (var next = path.Replace("CHILD", family.Child.ToString(), StringComparison.Ordinal); next is not null;)
        {
            var page = await mother.GetAsync(next);
            Assert.True(page.Status == HttpStatusCode.OK, page.Text);
            Assert.InRange(page.Ids.Count, 1, 2);
            walked.AddRange(page.Ids);
            next = Next(page);
            // What is fed and changed meanwhile moves nobody.
            await Hospital.PostAsync("/Condition", Contents.Observation(family.Child.ToString()));
        }

        Assert.Equal(walked.Count, walked.Distinct().Count());
        Assert.Subset(walked.ToHashSet(), fed);
    }

    [Fact]
    public async Task Link_OfALastResourceThatIsGone_GoesOn()
    {
        var family = await BornAsync();
        for (var i = 1; i <= 3; i++)
            await FeedDocumentAsync(family);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var all = await doctor.GetAsync($"/DocumentReference?patient=Patient/{family.Child}");
        var first = await doctor.GetAsync($"/DocumentReference?patient=Patient/{family.Child}&_count=1");

        await HideAsync(family, first.Ids[0]);
        var second = await doctor.GetAsync(Next(first)!);

        Assert.Equal((HttpStatusCode.OK, all.Ids[1]), (second.Status, second.Ids[0]));
        Assert.Equal(2, second.Json["total"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("%00")]
    [InlineData("99999999999999999999.x")]
    [InlineData("")]
    public async Task ForgedCursor_Is400(string cursor)
    {
        var family = await BornAsync();

        foreach (var path in new[] { "/Observation?", "/?_type=Observation,List&" })
            Assert.Equal((HttpStatusCode.BadRequest, "cursor-invalid"),
                await As(family.Mother).GetAsync($"{path}patient=Patient/{family.Child}&_cursor={cursor}") is var told ? (told.Status, told.Code) : default);
    }

    private static string? Next(FhirReply page) => page.Json["link"]!.AsArray()
        .FirstOrDefault(link => link!["relation"]!.GetValue<string>() == "next")?["url"]!.GetValue<string>().Split("/fhir")[1];
}
