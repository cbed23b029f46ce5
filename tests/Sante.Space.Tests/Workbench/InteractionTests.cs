using System.Net;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Workbench;

/// <summary>One resource over HTTP: what each interaction answers, with its headers.</summary>
public sealed class InteractionTests(WorkbenchFixture fixture) : IClassFixture<WorkbenchFixture>
{
    private const string Ann = """{"resourceType":"Patient","active":true,"name":[{"family":"Martin"}]}""";

    [Fact]
    public async Task Create_AnswersWhereItIs_AndReadGivesItBack()
    {
        var client = await fixture.NewAsync();
        var created = await client.PostAsync("Patient", Ann);

        Assert.Equal(HttpStatusCode.Created, created.Status);
        var id = created.Json["id"]!.GetValue<string>();
        Assert.Equal($"{client.Base}/Patient/{id}/_history/1", created.Message.Headers.Location!.ToString());
        Assert.Equal("W/\"1\"", created.Message.Headers.ETag!.ToString());
        Assert.NotNull(created.Message.Content.Headers.LastModified);
        var read = await client.GetAsync($"Patient/{id}");
        Assert.Equal((HttpStatusCode.OK, created.Text), (read.Status, read.Text));
        Assert.Equal("application/fhir+json", read.Message.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Read_OfAKnownVersion_Is304()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"active\":true");
        Assert.Equal(HttpStatusCode.NotModified, (await client.GetAsync($"Patient/{id}", ("If-None-Match", "W/\"1\""))).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"Patient/{id}", ("If-None-Match", "W/\"2\""))).Status);
        Assert.Equal(HttpStatusCode.NotModified, (await client.GetAsync($"Patient/{id}", ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"Patient/{id}", ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"))).Status);
    }

    [Fact]
    public async Task Update_MakesVersions_ThatStayReadable()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"active\":true");
        var updated = await client.PutAsync($"Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}","active":false}""", ("If-Match", "W/\"1\""));
        Assert.Equal((HttpStatusCode.OK, "2"), (updated.Status, updated.Json["meta"]!["versionId"]!.GetValue<string>()));
        Assert.Equal("version-conflict", (await client.PutAsync($"Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}"}""", ("If-Match", "W/\"1\""))).Code);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.PutAsync($"Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}"}""", ("If-Match", "W/\"1\""))).Status);
        Assert.True((await client.GetAsync($"Patient/{id}/_history/1")).Json["active"]!.GetValue<bool>());
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"Patient/{id}/_history/3")).Status);
    }

    [Fact]
    public async Task IfMatchAny_TakesWhatIsThere_AndOnlyThat()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"active\":true");
        Assert.Equal(HttpStatusCode.OK, (await client.PutAsync($"Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}","active":false}""", ("If-Match", "*"))).Status);
        Assert.Equal("2", (await client.GetAsync($"Patient/{id}")).Json["meta"]!["versionId"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await client.PutAsync("Patient/none", """{"resourceType":"Patient","id":"none"}""", ("If-Match", "*"))).Status);
    }

    [Fact]
    public async Task Update_OfAnUnknownId_CreatesIt_UnlessItMustBeThere()
    {
        var client = await fixture.NewAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await client.PutAsync("Patient/my.own-1", """{"resourceType":"Patient","id":"my.own-1"}""", ("If-Match", "W/\"1\""))).Status);
        var created = await client.PutAsync("Patient/my.own-1", """{"resourceType":"Patient","id":"my.own-1"}""");
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.PutAsync("Patient/my.own-1", """{"resourceType":"Patient","id":"my.own-1"}""", ("If-None-Match", "*"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("Patient/my.own-1")).Status);
    }

    [Theory]
    [InlineData("Patient/a", """{"resourceType":"Patient","id":"b"}""", 400, "id-differs")]
    [InlineData("Patient/a", """{"resourceType":"Patient"}""", 400, "id-differs")]
    [InlineData("Patient/a", """{"resourceType":"Group","id":"a","type":"person","actual":true}""", 400, "resource-type-differs")]
    [InlineData("Patient/a_b", """{"resourceType":"Patient","id":"a_b"}""", 400, "id-invalid")]
    [InlineData("Nonsense/a", """{"resourceType":"Patient","id":"a"}""", 404, "resource-type-unknown")]
    [InlineData("AuditEvent/a", """{"resourceType":"AuditEvent","id":"a"}""", 405, "audit-not-writable")]
    public async Task Update_OfAnotherThanTheAddressSays_IsRefused(string path, string body, int status, string code)
    {
        var client = await fixture.NewAsync();
        var reply = await client.PutAsync(path, body);
        Assert.Equal(((HttpStatusCode)status, code), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task Deleted_IsGone_AndComesBackAsTheNextVersion()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"active\":true");
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.DeleteAsync($"Patient/{id}", ("If-Match", "W/\"7\""))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync($"Patient/{id}", ("If-Match", "W/\"1\""))).Status);
        Assert.Equal((HttpStatusCode.Gone, "resource-deleted"), (await client.GetAsync($"Patient/{id}") is var gone ? (gone.Status, gone.Code) : default));
        Assert.Empty((await client.GetAsync("Patient?_id=" + id)).Entries);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync($"Patient/{id}")).Status);
        var back = await client.PutAsync($"Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}"}""");
        Assert.Equal("3", back.Json["meta"]!["versionId"]!.GetValue<string>());
    }

    [Fact]
    public async Task NeverThere_Is404WithAnOutcome()
    {
        var client = await fixture.NewAsync();
        Assert.Equal((HttpStatusCode.NotFound, "resource-unknown"), (await client.GetAsync("Patient/nobody") is var reply ? (reply.Status, reply.Code) : default));
        Assert.Equal("resource-unknown", (await client.GetAsync("Patient/nobody/_history")).Code);
        Assert.Equal("operation-unknown", (await client.GetAsync("Patient/$nothing")).Code);
        Assert.Equal("operation-unknown", (await client.GetAsync("Patient/a/$nothing")).Code);
        Assert.Equal("workbench-unknown", (await new WorkbenchClient(fixture.Api, fixture.Token, "not-there").GetAsync("Patient/a")).Code);
    }

    [Theory]
    [InlineData("return=minimal", "")]
    [InlineData("return=OperationOutcome", "OperationOutcome")]
    [InlineData("return=representation", "Patient")]
    [InlineData("respond-async", "Patient")]
    public async Task Prefer_DecidesWhatAWriteAnswers(string prefer, string type)
    {
        var client = await fixture.NewAsync();
        var reply = await client.PostAsync("Patient", Ann, ("Prefer", prefer));
        Assert.Equal(HttpStatusCode.Created, reply.Status);
        Assert.Equal(type, reply.Text.Length == 0 ? "" : reply.Json["resourceType"]!.GetValue<string>());
        Assert.NotNull(reply.Message.Headers.Location);
    }

    [Fact]
    public async Task Head_TellsTheSameWithoutTheBody()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"active\":true");
        var (read, head) = (await client.GetAsync($"Patient/{id}"), await client.SendAsync(HttpMethod.Head, $"Patient/{id}", null));
        Assert.Equal((HttpStatusCode.OK, ""), (head.Status, head.Text));
        Assert.Equal(read.Message.Content.Headers.ContentLength, head.Message.Content.Headers.ContentLength);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(HttpMethod.Head, "Patient/nobody", null)).Status);
    }

    [Fact]
    public async Task Formats_AreJsonAlone()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"active\":true");
        Assert.Equal(HttpStatusCode.NotAcceptable, (await client.GetAsync($"Patient/{id}", ("Accept", "application/fhir+xml"))).Status);
        Assert.Equal(HttpStatusCode.NotAcceptable, (await client.GetAsync($"Patient/{id}?_format=xml")).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"Patient/{id}?_format=json", ("Accept", "application/fhir+xml"))).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await client.PostAsync("Patient", "<Patient/>", ("Content-Type", "application/fhir+xml"))).Status);
        Assert.Contains("\n  \"", (await client.GetAsync($"Patient/{id}?_pretty=true")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decimals_KeepTheirDigits()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Observation", "\"status\":\"final\",\"code\":{\"text\":\"x\"},\"valueQuantity\":{\"value\":1.00}");
        Assert.Contains("\"value\":1.00", (await client.GetAsync($"Observation/{id}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_AreToldAllAtOnce_EachWithItsPlace()
    {
        var client = await fixture.NewAsync();
        var reply = await client.PostAsync("Observation", """{"resourceType":"Observation","valueQuantity":{"value":"ten"},"bogus":1}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        var issues = reply.Json["issue"]!.AsArray().Where(issue => issue!["severity"]!.GetValue<string>() == "error").ToList();
        Assert.True(issues.Count >= 3, reply.Text);
        Assert.All(issues, issue => Assert.NotNull(issue!["expression"]));
        Assert.Equal("reference-unknown", (await client.PostAsync("Observation", """{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/nobody"}}""")).Code);
    }

    [Fact]
    public async Task Histories_AreNewestFirst_OfResourceTypeAndAll()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"active\":true");
        await client.PutAsync($"Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}","active":false}""");
        await client.MakeAsync("Organization", "\"name\":\"x\"");
        await client.DeleteAsync($"Patient/{id}");

        var one = await client.GetAsync($"Patient/{id}/_history");
        Assert.Equal(["DELETE", "PUT", "POST"], one.Entries.Select(entry => entry["request"]!["method"]!.GetValue<string>()));
        Assert.Equal("history", one.Json["type"]!.GetValue<string>());
        Assert.Equal(3, (await client.GetAsync("Patient/_history")).Entries.Count);
        var first = await client.GetAsync("_history?_count=3");
        Assert.Equal(3, first.Entries.Count);
        var rest = await client.GetAsync(first.Json["link"]!.AsArray().First(link => link!["relation"]!.GetValue<string>() == "next")!["url"]!.GetValue<string>());
        Assert.Equal("POST", Assert.Single(rest.Entries)["request"]!["method"]!.GetValue<string>());
        Assert.Empty((await client.GetAsync("_history?_since=2100-01-01")).Entries);
        Assert.Equal("search-parameter-unknown", (await client.GetAsync("_history?_nonsense=1")).Code);
        Assert.Equal("search-value-invalid", (await client.GetAsync("_history?_since=yesterday")).Code);
    }
}
