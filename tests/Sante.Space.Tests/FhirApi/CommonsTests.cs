using System.Net;
using System.Text.Json.Nodes;

namespace Sante.Space.Tests.FhirApi;

/// <summary>Terminologies are read by anybody, without a token.</summary>
public sealed class CommonsTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private async Task<(HttpStatusCode Status, JsonNode Json)> GetAsync(string path)
    {
        using var answer = await Fixture.Api.Http.GetAsync("/directory/fhir" + path, TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }

    [Fact]
    public async Task Expand_GivesTheCodesOfAValueSet()
    {
        var (status, set) = await GetAsync("/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["female", "male", "other", "unknown"], set["expansion"]!["contains"]!.AsArray().Select(one => one!["code"]!.GetValue<string>()).Order());
    }

    [Theory]
    [InlineData("/CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=female", "Female")]
    [InlineData("/ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender&system=http://hl7.org/fhir/administrative-gender&code=female", "true")]
    [InlineData("/ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender&system=http://hl7.org/fhir/administrative-gender&code=nobody", "false")]
    [InlineData("/CodeSystem/$subsumes?system=http://hl7.org/fhir/administrative-gender&codeA=male&codeB=male", "equivalent")]
    public async Task Operations_Answer(string path, string expected)
    {
        var (status, answer) = await GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(expected, answer.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryDeclaredOperation_IsThere()
    {
        var declared = (await GetAsync("/metadata")).Json["rest"]![0]!["resource"]!.AsArray()
            .SelectMany(type => (type!["operation"]?.AsArray() ?? []).Select(operation => $"/{type["type"]}/${operation!["name"]}")).ToList();

        Assert.Equal(5, declared.Count);
        foreach (var path in declared)
            Assert.Equal((path, HttpStatusCode.BadRequest), (path, (await GetAsync($"{path}?colour=red")).Status));
    }

    [Theory]
    [InlineData("/ValueSet/$expand?url=urn:nothing", HttpStatusCode.NotFound)]
    [InlineData("/CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=nobody", HttpStatusCode.NotFound)]
    [InlineData("/CodeSystem/$lookup?colour=red", HttpStatusCode.BadRequest)]
    public async Task WhatIsUnknown_IsRefused(string path, HttpStatusCode expected) => Assert.Equal(expected, (await GetAsync(path)).Status);
}
