using System.Net;
using Sante.Kernel;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary><c>$validate</c> and <c>$meta</c> on <c>/fhir</c>.</summary>
public sealed class OperationTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Validate_AnswersEveryFindingWith200_AndStoresNothing()
    {
        var family = await BornAsync();

        var good = await Hospital.PostAsync("/Observation/$validate", Contents.Observation(family.Child.ToString()));
        var bad = await Hospital.PostAsync("/Observation/$validate", """{"resourceType":"Observation","status":"nothing"}""");
        var wrapped = await Hospital.PostAsync("/Observation/$validate",
            """{"resourceType":"Parameters","parameter":[{"name":"mode","valueCode":"create"},{"name":"resource","resource":{"resourceType":"Observation","status":"final"}}]}""");
        var other = await Hospital.PostAsync("/Observation/$validate", """{"resourceType":"Patient"}""");

        Assert.All(new[] { good, bad, wrapped }, reply => Assert.Equal((HttpStatusCode.OK, "OperationOutcome"), (reply.Status, reply.Json["resourceType"]!.GetValue<string>())));
        Assert.DoesNotContain("\"error\"", good.Text, StringComparison.Ordinal);
        Assert.Contains("\"error\"", bad.Text, StringComparison.Ordinal);
        Assert.Contains("\"error\"", wrapped.Text, StringComparison.Ordinal);
        Assert.Equal("resource-type-differs", other.Code);
        Assert.Equal(0, (await As(family.Mother).GetAsync($"/Observation?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task ValidateAndMeta_OfWhatIsStored_AreReadings()
    {
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);

        Assert.Equal(HttpStatusCode.OK, (await doctor.GetAsync($"/DocumentReference/{document}/$validate")).Status);
        Assert.Equal("1", (await doctor.GetAsync($"/DocumentReference/{document}/$meta")).Json["parameter"]![0]!["valueMeta"]!["versionId"]!.GetValue<string>());
        await HideAsync(family, document);
        foreach (var operation in new[] { "$validate", "$meta" })
            Assert.Equal((HttpStatusCode.NotFound, "not-found"), await doctor.GetAsync($"/DocumentReference/{document}/{operation}") is var told ? (told.Status, told.Code) : default);
    }

    [Fact]
    public async Task MetaAddAndDelete_AreVersionsOfWhatTheCallerFed()
    {
        var family = await BornAsync();
        var id = (await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()))).LocatedId;
        const string tag = """{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"system":"urn:x","code":"t"}]}}]}""";

        var added = await Hospital.PostAsync($"/Observation/{id}/$meta-add", tag);
        var found = await Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}&_tag=urn:x%7Ct");
        var removed = await Hospital.PostAsync($"/Observation/{id}/$meta-delete", tag);
        var foreign = await As(Family.NewDoctor()).PostAsync($"/Observation/{id}/$meta-add", tag);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden], new[] { added, found, removed, foreign }.Select(reply => reply.Status));
        Assert.Equal("t", added.Json["parameter"]![0]!["valueMeta"]!["tag"]![0]!["code"]!.GetValue<string>());
        Assert.Equal([id], found.Ids);
        Assert.Null(removed.Json["parameter"]![0]!["valueMeta"]!["tag"]);
        Assert.Equal("3", removed.Json["parameter"]![0]!["valueMeta"]!["versionId"]!.GetValue<string>());
    }
}
