using System.Net;
using System.Text;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Workbench;

/// <summary>JSON Patch and FHIRPath Patch over HTTP.</summary>
public sealed class PatchTests(WorkbenchFixture fixture) : IClassFixture<WorkbenchFixture>
{
    private static readonly (string, string) JsonPatch = ("Content-Type", WorkbenchClient.PatchJson);

    [Fact]
    public async Task JsonPatch_MakesTheNextVersion_AndKeepsEveryOtherByte()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Observation", "\"status\":\"final\",\"code\":{\"text\":\"x\"},\"valueQuantity\":{\"value\":1.00}");
        var reply = await client.PatchAsync($"Observation/{id}", """[{"op":"replace","path":"/status","value":"amended"}]""", JsonPatch);
        Assert.Equal((HttpStatusCode.OK, "amended", "2"), (reply.Status, reply.Json["status"]!.GetValue<string>(), reply.Json["meta"]!["versionId"]!.GetValue<string>()));
        Assert.Contains("\"value\":1.00", reply.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.PatchAsync($"Observation/{id}", "[]", JsonPatch, ("If-Match", "W/\"1\""))).Status);
        var unchanged = await client.PatchAsync($"Observation/{id}", "[]", JsonPatch, ("If-Match", "W/\"2\""));
        Assert.Equal((HttpStatusCode.OK, "2"), (unchanged.Status, unchanged.Json["meta"]!["versionId"]!.GetValue<string>()));
    }

    [Fact]
    public async Task FhirPathPatch_ReplacesAnElement()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"gender\":\"male\"");
        var reply = await client.PatchAsync($"Patient/{id}", Replace("Patient.gender", "unknown"));
        Assert.Equal((HttpStatusCode.OK, "unknown"), (reply.Status, reply.Json["gender"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("""[{"op":"replace","path":"/gender","value":"nope"}]""", 422, "code-unknown")]
    [InlineData("""[{"op":"replace","path":"/id","value":"other"}]""", 400, "id-differs")]
    [InlineData("""[{"op":"replace","path":"/resourceType","value":"Basic"}]""", 422, null)]
    [InlineData("""[{"op":"test","path":"/gender","value":"female"}]""", 409, "patch-test-failed")]
    [InlineData("""[{"op":"remove","path":"/nothing"}]""", 422, "patch-target-missing")]
    [InlineData("""{"op":"remove","path":"/gender"}""", 400, "patch-malformed")]
    [InlineData("[", 400, "patch-malformed")]
    public async Task Patch_ThatCannotBe_ChangesNothing(string patch, int status, string? code)
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"gender\":\"male\"");
        var reply = await client.PatchAsync($"Patient/{id}", patch, JsonPatch);
        Assert.True((int)reply.Status == status, reply.Text);
        if (code is not null and not "code-unknown")
            Assert.Equal(code, reply.Code);
        Assert.Equal("1", (await client.GetAsync($"Patient/{id}")).Json["meta"]!["versionId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Patch_OfWhatIsNotThere_Is404_OfWhatIsDeleted410()
    {
        var client = await fixture.NewAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await client.PatchAsync("Patient/nobody", "[]", JsonPatch)).Status);
        var id = await client.MakeAsync("Patient", "\"gender\":\"male\"");
        await client.DeleteAsync($"Patient/{id}");
        Assert.Equal(HttpStatusCode.Gone, (await client.PatchAsync($"Patient/{id}", "[]", JsonPatch)).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await client.PatchAsync($"Patient/{id}", "x", ("Content-Type", "text/plain"))).Status);
    }

    [Fact]
    public async Task Patches_InATransaction_AreBothForms()
    {
        var client = await fixture.NewAsync();
        var (one, two) = (await client.MakeAsync("Patient", "\"gender\":\"male\""), await client.MakeAsync("Patient", "\"gender\":\"male\""));
        var binary = Convert.ToBase64String(Encoding.UTF8.GetBytes("""[{"op":"replace","path":"/gender","value":"other"}]"""));
        var reply = await client.PostAsync("", BundleTests.Bundle("transaction",
            BundleTests.Entry("PATCH", $"Patient/{one}", $$"""{"resourceType":"Binary","contentType":"application/json-patch+json","data":"{{binary}}"}"""),
            BundleTests.Entry("PATCH", $"Patient/{two}", Replace("Patient.gender", "female"))));
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Text);
        Assert.Equal("other", (await client.GetAsync($"Patient/{one}")).Json["gender"]!.GetValue<string>());
        Assert.Equal("female", (await client.GetAsync($"Patient/{two}")).Json["gender"]!.GetValue<string>());
    }

    private static string Replace(string path, string code) =>
        """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"PATH"},{"name":"value","valueCode":"CODE"}]}]}"""
            .Replace("PATH", path, StringComparison.Ordinal).Replace("CODE", code, StringComparison.Ordinal);
}
