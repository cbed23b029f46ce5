using System.Net;
using System.Text.Json.Nodes;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Workbench;

/// <summary>Operations, searches over types and compartments, and the trace as AuditEvents.</summary>
public sealed class OperationTests(WorkbenchFixture fixture) : IClassFixture<WorkbenchFixture>
{
    [Fact]
    public async Task Everything_IsThePatientAndWhatIsAboutHim_InPages()
    {
        var client = await fixture.NewAsync();
        var (patient, other) = (await client.MakeAsync("Patient", "\"active\":true"), await client.MakeAsync("Patient", "\"active\":true"));
        for (var at = 0; at < 3; at++)
            await client.PostAsync("Observation", BundleTests.Observation($"Patient/{patient}"));
        await client.PostAsync("Observation", BundleTests.Observation($"Patient/{other}"));

        Assert.Equal(4, (await client.GetAsync($"Patient/{patient}/$everything")).Entries.Count);
        Assert.Equal(3, (await client.GetAsync($"Patient/{patient}/$everything?_type=Observation")).Entries.Count);
        Assert.Empty((await client.GetAsync($"Patient/{patient}/$everything?_since=2100-01-01")).Entries);
        var posted = await client.PostAsync($"Patient/{patient}/$everything", """{"resourceType":"Parameters","parameter":[{"name":"_count","valueInteger":2}]}""");
        Assert.Equal(2, posted.Entries.Count);
        Assert.Contains(posted.Json["link"]!.AsArray(), link => link!["relation"]!.GetValue<string>() == "next");
        Assert.Equal("resource-unknown", (await client.GetAsync("Patient/nobody/$everything")).Code);
        Assert.Equal("search-parameter-unknown", (await client.GetAsync($"Patient/{patient}/$everything?start=2024")).Code);
    }

    [Fact]
    public async Task Compartment_HoldsWhatIsAboutThePatient()
    {
        var client = await fixture.NewAsync();
        var patient = await client.MakeAsync("Patient", "\"active\":true");
        await client.PostAsync("Observation", BundleTests.Observation($"Patient/{patient}"));
        await client.MakeAsync("Observation", "\"status\":\"final\",\"code\":{\"text\":\"x\"}");
        Assert.Single((await client.GetAsync($"Patient/{patient}/Observation")).Entries);
        Assert.Empty((await client.GetAsync($"Patient/{patient}/Observation?code=http://loinc.org|29463-7")).Entries);
        Assert.Equal("search-compartment-unknown", (await client.GetAsync($"Patient/{patient}/Medication")).Code);
    }

    [Fact]
    public async Task Search_OverSeveralTypes_FindsEach()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"identifier\":[{\"system\":\"urn:x\",\"value\":\"s\"}]");
        await client.MakeAsync("Practitioner", "\"identifier\":[{\"system\":\"urn:x\",\"value\":\"t\"}]");
        Assert.Equal([id], (await client.GetAsync("?_type=Patient,Practitioner&identifier=urn:x|s")).Ids);
        Assert.Equal(2, (await client.GetAsync("?_type=Patient,Practitioner&identifier=urn:x|")).Entries.Count);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("?identifier=urn:x|s")).Status);
    }

    [Fact]
    public async Task Search_ByPostAndByGet_IsTheSame()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"identifier\":[{\"system\":\"urn:x\",\"value\":\"p\"}]");
        var posted = await client.PostAsync("Patient/_search", "identifier=urn%3Ax%7Cp&_total=accurate", ("Content-Type", "application/x-www-form-urlencoded"));
        Assert.Equal([id], posted.Ids);
        Assert.Equal(1, posted.Json["total"]!.GetValue<int>());
        Assert.StartsWith($"{client.Base}/Patient?identifier=", posted.Json["link"]![0]!["url"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("unsupported-media-type", (await client.PostAsync("Patient/_search", "{}")).Code);
    }

    [Fact]
    public async Task UnknownParameter_IsRefused_OrLeftOutAndTold()
    {
        var client = await fixture.NewAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("Patient?nonsense=1")).Status);
        var lenient = await client.GetAsync("Patient?nonsense=1", ("Prefer", "handling=lenient"));
        Assert.Equal(HttpStatusCode.OK, lenient.Status);
        Assert.DoesNotContain("nonsense", lenient.Json["link"]![0]!["url"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("outcome", Assert.Single(lenient.Entries)["search"]!["mode"]!.GetValue<string>());
        Assert.Equal("cursor-invalid", (await client.GetAsync("Patient?_page=forged")).Code);
    }

    [Fact]
    public async Task Validate_TellsOfTheBodyOrOfTheStoredResource()
    {
        var client = await fixture.NewAsync();
        Assert.DoesNotContain("\"error\"", (await client.PostAsync("Patient/$validate", """{"resourceType":"Patient","active":true}""")).Text, StringComparison.Ordinal);
        var wrong = await client.PostAsync("Observation/$validate?mode=create", """{"resourceType":"Observation","status":"nope"}""");
        Assert.Equal(HttpStatusCode.OK, wrong.Status);
        Assert.True(wrong.Json["issue"]!.AsArray().Count(issue => issue!["severity"]!.GetValue<string>() == "error") >= 2);
        var inside = await client.PostAsync("Observation/$validate", """{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Observation","status":"nope"}},{"name":"profile","valueUri":"http://hl7.org/fhir/StructureDefinition/bodyweight"}]}""");
        Assert.Contains("\"error\"", inside.Text, StringComparison.Ordinal);
        var id = await client.MakeAsync("Patient", "\"active\":true");
        Assert.Equal("OperationOutcome", (await client.GetAsync($"Patient/{id}/$validate")).Json["resourceType"]!.GetValue<string>());
        Assert.Equal("operation-parameter-invalid", (await client.PostAsync("Patient/$validate?mode=nonsense", """{"resourceType":"Patient"}""")).Code);
        Assert.Equal("resource-type-differs", (await client.PostAsync("Patient/$validate", """{"resourceType":"Group"}""")).Code);
    }

    [Fact]
    public async Task Meta_IsReadChangedAndVersioned()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"meta\":{\"tag\":[{\"system\":\"urn:t\",\"code\":\"a\"}]},\"active\":true");
        Assert.Equal(["a"], Tags(await client.GetAsync($"Patient/{id}/$meta")));
        const string Change = """{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"system":"urn:t","code":"a"},{"system":"urn:t","code":"b"}]}}]}""";
        Assert.Equal(["a", "b"], Tags(await client.PostAsync($"Patient/{id}/$meta-add", Change)));
        var read = await client.GetAsync($"Patient/{id}");
        Assert.Equal(("2", true), (read.Json["meta"]!["versionId"]!.GetValue<string>(), read.Json["active"]!.GetValue<bool>()));
        Assert.Single((await client.GetAsync("Patient?_tag=urn:t|b")).Entries);
        Assert.Empty(Tags(await client.PostAsync($"Patient/{id}/$meta-delete", Change)));
        Assert.Equal("operation-parameter-invalid", (await client.PostAsync($"Patient/{id}/$meta-add", """{"resourceType":"Parameters"}""")).Code);
    }

    [Fact]
    public async Task Terminologies_AreThoseOfFhirAndOfTheWorkbench()
    {
        var client = await fixture.NewAsync();
        const string Gender = "http://hl7.org/fhir/ValueSet/administrative-gender";
        const string System = "http://hl7.org/fhir/administrative-gender";
        Assert.Single((await client.GetAsync($"ValueSet/$expand?url={Gender}&filter=fem&count=5")).Json["expansion"]!["contains"]!.AsArray());
        Assert.True(Result(await client.GetAsync($"ValueSet/$validate-code?url={Gender}&system={System}&code=female")));
        Assert.False(Result(await client.GetAsync($"CodeSystem/$validate-code?url={System}&code=nope")));
        Assert.Equal("Parameters", (await client.GetAsync($"CodeSystem/$lookup?system={System}&code=female")).Json["resourceType"]!.GetValue<string>());
        Assert.Equal("subsumes", (await client.GetAsync("CodeSystem/$subsumes?system=http://terminology.hl7.org/CodeSystem/v3-ActCode&codeA=_ActEncounterCode&codeB=AMB")).Json["parameter"]![0]!["valueCode"]!.GetValue<string>());
        const string Own = "\"url\":\"urn:own\",\"status\":\"active\",\"compose\":{\"include\":[{\"system\":\"http://hl7.org/fhir/administrative-gender\",\"concept\":[{\"code\":\"male\"}]}]}";
        var id = await client.MakeAsync("ValueSet", Own);
        Assert.Single((await client.GetAsync($"ValueSet/{id}/$expand")).Json["expansion"]!["contains"]!.AsArray());
        Assert.Single((await client.GetAsync("ValueSet/$expand?url=urn:own")).Json["expansion"]!["contains"]!.AsArray());
        Assert.Equal("value-set-unknown", (await client.GetAsync("ValueSet/$expand?url=urn:none")).Code);
        Assert.Equal("operation-parameter-invalid", (await client.GetAsync($"ValueSet/$expand?url={Gender}&nonsense=1")).Code);
    }

    [Fact]
    public async Task Trace_OfAPatient_IsReadAsAuditEvents()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"active\":true");
        await client.GetAsync($"Patient/{id}");
        var trail = await client.GetAsync($"AuditEvent?entity=Patient/{id}");
        Assert.True(trail.Status == HttpStatusCode.OK, trail.Text);
        Assert.Contains(trail.Entries, entry => entry["resource"]!["action"]!.GetValue<string>() == "R");
        Assert.Contains(trail.Entries, entry => entry["resource"]!["action"]!.GetValue<string>() == "C");
        Assert.All((await client.GetAsync($"AuditEvent?patient=Patient/{id}&action=C")).Entries, entry => Assert.Equal("C", entry["resource"]!["action"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"AuditEvent/{trail.Ids[0]}")).Status);
        Assert.Equal("audit-patient-missing", (await client.GetAsync("AuditEvent")).Code);
        Assert.Equal("audit-not-writable", (await client.PostAsync("AuditEvent", """{"resourceType":"AuditEvent"}""")).Code);
    }

    [Fact]
    public async Task Trace_LongerThanABatch_IsFoundById()
    {
        var client = await fixture.NewAsync();
        var id = await client.MakeAsync("Patient", "\"active\":true");
        await Parallel.ForEachAsync(Enumerable.Range(0, 520), async (_, _) => await client.GetAsync($"Patient/{id}"));
        Assert.Equal([$"{id}.2", $"{id}.1"], (await client.GetAsync($"AuditEvent?patient={id}&_id={id}.1,{id}.2,other.3,{id}.x")).Ids);
    }

    private static IEnumerable<string> Tags(FhirReply reply) =>
        (reply.Json["parameter"]![0]!["valueMeta"]!["tag"]?.AsArray() ?? []).Select(tag => tag!["code"]!.GetValue<string>());

    private static bool Result(FhirReply reply) =>
        reply.Json["parameter"]!.AsArray().First(parameter => parameter!["name"]!.GetValue<string>() == "result")!["valueBoolean"]!.GetValue<bool>();
}
