using System.Net;

namespace Sante.Space.Tests.FhirApi;

/// <summary>Feeding over HTTP, and finding again what was fed.</summary>
public sealed class FeedTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Provide_OneDocument_IsFoundReadAndItsContentRetrieved()
    {
        var family = await BornAsync();
        var fed = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString()));
        Assert.Equal(HttpStatusCode.OK, fed.Status);
        Assert.Equal(["201 Created", "201 Created", "201 Created"], fed.Entries.Select(entry => entry["response"]!["status"]!.GetValue<string>()));
        var doctor = As(Api.Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);

        var found = await doctor.GetAsync($"/DocumentReference?patient=Patient/{family.Child}&status=current");
        var read = await doctor.GetAsync($"/DocumentReference/{fed.Created("DocumentReference")}");
        var content = await doctor.GetAsync("/" + read.Json["content"]![0]!["attachment"]!["url"]!.GetValue<string>(), ("Accept", "application/pdf"));
        var list = await doctor.GetAsync($"/List?patient=Patient/{family.Child}&code=https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes|submissionset&status=current");

        Assert.Equal(1, found.Json["total"]!.GetValue<int>());
        Assert.Equal([fed.Created("DocumentReference")], found.Ids);
        Assert.Equal(HttpStatusCode.OK, read.Status);
        Assert.Equal("W/\"1\"", read.Message.Headers.ETag!.ToString());
        Assert.Equal("application/fhir+json; fhirVersion=4.0", read.Message.Content.Headers.ContentType!.ToString());
        Assert.Equal(Contents.Pdf, await content.Message.Content.ReadAsByteArrayAsync());
        Assert.Equal("application/pdf", content.Message.Content.Headers.ContentType!.ToString());
        Assert.Equal($"DocumentReference/{fed.Created("DocumentReference")}", list.Entries[0]["resource"]!["entry"]![0]!["item"]!["reference"]!.GetValue<string>());
    }

    [Fact]
    public async Task Provide_SentAgain_GivesTheFirstAnswerAndStoresNothingTwice()
    {
        var family = await BornAsync();
        var (submission, master) = (Contents.NewUuid(), Contents.NewUuid());
        string Again() => Contents.Provide(family.Child.ToString(), submission, master);

        var first = await Hospital.PostAsync("", Again());
        var second = await Hospital.PostAsync("", Again());

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal(HttpStatusCode.OK, second.Status);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(1, (await Hospital.GetAsync($"/DocumentReference?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Provide_SameSubmissionOtherContent_IsRefused()
    {
        var family = await BornAsync();
        var submission = Contents.NewUuid();
        await Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), submission, title: "Un"));

        var other = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), submission, title: "Deux"));

        Assert.Equal(HttpStatusCode.Conflict, other.Status);
        Assert.Equal("idempotency-key-reused", other.Code);
    }

    [Fact]
    public async Task Provide_SameDocumentInAnotherSubmission_IsRefused()
    {
        var family = await BornAsync();
        var master = Contents.NewUuid();
        await Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), masterIdentifier: master));

        var other = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), masterIdentifier: master));

        Assert.Equal(HttpStatusCode.Conflict, other.Status);
        Assert.Equal("document-identifier-used", other.Code);
        Assert.Equal(1, (await Hospital.GetAsync($"/DocumentReference?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Provide_SameSubmissionByTwoAuthors_IsTwoDeposits()
    {
        var family = await BornAsync();
        var (submission, master) = (Contents.NewUuid(), Contents.NewUuid());
        var laboratory = As(People.Hospital with { Identifier = new(People.FinessSystem, "750000034"), Structure = null, Name = "laboratoire" });

        var one = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), submission, master));
        var two = await laboratory.PostAsync("", Contents.Provide(family.Child.ToString(), submission, master));

        Assert.Equal(HttpStatusCode.OK, two.Status);
        Assert.NotEqual(one.Created("DocumentReference"), two.Created("DocumentReference"));
    }

    [Fact]
    public async Task SimplifiedPublish_TakesTheContentOutAndKeepsIt()
    {
        var family = await BornAsync();
        var published = await Hospital.PostAsync("/DocumentReference", Contents.InlineDocument(family.Child.ToString(), Contents.NewUuid(), Contents.Pdf));
        Assert.Equal(HttpStatusCode.Created, published.Status);

        var read = await Hospital.GetAsync($"/DocumentReference/{published.LocatedId}");
        var attachment = read.Json["content"]![0]!["attachment"]!;
        var content = await Hospital.GetAsync("/" + attachment["url"]!.GetValue<string>());

        Assert.Null(attachment["data"]);
        Assert.Equal(Contents.Pdf, await content.Message.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task SimplifiedPublish_SentAgain_HasTheSameAddress()
    {
        var family = await BornAsync();
        var body = Contents.InlineDocument(family.Child.ToString(), Contents.NewUuid(), Contents.Pdf);

        var first = await Hospital.PostAsync("/DocumentReference", body);
        var second = await Hospital.PostAsync("/DocumentReference", body);

        Assert.Equal(HttpStatusCode.Created, second.Status);
        Assert.Equal(first.Message.Headers.Location, second.Message.Headers.Location);
    }

    [Fact]
    public async Task Create_WithAnIdempotencyKey_StoresOnce()
    {
        var family = await BornAsync();
        var body = Contents.Observation(family.Child.ToString());

        var first = await Hospital.PostAsync("/Observation", body, ("Idempotency-Key", "k-1"));
        var second = await Hospital.PostAsync("/Observation", body, ("Idempotency-Key", "k-1"));
        var other = await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), "9"), ("Idempotency-Key", "k-1"));

        Assert.Equal(first.LocatedId, second.LocatedId);
        Assert.Equal("idempotency-key-reused", other.Code);
    }

    [Theory]
    [InlineData("71.50")]
    [InlineData("0.000")]
    [InlineData("1.10E+2")]
    [InlineData("12345678901234567890.1234567890")]
    public async Task Decimals_ComeBackByteForByte(string value)
    {
        var family = await BornAsync();
        var created = await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), value));
        Assert.Equal(HttpStatusCode.Created, created.Status);

        var read = await Hospital.GetAsync($"/Observation/{created.LocatedId}");
        var pretty = await Hospital.GetAsync($"/Observation/{created.LocatedId}?_pretty=true");

        Assert.Contains($"\"value\":{value},", read.Text, StringComparison.Ordinal);
        Assert.Contains($"\"value\": {value},", pretty.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_OfOwnContent_MakesVersionsThatCanBeReadAgain()
    {
        var family = await BornAsync();
        var created = await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), "70"));
        var id = created.LocatedId;
        var second = Contents.Observation(family.Child.ToString(), "71", extra: $"\"id\":\"{id}\",");

        var updated = await Hospital.PutAsync($"/Observation/{id}", second, ("If-Match", "W/\"1\""));
        var stale = await Hospital.PutAsync($"/Observation/{id}", second, ("If-Match", "W/\"1\""));
        var history = await Hospital.GetAsync($"/Observation/{id}/_history");
        var before = await Hospital.GetAsync($"/Observation/{id}/_history/1");

        Assert.Equal(HttpStatusCode.OK, updated.Status);
        Assert.Equal("2", updated.Json["meta"]!["versionId"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        Assert.Equal("version-conflict", stale.Code);
        Assert.Equal(2, history.Json["total"]!.GetValue<int>());
        Assert.Contains("\"value\":70,", before.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replace_MarksTheOldDocumentSuperseded()
    {
        var family = await BornAsync();
        var old = await FeedDocumentAsync(family);
        var replacing = $$"""
            "relatesTo":[{"code":"replaces","target":{"reference":"DocumentReference/{{old}}"} }],
            """;

        var fed = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), relates: replacing));
        var current = await Hospital.GetAsync($"/DocumentReference?patient=Patient/{family.Child}&status=current");
        var replaced = await Hospital.GetAsync($"/DocumentReference/{old}");

        Assert.Equal([fed.Created("DocumentReference")], current.Ids);
        Assert.Equal("superseded", replaced.Json["status"]!.GetValue<string>());
        Assert.Equal("2", replaced.Json["meta"]!["versionId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Search_ByPages_ShowsEachResourceOnce()
    {
        var family = await BornAsync();
        for (var i = 0; i < 5; i++)
            await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), $"{i + 1}"));

        var seen = new List<string>();
        var page = await Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}&_count=2");
        while (true)
        {
            Assert.Equal(5, page.Json["total"]!.GetValue<int>());
            seen.AddRange(page.Ids);
            var next = page.Json["link"]!.AsArray().FirstOrDefault(link => link!["relation"]!.GetValue<string>() == "next")?["url"]!.GetValue<string>();
            if (next is null)
                break;
            page = await Hospital.GetAsync(new Uri(next).PathAndQuery["/fhir".Length..]);
        }

        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(5, seen.Count);
    }

    [Fact]
    public async Task Read_WithTheVersionAlreadyHeld_Is304AndTraced()
    {
        var family = await BornAsync();
        var id = await FeedDocumentAsync(family);
        var lines = (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.Lines;

        var same = await Hospital.GetAsync($"/DocumentReference/{id}", ("If-None-Match", "W/\"1\""));

        Assert.Equal(HttpStatusCode.NotModified, same.Status);
        Assert.Equal(lines + 1, (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value.Lines);
    }

    [Fact]
    public async Task Head_AndIfModifiedSince_AreReadsWithoutABody()
    {
        var family = await BornAsync();
        var id = await FeedDocumentAsync(family);

        var head = await Hospital.SendAsync(HttpMethod.Head, $"/DocumentReference/{id}", null);
        var unchanged = await Hospital.GetAsync($"/DocumentReference/{id}", ("If-Modified-Since", head.Message.Content.Headers.LastModified!.Value.ToString("R")));
        var older = await Hospital.GetAsync($"/DocumentReference/{id}", ("If-Modified-Since", "Mon, 01 Jan 2024 00:00:00 GMT"));

        Assert.Equal((HttpStatusCode.OK, ""), (head.Status, head.Text));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.Status);
        Assert.Equal(HttpStatusCode.OK, older.Status);
    }

    [Theory]
    [InlineData("text/html; charset=utf-8")]
    [InlineData("image/svg+xml")]
    public async Task Content_ThatABrowserCouldRun_IsServedAsAnAttachment(string mediaType)
    {
        var family = await BornAsync();
        var body = Contents.InlineDocument(family.Child.ToString(), Contents.NewUuid(), Contents.Pdf).Replace("application/pdf", mediaType, StringComparison.Ordinal);
        var created = await Hospital.PostAsync("/DocumentReference", body);
        Assert.Equal(HttpStatusCode.Created, created.Status);
        var url = (await Hospital.GetAsync($"/DocumentReference/{created.LocatedId}")).Json["content"]![0]!["attachment"]!["url"]!.GetValue<string>();

        var content = await Hospital.GetAsync("/" + url);

        Assert.Equal(mediaType, content.Message.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment", content.Message.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal("nosniff", content.Message.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("sandbox", content.Message.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task Mother_FeedsPatientDocumentsOnly()
    {
        var family = await BornAsync();
        var mother = As(family.Mother);

        var own = await mother.PostAsync("/DocumentReference", Contents.InlineDocument(family.Child.ToString(), Contents.NewUuid(), Contents.Pdf, type: "DOCPAT01"));
        var medical = await mother.PostAsync("/DocumentReference", Contents.InlineDocument(family.Child.ToString(), Contents.NewUuid(), Contents.Pdf));

        Assert.Equal(HttpStatusCode.Created, own.Status);
        Assert.Equal((HttpStatusCode.Forbidden, "document-type-not-for-citizens"), (medical.Status, medical.Code));
    }

    [Fact]
    public async Task Metadata_SaysWhatRuns_WithoutAToken()
    {
        var answer = await Fixture.Api.Http.GetAsync("/fhir/metadata");
        var statement = new FhirReply(answer.StatusCode, answer, await answer.Content.ReadAsStringAsync()).Json;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("4.0.1", statement["fhirVersion"]!.GetValue<string>());
        Assert.Contains(statement["rest"]![0]!["resource"]!.AsArray(), resource => resource!["type"]!.GetValue<string>() == "DocumentReference");
    }
}
