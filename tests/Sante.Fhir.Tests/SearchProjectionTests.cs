using System.Text;
using System.Text.Json.Nodes;

namespace Sante.Fhir.Tests;

public sealed class SearchProjectionTests
{
    private const string Observation = """
        {"resourceType":"Observation","id":"o","meta":{"versionId":"1","tag":[{"system":"s","code":"t"}]},"implicitRules":"http://r","text":{"status":"generated","div":"<div/>"},"status":"final",
         "_status":{"extension":[{"url":"http://x","valueBoolean":true}]},"code":{"text":"x"},"performer":[{"reference":"Practitioner/1"}],"valueQuantity":{"value": 1.00},"note":[{"text":"n"}],
         "method":{"text":"m"},"component":[{"id":"a","code":{"text":"c"},"interpretation":[{"text":"i"}],"valueInteger":2,"referenceRange":[{"text":"r"}]}]}
        """;

    [Theory]
    [InlineData("_elements=note", "code,id,implicitRules,meta,note,resourceType,status,_status")]
    [InlineData("_elements=Observation.note,method", "code,id,implicitRules,meta,method,note,resourceType,status,_status")]
    [InlineData("_summary=text", "code,id,meta,resourceType,status,_status,text")]
    [InlineData("_summary=data", "code,component,id,implicitRules,meta,method,note,performer,resourceType,status,_status,valueQuantity")]
    [InlineData("_summary=true", "code,component,id,implicitRules,meta,performer,resourceType,status,_status,valueQuantity")]
    public void Projection_Keeps_WhatItNamesAndWhatMustStay(string query, string members)
    {
        var projected = Apply(query, Observation);
        Assert.Equal(members, string.Join(',', projected.Select(member => member.Key).OrderBy(key => key.TrimStart('_') + key.Length, StringComparer.Ordinal)));
        Assert.Equal(["t", "SUBSETTED"], projected["meta"]!["tag"]!.AsArray().Select(tag => tag!["code"]!.GetValue<string>()));
        Assert.Equal("1", projected["meta"]!["versionId"]!.GetValue<string>());
    }

    [Fact]
    public void Projection_OfAResourceWithoutMeta_TagsItAsWell() =>
        Assert.Equal("SUBSETTED", Apply("_elements=gender", """{"resourceType":"Patient","gender":"male"}""")["meta"]!["tag"]![0]!["code"]!.GetValue<string>());

    [Fact]
    public void Summary_OfAComponent_LeavesItsOwnSummary() =>
        Assert.Equal(["code", "valueInteger"], Apply("_summary=true", Observation)["component"]![0]!.AsObject().Select(member => member.Key).Where(key => key != "id" && key != "interpretation"));

    [Fact]
    public void Projection_KeepsTheBytesOfWhatStays() =>
        Assert.Contains("{\"value\": 1.00}", Text("_elements=value", Observation), StringComparison.Ordinal);

    [Theory]
    [InlineData("_summary=false")]
    [InlineData("_count=5")]
    [InlineData("_summary=count")]
    public void Query_WithoutProjection_LeavesResourcesWhole(string query) => Assert.Null(SearchRunTests.Query(query).Projection);

    [Fact]
    public void Projection_OfEveryExample_IsAResourceStill()
    {
        foreach (var file in StampTests.AllExamples())
        {
            var json = File.ReadAllText(file.Data);
            var type = Fixtures.Read(json).Type;
            foreach (var query in new[] { "_summary=true", "_summary=text", "_summary=data", "_elements=id" })
            {
                var projected = Fixtures.Read(Text(query, json, type));
                Assert.Equal(type, projected.Type);
                Assert.True(projected.Root["meta"u8]["tag"u8].Exists);
            }
        }
    }

    private static JsonObject Apply(string query, string json) => JsonNode.Parse(Text(query, json))!.AsObject();

    private static string Text(string query, string json, string? type = null) =>
        Encoding.UTF8.GetString(SearchRunTests.Query(query, type ?? Fixtures.Read(json).Type).Projection!.Apply(Encoding.UTF8.GetBytes(json)).Span);
}
