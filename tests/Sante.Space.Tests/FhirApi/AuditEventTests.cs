using System.Net;
using System.Text.Json.Nodes;
using Sante.Fhir;
using Sante.Fhir.Check;
using Sante.Space.FhirApi;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>The trace as AuditEventJson: the same lines, for the same readers, by the patterns of IHE BALP.</summary>
public sealed class AuditEventTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private const string Balp = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";

    public static TheoryData<TraceAction, bool> Lines => [.. Enum.GetValues<TraceAction>().SelectMany(action => new[] { (action, true), (action, false) })];

    private FhirClient Citizen(Kernel.Actor actor) => new(Fixture.Api, Fixture.Tokens, actor) { Token = Fixture.Tokens.For(actor, "patient/*.cruds space/*") };

    [Theory]
    [MemberData(nameof(Lines))]
    public void EveryKindOfLine_IsAValidAuditEvent(TraceAction action, bool allowed)
    {
        var line = TraceFrenchTests.Consulted with { Action = action, Allowed = allowed, Fact = action == TraceAction.Act ? "consent-granted" : null, About = "Dr <Anne> & fils" };

        var written = AuditEventJson.Write(new AuditedLine("0-a.7", People.Now, line, "Une phrase < & >."), "http://x/fhir", "0-a");

        Assert.True(FhirJson.Parse(written).TryGet(out var resource, out _));
        Assert.DoesNotContain(FhirCheck.Check(resource, new FhirCheckOptions { Interaction = FhirInteraction.Update }), issue => issue.Refuses && issue.Code != "profile-unknown"); // BALP itself is not among our definitions
        Assert.Equal(allowed ? "0" : "4", resource.Root["outcome"u8].Text);
        Assert.Equal(line.Who.Identifier.Value, resource.Root["agent"u8].First["who"u8]["identifier"u8]["value"u8].Text);
    }

    [Theory]
    [InlineData(TraceAction.Read, "PatientRead", "R")]
    [InlineData(TraceAction.Search, "PatientQuery", "E")]
    [InlineData(TraceAction.Deposit, "PatientCreate", "C")]
    [InlineData(TraceAction.Amend, "PatientUpdate", "U")]
    [InlineData(TraceAction.Delete, "PatientDelete", "D")]
    public void OneResource_FollowsTheBalpPattern(TraceAction action, string profile, string code)
    {
        var line = TraceFrenchTests.Consulted with { Action = action, Ids = ["0-doc"], Total = 1 };

        var json = JsonNode.Parse(AuditEventJson.Write(new AuditedLine("0-a.7", People.Now, line, null), "http://x/fhir", "0-a"))!;

        Assert.Equal((Balp + profile, code), (json["meta"]!["profile"]![0]!.GetValue<string>(), json["action"]!.GetValue<string>()));
        Assert.Contains("urn:sante:access-rule:acc-consent", json["agent"]![0]!["policy"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(json["entity"]!.AsArray(), entity => entity!["type"]!["code"]!.GetValue<string>() == "Consent");
    }

    [Fact]
    public void SeveralResourcesAtOnce_ClaimNoPatternOfOne() =>
        Assert.Null(JsonNode.Parse(AuditEventJson.Write(new AuditedLine("0-a.7", People.Now, TraceFrenchTests.Consulted, null), "http://x/fhir", "0-a"))!["meta"]!["profile"]);

    [Fact]
    public async Task Mother_FindsWhoReadWhat_AndReadsTheLineById()
    {
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        await doctor.GetAsync($"/DocumentReference/{document}");
        var mother = Citizen(family.Mother);

        var found = await mother.GetAsync($"/AuditEvent?patient=Patient/{family.Child}&action=R&_count=5");
        var one = await mother.GetAsync($"/AuditEvent/{found.Ids[0]}");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (found.Status, one.Status));
        Assert.Equal(found.Entries[0]["resource"]!.ToJsonString(), one.Json.ToJsonString());
        Assert.Equal(Balp + "PatientRead", one.Json["meta"]!["profile"]![0]!.GetValue<string>());
        Assert.Equal(doctor.Actor.Identifier.Value, one.Json["agent"]![0]!["who"]!["identifier"]!["value"]!.GetValue<string>());
        Assert.Contains($"DocumentReference/{document}", one.Text, StringComparison.Ordinal);
        Assert.Contains("avec l'accord", one.Json["text"]!["div"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("&date=ge2020", true)]
    [InlineData("&date=lt2020", false)]
    [InlineData("&outcome=4", false)]
    [InlineData("&outcome=0&_sort=-date", true)]
    [InlineData("&agent-name=h%C3%B4pital", true)]
    [InlineData("&policy=urn:sante:access-rule:acc-feed", true)]
    public async Task Parameters_FilterTheLines(string query, bool isFound)
    {
        var family = await BornAsync();
        await FeedDocumentAsync(family);

        var found = await Citizen(family.Mother).GetAsync($"/AuditEvent?patient=Patient/{family.Child}{query}");

        Assert.Equal((HttpStatusCode.OK, isFound), (found.Status, found.Entries.Any(entry => entry["resource"]!["action"]!.GetValue<string>() == "C")));
    }

    [Fact]
    public async Task Pages_LoseAndRepeatNoLine()
    {
        var family = await BornAsync();
        for (var i = 0; i < 4; i++)
            await FeedDocumentAsync(family);
        var mother = Citizen(family.Mother);
        var all = await mother.GetAsync($"/AuditEvent?patient=Patient/{family.Child}");

        var walked = new List<string>();
        for (var next = $"/AuditEvent?patient=Patient/{family.Child}&_count=2"; next is not null;)
        {
            var page = await mother.GetAsync(next);
            walked.AddRange(page.Ids);
            next = page.Json["link"]!.AsArray().FirstOrDefault(link => link!["relation"]!.GetValue<string>() == "next")?["url"]!.GetValue<string>().Split("/fhir")[1];
        }

        Assert.Equal(walked.Count, walked.Distinct().Count());
        // The walk begins one line later: the reading before it.
        Assert.Equal(all.Ids, walked.Skip(1 + (walked.Count - 1 - all.Ids.Count)));
        Assert.Equal(all.Ids.Count, all.Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Count_CountsEveryLineShown()
    {
        var family = await BornAsync();
        await FeedDocumentAsync(family);

        var count = await Citizen(family.Mother).GetAsync($"/AuditEvent?patient=Patient/{family.Child}&action=C&_summary=count");

        Assert.Equal((1, 0), (count.Json["total"]!.GetValue<int>(), count.Entries.Count));
    }

    [Fact]
    public async Task WhoMayNotReadTheTrace_LearnsNothingOfIt()
    {
        var family = await BornAsync();
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        var stranger = Citizen(await Family.PersonAsync(Fixture.Api.Services, "Une Autre", new(1990, 1, 1)));
        var line = (await Citizen(family.Mother).GetAsync($"/AuditEvent?patient=Patient/{family.Child}&_count=1")).Ids[0];

        Assert.Equal("access-not-authorised", (await doctor.GetAsync($"/AuditEvent?patient=Patient/{family.Child}")).Code);
        Assert.Equal("space-unknown", (await stranger.GetAsync($"/AuditEvent?patient=Patient/{family.Child}")).Code);
        foreach (var id in new[] { line, family.Child + ".1", family.Child + ".999999", "0-x.1", "nothing", line + ".1" })
            foreach (var other in new[] { doctor, stranger })
                Assert.Equal((HttpStatusCode.NotFound, "not-found"), await other.GetAsync($"/AuditEvent/{id}") is var told ? (told.Status, told.Code) : default);
        Assert.Equal("not-found", (await Citizen(family.Mother).GetAsync($"/AuditEvent/{family.Child}.999999")).Code);
    }

    [Fact]
    public async Task TokenForTheRecordAlone_DoesNotReadWhoReadIt()
    {
        var family = await BornAsync();

        Assert.Equal("scope-insufficient", (await As(family.Mother).GetAsync($"/AuditEvent?patient=Patient/{family.Child}")).Code);
    }

    [Theory]
    [InlineData("POST", "/AuditEvent")]
    [InlineData("PUT", "/AuditEvent/0-a.1")]
    [InlineData("PATCH", "/AuditEvent/0-a.1")]
    [InlineData("DELETE", "/AuditEvent/0-a.1")]
    public async Task Lines_AreNeverWritten(string method, string path)
    {
        var family = await BornAsync();

        var told = await Citizen(family.Mother).SendAsync(new HttpMethod(method), path, """{"resourceType":"AuditEvent"}""");

        Assert.True(told.Status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task DocumentHiddenFromTheReader_IsInNoLine()
    {
        var family = await BornAsync();
        var secret = await FeedDocumentAsync(family, label: "INVISIBLE_REPRESENTANTS_LEGAUX");

        var found = await Citizen(family.Mother).GetAsync($"/AuditEvent?patient=Patient/{family.Child}");

        Assert.DoesNotContain(secret, found.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("&agent:Practitioner.name=x")]
    [InlineData("&_has:Provenance:entity:agent=x")]
    [InlineData("&_revinclude=Provenance:entity")]
    public async Task WhatLeadsBeyondTheTrace_IsRefused_NotAnsweredWithNothing(string query)
    {
        var family = await BornAsync();

        var refused = await Citizen(family.Mother).GetAsync($"/AuditEvent?patient=Patient/{family.Child}{query}");

        Assert.Equal("search-parameter-not-supported", refused.Code);
    }
}
