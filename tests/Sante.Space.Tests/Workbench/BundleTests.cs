using System.Net;
using System.Text.Json.Nodes;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Workbench;

/// <summary>Batches and transactions.</summary>
public sealed class BundleTests(WorkbenchFixture fixture) : IClassFixture<WorkbenchFixture>
{
    private const string Someone = "urn:uuid:0a8a5f6e-0000-4000-8000-000000000001";

    [Fact]
    public async Task Transaction_ResolvesReferences_WhateverTheOrder()
    {
        var client = await fixture.NewAsync();
        var reply = await client.PostAsync("", Bundle("transaction",
            Entry("POST", "Observation", Observation(Someone), "urn:uuid:0a8a5f6e-0000-4000-8000-000000000002"),
            Entry("POST", "Patient", """{"resourceType":"Patient","active":true}""", Someone)));

        Assert.True(reply.Status == HttpStatusCode.OK, reply.Text);
        Assert.Equal("transaction-response", reply.Json["type"]!.GetValue<string>());
        var patient = Located(reply, 1);
        Assert.Equal($"Patient/{patient}", (await client.GetAsync($"Observation/{Located(reply, 0)}")).Json["subject"]!["reference"]!.GetValue<string>());
        Assert.Single((await client.GetAsync($"Observation?subject=Patient/{patient}")).Entries);
    }

    [Fact]
    public async Task Transaction_WithOneBadEntry_StoresNothing_AndNamesIt()
    {
        var client = await fixture.NewAsync();
        var reply = await client.PostAsync("", Bundle("transaction",
            Entry("POST", "Patient", """{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"tx"}]}"""),
            Entry("POST", "Observation", """{"resourceType":"Observation","code":{"text":"x"}}""")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.Contains("Bundle.entry[1]", reply.Text, StringComparison.Ordinal);
        var unknown = await client.PostAsync("", Bundle("transaction",
            Entry("POST", "Patient", """{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"tx"}]}"""),
            Entry("POST", "Observation", Observation("Patient/nobody"))));
        Assert.Equal("reference-unknown", unknown.Code);
        Assert.Contains("Bundle.entry[1]", unknown.Text, StringComparison.Ordinal);
        Assert.Empty((await client.GetAsync("Patient?identifier=urn:x|tx")).Entries);
    }

    [Fact]
    public async Task Transaction_ResolvesConditionalReferences_ToOneOrNotAtAll()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"identifier\":[{\"system\":\"urn:x\",\"value\":\"c\"}]");
        var reply = await client.PostAsync("", Bundle("transaction", Entry("POST", "Observation", Observation("Patient?identifier=urn:x|c"))));
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Text);
        Assert.Equal($"Patient/{id}", (await client.GetAsync($"Observation/{Located(reply, 0)}")).Json["subject"]!["reference"]!.GetValue<string>());
        var none = await client.PostAsync("", Bundle("transaction", Entry("POST", "Observation", Observation("Patient?identifier=urn:x|none"))));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "conditional-reference-unresolved"), (none.Status, none.Code));
    }

    [Theory]
    [InlineData("Patient/kept/_history/1")]
    [InlineData("Patient/kept/a/b")]
    public async Task Delete_OfSomethingDeeperThanAResource_DeletesNothing(string url)
    {
        var client = await fixture.NewAsync();
        await client.PutAsync("Patient/kept", """{"resourceType":"Patient","id":"kept"}""");
        var reply = await client.PostAsync("", Bundle("transaction", Entry("DELETE", url, null)));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("Patient/kept")).Status);
        Assert.Equal("transaction-url-invalid", reply.Code);
    }

    [Fact]
    public async Task Transaction_TouchingAResourceTwice_IsRefused()
    {
        var client = await fixture.NewAsync();
        var put = Entry("PUT", "Patient/p", """{"resourceType":"Patient","id":"p"}""");
        var reply = await client.PostAsync("", Bundle("transaction", put, put));
        Assert.InRange((int)reply.Status, 400, 499);
        Assert.Equal("transaction-resource-twice", reply.Code);
    }

    [Fact]
    public async Task Transaction_MixesAllMethods_AndReadsWhatItWrote()
    {
        var client = await fixture.NewAsync();
        var old = await client.MakeAsync("Patient", "\"active\":true");
        var gone = await client.MakeAsync("Patient", "\"active\":true");
        var reply = await client.PostAsync("", Bundle("transaction",
            Entry("GET", $"Patient/{old}", null),
            Entry("PUT", $"Patient/{old}", $$"""{"resourceType":"Patient","id":"{{old}}","active":false}"""),
            Entry("DELETE", $"Patient/{gone}", null),
            Entry("POST", "Patient", """{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"n"}]}""", null, ("ifNoneExist", "identifier=urn:x|n")),
            Entry("GET", "Patient?_summary=count", null)), ("Prefer", "return=representation"));
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Text);
        Assert.Equal(["200 OK", "200 OK", "204 No Content", "201 Created", "200 OK"], Statuses(reply));
        Assert.False(reply.Entries[0]["resource"]!["active"]!.GetValue<bool>());
        Assert.Equal(2, reply.Entries[4]["resource"]!["total"]!.GetValue<int>());
        Assert.Equal("Patient", reply.Entries[3]["resource"]!["resourceType"]!.GetValue<string>());
    }

    [Fact]
    public async Task Batch_AnswersEachEntryForItself()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"active\":true");
        var reply = await client.PostAsync("", Bundle("batch",
            Entry("GET", $"Patient/{id}", null),
            Entry("GET", "Patient/nobody", null),
            Entry("POST", "Observation", """{"resourceType":"Observation"}"""),
            Entry("POST", "Observation", Observation($"Patient/{id}")),
            Entry("PUT", "Nonsense/1", """{"resourceType":"Patient","id":"1"}"""),
            Entry("GET", $"Patient/{id}/$everything", null),
            Entry("GET", "metadata", null),
            Entry("GET", $"Patient/{id}", null, null, ("ifNoneMatch", "W/\"1\"")),
            Entry("POST", "Observation", Observation("urn:uuid:0a8a5f6e-0000-4000-8000-00000000000f"))));
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal("batch-response", reply.Json["type"]!.GetValue<string>());
        Assert.Equal(["200", "404", "422", "201", "422", "200", "200", "304", "422"], Statuses(reply).Select(status => status[..3]));
        Assert.Equal("OperationOutcome", reply.Entries[1]["response"]!["outcome"]!["resourceType"]!.GetValue<string>());
        Assert.Equal(2, reply.Entries[5]["resource"]!["entry"]!.AsArray().Count);
        Assert.Equal("CapabilityStatement", reply.Entries[6]["resource"]!["resourceType"]!.GetValue<string>());
    }

    [Fact]
    public async Task BundlesThatAreNone_AreRefused()
    {
        var client = await fixture.NewAsync();
        Assert.Equal("transaction-type-wrong", (await client.PostAsync("", """{"resourceType":"Bundle","type":"collection"}""")).Code);
        Assert.Equal("transaction-type-wrong", (await client.PostAsync("", """{"resourceType":"Patient"}""")).Code);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("", """{"resourceType":"Bundle","type":"transaction"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("", """{"resourceType":"Bundle","type":"batch"}""")).Status);
    }

    internal static string Observation(string subject) =>
        """{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"%"}}""".Replace("%", subject, StringComparison.Ordinal);

    internal static string Bundle(string type, params string[] entries) => $$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{{string.Join(',', entries)}}]}""";

    internal static string Entry(string method, string url, string? resource, string? fullUrl = null, params (string Name, string Value)[] request) => new JsonObject(
    [
        .. fullUrl is null ? [] : new[] { KeyValuePair.Create<string, JsonNode?>("fullUrl", fullUrl) },
        .. resource is null ? [] : new[] { KeyValuePair.Create("resource", JsonNode.Parse(resource)) },
        KeyValuePair.Create<string, JsonNode?>("request", new JsonObject([KeyValuePair.Create<string, JsonNode?>("method", method), KeyValuePair.Create<string, JsonNode?>("url", url),
            .. request.Select(one => KeyValuePair.Create<string, JsonNode?>(one.Name, one.Value))])),
    ]).ToJsonString();

    private static IEnumerable<string> Statuses(FhirReply reply) => reply.Entries.Select(entry => entry["response"]!["status"]!.GetValue<string>());

    private static string Located(FhirReply reply, int at) => reply.Entries[at]["response"]!["location"]!.GetValue<string>().Split('/')[1];
}
