using System.Net;
using System.Text.Json.Nodes;

namespace Sante.Space.Tests.Workbench;

/// <summary>What the CapabilityStatement declares is there: every parameter of every type and every operation is called once.</summary>
public sealed class MetadataTests(WorkbenchFixture fixture) : IClassFixture<WorkbenchFixture>
{
    private static readonly string[] Interactions =
        ["create", "delete", "history-instance", "history-type", "patch", "read", "search-type", "update", "vread"];

    [Fact]
    public async Task Statement_SaysWhatRuns()
    {
        var rest = await RestAsync(await fixture.NewAsync());
        Assert.Equal(["batch", "history-system", "search-system", "transaction"], Codes(rest["interaction"]!).Order());
        // All of R4's 146 but Parameters, which is never stored.
        Assert.Equal(145, rest["resource"]!.AsArray().Count);
        Assert.Equal(Interactions, Codes(Type(rest, "Patient")["interaction"]!).Order());
        Assert.Equal(["read", "search-type"], Codes(Type(rest, "AuditEvent")["interaction"]!).Order());
        Assert.Contains("everything", Type(rest, "Patient")["operation"]!.AsArray().Select(operation => operation!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task EveryDeclaredParameterOfEveryType_IsAnswered()
    {
        var client = await fixture.NewAsync();
        var patient = await client.MakeAsync("Patient", "\"active\":true");
        var asked = new List<string>();
        foreach (var type in (await RestAsync(client))["resource"]!.AsArray())
        {
            var name = type!["type"]!.GetValue<string>();
            var before = name == "AuditEvent" ? $"patient=Patient/{patient}&" : "";
            asked.AddRange(type["searchParam"]!.AsArray().Select(parameter =>
                $"{name}?{before}{parameter!["name"]!.GetValue<string>()}={Uri.EscapeDataString(Value(parameter))}&_count=1"));
        }

        Assert.True(asked.Count > 2000, $"{asked.Count} parameters");
        var refused = new List<string>();
        foreach (var chunk in asked.Chunk(500))
        {
            var reply = await client.PostAsync("", BundleTests.Bundle("batch", [.. chunk.Select(url => BundleTests.Entry("GET", url, null))]));
            Assert.Equal(HttpStatusCode.OK, reply.Status);
            refused.AddRange(chunk.Zip(reply.Entries).Where(pair => pair.Second["response"]!["status"]!.GetValue<string>()[..3] != "200")
                .Select(pair => $"{pair.First} {pair.Second["response"]!["outcome"]?["issue"]?[0]?["details"]?["coding"]?[0]?["code"]}"));
        }

        Assert.Empty(refused);
    }

    [Fact]
    public async Task EveryDeclaredOperation_IsThere()
    {
        var client = await fixture.NewAsync();
        foreach (var type in (await RestAsync(client))["resource"]!.AsArray())
        {
            var name = type!["type"]!.GetValue<string>();
            foreach (var operation in (type["operation"]?.AsArray() ?? []).Select(one => one!["name"]!.GetValue<string>()))
            {
                var onType = await client.PostAsync($"{name}/${operation}", """{"resourceType":"Parameters"}""");
                var reply = onType.Status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed ? await client.PostAsync($"{name}/none/${operation}", """{"resourceType":"Parameters"}""") : onType;
                if (reply.Status == HttpStatusCode.MethodNotAllowed)
                    reply = await client.GetAsync($"{name}/none/${operation}");
                // Called without what it needs: refused by the operation itself, not by its absence.
                Assert.True(reply.Code is "operation-parameter-invalid" or "resource-unknown" or "value-set-unknown" or "code-system-unknown", $"{name}/${operation}: {reply.Text}");
            }
        }
    }

    private static async Task<JsonNode> RestAsync(WorkbenchClient client)
    {
        var reply = await client.WithToken(null).GetAsync("metadata");
        Assert.Equal((HttpStatusCode.OK, "4.0.1"), (reply.Status, reply.Json["fhirVersion"]!.GetValue<string>()));
        return reply.Json["rest"]![0]!;
    }

    private static JsonNode Type(JsonNode rest, string type) => rest["resource"]!.AsArray().First(one => one!["type"]!.GetValue<string>() == type)!;

    private static IEnumerable<string> Codes(JsonNode interactions) => interactions.AsArray().Select(one => one!["code"]!.GetValue<string>());

    private static string Value(JsonNode parameter) => (parameter["type"]!.GetValue<string>(), parameter["name"]!.GetValue<string>()) switch
    {
        ("date", _) => "2024",
        ("reference", _) => "Patient/x",
        ("quantity" or "number", _) => "1",
        ("uri", _) => "urn:x",
        ("composite", var name) when name.Contains("date", StringComparison.Ordinal) => "x$2024",
        // A place, the start and the end of a window.
        ("composite", var name) when name.Contains("coordinate", StringComparison.Ordinal) => "x$1$1",
        ("composite", var name) when name.Contains("quantity", StringComparison.Ordinal) => "x$1",
        ("composite", _) => "x$x",
        ("special", _) => "48.85|2.35|10|km",
        _ => "x",
    };
}
