using System.Net;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Workbench;

/// <summary>Interactions that say by criteria which resource is meant.</summary>
public sealed class ConditionalTests(WorkbenchFixture fixture) : IClassFixture<WorkbenchFixture>
{
    [Fact]
    public async Task Create_OnlyWhenNothingAnswers()
    {
        var client = await fixture.NewAsync();
        var body = Patient("a");
        var first = await client.PostAsync("Patient", body, ("If-None-Exist", "identifier=urn:x|a"));
        var second = await client.PostAsync("Patient", body, ("If-None-Exist", "identifier=urn:x|a"));
        await client.PostAsync("Patient", Patient("b"));
        var several = await client.PostAsync("Patient", body, ("If-None-Exist", "identifier=urn:x|a,urn:x|b"));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.PreconditionFailed), (first.Status, second.Status, several.Status));
        Assert.Equal(first.Message.Headers.Location, second.Message.Headers.Location);
    }

    [Theory]
    [InlineData("nonsense=1", "search-parameter-unknown")]
    [InlineData("_format=json", "criteria-missing")]
    [InlineData("_count=1", "criteria-missing")]
    [InlineData("identifier=urn:x|a&_count=0", "criteria-not-conditions")]
    [InlineData("identifier=urn:x|a&_sort=_id", "criteria-not-conditions")]
    [InlineData("?", "if-none-exist-invalid")]
    public async Task Create_WithCriteriaThatSayNothing_IsRefused(string criteria, string code)
    {
        var client = await fixture.NewAsync();
        var reply = await client.PostAsync("Patient", Patient("a"), ("If-None-Exist", criteria), ("Prefer", "handling=lenient"));
        Assert.Equal((HttpStatusCode.BadRequest, code), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task Update_ByCriteria_CreatesThenUpdates_AndRefusesSeveral()
    {
        var client = await fixture.NewAsync();
        var first = await client.PutAsync("Patient?identifier=urn:x|a", Patient("a"));
        var second = await client.PutAsync("Patient?identifier=urn:x|a", Patient("a", "\"active\":true,"));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.Status, second.Status));
        Assert.Equal(first.Json["id"]!.GetValue<string>(), second.Json["id"]!.GetValue<string>());
        await client.PostAsync("Patient", Patient("a"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.PutAsync("Patient?identifier=urn:x|a", Patient("a"))).Status);
        Assert.Equal("criteria-missing", (await client.PutAsync("Patient", Patient("a"))).Code);
    }

    [Fact]
    public async Task Delete_ByCriteria_DeletesTheOne_AndRefusesSeveral()
    {
        var client = await fixture.NewAsync();
        await client.PostAsync("Patient", Patient("a"));
        await client.PostAsync("Patient", Patient("b"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.DeleteAsync("Patient?identifier=urn:x|")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync("Patient?identifier=urn:x|a")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync("Patient?identifier=urn:x|a")).Status);
        Assert.Single((await client.GetAsync("Patient?identifier=urn:x|")).Entries);
        Assert.Equal("criteria-missing", (await client.DeleteAsync("Patient")).Code);
    }

    [Fact]
    public async Task Patch_ByCriteria_ChangesTheOne()
    {
        var client = await fixture.NewAsync();
        await client.PostAsync("Patient", Patient("a"));
        const string Patch = """[{"op":"add","path":"/gender","value":"other"}]""";
        Assert.Equal("other", (await client.PatchAsync("Patient?identifier=urn:x|a", Patch, ("Content-Type", WorkbenchClient.PatchJson))).Json["gender"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await client.PatchAsync("Patient?identifier=urn:x|b", Patch, ("Content-Type", WorkbenchClient.PatchJson))).Status);
        await client.PostAsync("Patient", Patient("a"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.PatchAsync("Patient?identifier=urn:x|a", Patch, ("Content-Type", WorkbenchClient.PatchJson))).Status);
    }

    private static string Patient(string identifier, string more = "") =>
        $$"""{"resourceType":"Patient",{{more}}"identifier":[{"system":"urn:x","value":"{{identifier}}"}]}""";
}
