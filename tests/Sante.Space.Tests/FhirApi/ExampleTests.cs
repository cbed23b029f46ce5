using System.Net;
using System.Text.Json.Nodes;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>The guides' own examples, fed over HTTP with the profiles that they claim (their source: Sante.Fhir.Tests/Examples/SOURCES.md).</summary>
public sealed class ExampleTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private static JsonNode Example(string path) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Examples", path)))!;

    [Fact]
    public async Task Mesures_BundleOfTheGuide_IsFedAsItIs()
    {
        var family = await BornAsync();
        await PairAsync(family, People.App, "id-value");
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Examples", "mesures", "Bundle-bundle-example.json"));

        var fed = await As(People.App, Editor).PostAsync("", text);
        var read = await As(People.App, Editor).GetAsync($"/Observation?patient.identifier={Editor}|id-value&_include=Observation:device");

        Assert.Equal(HttpStatusCode.OK, fed.Status);
        Assert.Equal(1, read.Json["total"]!.GetValue<int>());
        Assert.Equal(["match", "include"], read.Entries.Select(entry => entry["search"]!["mode"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Mesures_BiologyBundle_IsFedWhole_AndHiddenWithItsReport()
    {
        var family = await BornAsync();
        var bundle = Example("mesures/Bundle-bundle-example-bio.json");
        // The example's glucose breaks its own guide (verdicts.csv); the rest is valid.
        var entries = bundle["entry"]!.AsArray();
        entries.Remove(entries.First(entry => entry!["resource"]!["meta"]!["profile"]![0]!.GetValue<string>().EndsWith("glucose", StringComparison.Ordinal)));
        var report = entries.First(entry => entry!["resource"]!["resourceType"]!.GetValue<string>() == "DiagnosticReport")!["resource"]!;
        report["result"]!.AsArray().RemoveAt(4);
        foreach (var entry in entries)
            entry!["resource"]!["subject"] = JsonNode.Parse(Contents.Reference(family.Child.ToString()));

        var fed = await Hospital.PostAsync("", bundle.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, fed.Status);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var found = await doctor.GetAsync($"/Observation?patient=Patient/{family.Child}");
        await HideAsync(family, fed.Created("DiagnosticReport"));
        var hidden = await doctor.GetAsync($"/Observation?patient=Patient/{family.Child}");

        Assert.Equal(4, found.Json["total"]!.GetValue<int>());
        Assert.Equal(0, hidden.Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Pdsm_DocumentSetAndContentOfTheGuide_AreFedAsOneTransaction()
    {
        var family = await BornAsync();
        var (list, document, binary) = (Example("pdsm/List-ExampleSubmissionSet.json"), Example("pdsm/DocumentReference-exemple-pdsm-documentreference.json"), Example("pdsm/Binary-6789.json"));
        var (documentUrl, binaryUrl) = (Contents.NewUuid(), Contents.NewUuid());
        var content = Convert.FromBase64String(binary["data"]!.GetValue<string>());
        var attachment = document["content"]![0]!["attachment"]!;
        // The example's size and hash are not those of its content, and its patient is of another server.
        (attachment["url"], attachment["size"], attachment["hash"]) = (binaryUrl, content.Length, Contents.Sha1(content));
        list["entry"]![0]!["item"]!["reference"] = documentUrl;
        foreach (var resource in new[] { list, document })
            resource["subject"] = JsonNode.Parse(Contents.Reference(family.Child.ToString()));
        document["context"]!["sourcePatientInfo"] = JsonNode.Parse(Contents.Reference(family.Child.ToString()));
        var bundle = new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "transaction",
            ["entry"] = new JsonArray(Entry(Contents.NewUuid(), list), Entry(documentUrl, document), Entry(binaryUrl, binary)),
        };

        var fed = await Hospital.PostAsync("", bundle.ToJsonString());
        Assert.Equal((HttpStatusCode.OK, ""), (fed.Status, fed.Code ?? ""));
        var read = await Hospital.GetAsync($"/DocumentReference/{fed.Created("DocumentReference")}");
        var found = await Hospital.GetAsync($"/DocumentReference?patient=Patient/{family.Child}&status=current&type=http://loinc.org|34133-9&period=ge2025-04-01&facility=SA01&isArchived=false,true");

        Assert.Equal("Hello World", (await Hospital.GetAsync("/" + read.Json["content"]![0]!["attachment"]!["url"]!.GetValue<string>())).Text);
        Assert.NotEqual(HttpStatusCode.InternalServerError, found.Status);
        // The binding without codes was not passed over in silence.
        Assert.Contains("binding-not-checked", fed.Text, StringComparison.Ordinal);
    }

    private static JsonObject Entry(string fullUrl, JsonNode resource) => new()
    {
        ["fullUrl"] = fullUrl,
        ["resource"] = resource.DeepClone(),
        ["request"] = new JsonObject { ["method"] = "POST", ["url"] = resource["resourceType"]!.GetValue<string>() },
    };
}
