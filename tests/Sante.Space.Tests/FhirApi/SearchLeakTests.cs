using System.Net;
using Sante.Kernel;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>
/// What is hidden, of a category that no consent opens, or of a type that the token does not name is found by no way round: not by what refers to it, nor by what
/// it refers to, nor by a count, nor by the words of a refusal.
/// </summary>
public sealed class SearchLeakTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private const string Weight = "29463-7";

    /// <summary>A measure derived from a document, and a doctor who may read both categories.</summary>
    private sealed record Scene(Family Family, string Document, string Measure, FhirClient Doctor);

    private async Task<Scene> SetAsync(Categories read = Categories.Documents | Categories.Measures)
    {
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        var measure = (await Hospital.PostAsync("/Observation",
            Contents.Observation(family.Child.ToString(), extra: $$"""  "derivedFrom":[{"reference":"DocumentReference/{{document}}"}], """))).LocatedId;
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor, read);
        return new Scene(family, document, measure, doctor);
    }

    private static async Task<IReadOnlyList<string>> FoundAsync(FhirClient by, Scene scene, string type, string query)
    {
        var found = await by.GetAsync($"/{type}?patient=Patient/{scene.Family.Child}&{query}");
        Assert.Equal(HttpStatusCode.OK, found.Status);
        Assert.Equal(found.Entries.Count(entry => entry["search"]!["mode"]!.GetValue<string>() == "match"), found.Json["total"]!.GetValue<int>());
        return found.Ids;
    }

    /// <summary>Ways to come at a document by the measure that names it.</summary>
    public static TheoryData<string> WaysToTheDocument => ["_include=Observation:derived-from", "_include=Observation:derived-from:DocumentReference", "_include=Observation:*"];

    /// <summary>Ways to learn of a document while searching measures.</summary>
    public static TheoryData<string> ChainsOverTheDocument => ["derived-from:DocumentReference.type=34112-3", "derived-from:DocumentReference.status=current"];

    /// <summary>Ways to come at, or learn of, a measure while searching documents.</summary>
    public static TheoryData<string, bool> WaysToTheMeasure => new()
    {
        { "_has:Observation:derived-from:code=" + Weight, true },
        { "_has:Observation:derived-from:_id=MEASURE", true },
        { "_revinclude=Observation:derived-from", false },
    };

    [Theory]
    [MemberData(nameof(WaysToTheDocument))]
    public async Task Include_FindsTheDocument_UntilItIsHidden(string way)
    {
        var scene = await SetAsync();
        Assert.Contains(scene.Document, await FoundAsync(scene.Doctor, scene, "Observation", way));

        await HideAsync(scene.Family, scene.Document);

        Assert.DoesNotContain(scene.Document, await FoundAsync(scene.Doctor, scene, "Observation", way));
        Assert.Contains(scene.Document, await FoundAsync(Hospital, scene, "Observation", way));
    }

    [Theory]
    [MemberData(nameof(WaysToTheDocument))]
    public async Task Include_OfACategoryThatNoConsentOpens_GivesNothing(string way)
    {
        var scene = await SetAsync(Categories.Measures);

        Assert.Equal([scene.Measure], await FoundAsync(scene.Doctor, scene, "Observation", way));
    }

    [Theory]
    [MemberData(nameof(WaysToTheDocument))]
    public async Task Include_OfATypeThatTheTokenDoesNotName_GivesNothing(string way)
    {
        var scene = await SetAsync();
        var narrow = new FhirClient(Fixture.Api, Fixture.Tokens, scene.Doctor.Actor) { Token = Fixture.Tokens.For(scene.Doctor.Actor, "user/Observation.rs") };

        Assert.Equal([scene.Measure], await FoundAsync(narrow, scene, "Observation", way));
    }

    [Theory]
    [MemberData(nameof(ChainsOverTheDocument))]
    public async Task Chain_MatchesNothing_OnceTheDocumentIsHidden(string chain)
    {
        var scene = await SetAsync();
        Assert.Equal([scene.Measure], await FoundAsync(scene.Doctor, scene, "Observation", chain));

        await HideAsync(scene.Family, scene.Document);

        Assert.Empty(await FoundAsync(scene.Doctor, scene, "Observation", chain));
    }

    [Theory]
    [MemberData(nameof(ChainsOverTheDocument))]
    public async Task Chain_OverACategoryThatNoConsentOpens_MatchesNothing(string chain)
    {
        var scene = await SetAsync(Categories.Measures);

        Assert.Empty(await FoundAsync(scene.Doctor, scene, "Observation", chain));
    }

    [Theory]
    [MemberData(nameof(WaysToTheMeasure))]
    public async Task ReverseWays_FindTheMeasure_UntilItIsHidden(string way, bool decides)
    {
        var scene = await SetAsync();
        way = way.Replace("MEASURE", scene.Measure, StringComparison.Ordinal);
        Assert.Equal(decides ? [scene.Document] : new[] { scene.Document, scene.Measure }, await FoundAsync(scene.Doctor, scene, "DocumentReference", way));

        await HideAsync(scene.Family, scene.Measure);

        Assert.Equal(decides ? [] : new[] { scene.Document }, await FoundAsync(scene.Doctor, scene, "DocumentReference", way));
    }

    [Theory]
    [MemberData(nameof(WaysToTheMeasure))]
    public async Task ReverseWays_IntoACategoryThatNoConsentOpens_FindNothing(string way, bool decides)
    {
        var scene = await SetAsync(Categories.Documents);
        way = way.Replace("MEASURE", scene.Measure, StringComparison.Ordinal);

        Assert.Equal(decides ? [] : new[] { scene.Document }, await FoundAsync(scene.Doctor, scene, "DocumentReference", way));
    }

    [Fact]
    public async Task HiddenAndUnknown_AnswerAlike_ToEverySearch()
    {
        var scene = await SetAsync();
        await HideAsync(scene.Family, scene.Document);
        var unknown = scene.Document[..^4] + "0000";

        foreach (var query in new[] { "_id=ID", "_id=ID&_summary=count", "_id=ID&_total=accurate", "_id=ID&_include=DocumentReference:subject", "related=DocumentReference/ID" })
        {
            var (hidden, absent) = (await AskAsync(scene.Document), await AskAsync(unknown));

            Assert.Equal((absent.Status, absent.Text.Replace(unknown, "ID", StringComparison.Ordinal)), (hidden.Status, hidden.Text.Replace(scene.Document, "ID", StringComparison.Ordinal)));

            Task<FhirReply> AskAsync(string id) => scene.Doctor.GetAsync($"/DocumentReference?patient=Patient/{scene.Family.Child}&{query.Replace("ID", id, StringComparison.Ordinal)}");
        }
    }

    [Fact]
    public async Task CitizensReferTo_OtherCitizens_InVain()
    {
        var (mine, theirs) = (await SetAsync(), await SetAsync());
        await Hospital.PostAsync("/Observation", Contents.Observation(mine.Family.Child.ToString(),
            extra: $$"""  "derivedFrom":[{"reference":"DocumentReference/{{theirs.Document}}"}], """));

        var found = await Hospital.GetAsync($"/Observation?patient=Patient/{mine.Family.Child}&_include=Observation:derived-from");

        Assert.DoesNotContain($"\"id\":\"{theirs.Document}\"", found.Text, StringComparison.Ordinal);
        Assert.Equal(2, found.Json["total"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("/?_type=Observation,DocumentReference&patient=Patient/CHILD")]
    [InlineData("/?patient=Patient/CHILD")]
    [InlineData("/Patient/CHILD/DocumentReference")]
    public async Task SeveralTypesAndCompartments_ShowWhatEachTypeShows(string path)
    {
        var scene = await SetAsync();
        path = path.Replace("CHILD", scene.Family.Child.ToString(), StringComparison.Ordinal);
        Assert.Contains(scene.Document, (await scene.Doctor.GetAsync(path)).Ids);

        await HideAsync(scene.Family, scene.Document);

        var found = await scene.Doctor.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, found.Status);
        Assert.DoesNotContain(scene.Document, found.Ids);
        Assert.Equal(found.Entries.Count, found.Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task SeveralTypes_ShowTheCategoriesThatAConsentOpens()
    {
        var scene = await SetAsync(Categories.Measures);

        var found = await scene.Doctor.GetAsync($"/?patient=Patient/{scene.Family.Child}");
        var stranger = await As(Family.NewDoctor()).GetAsync($"/?patient=Patient/{scene.Family.Child}");

        Assert.Equal([scene.Measure], found.Ids);
        Assert.Equal((HttpStatusCode.Forbidden, "access-not-authorised"), (stranger.Status, stranger.Code));
    }
}
