using System.Text;
using System.Text.Json;
using Sante.Fhir.Bundles;

namespace Sante.Fhir.Tests;

public sealed class StampTests
{
    private static readonly FhirStamp Stamp = new("7-abc", 3, new DateTimeOffset(2026, 11, 21, 12, 0, 0, 5, TimeSpan.FromHours(1)));

    [Fact]
    public void Stamp_WithoutIdAndMeta_AddsThemAfterTheType() =>
        Assert.Equal("""{ "resourceType" : "Patient","id":"7-abc","meta":{"versionId":"3","lastUpdated":"2026-11-21T11:00:00.005Z"} , "active" : true }""",
            Stamped("""{ "resourceType" : "Patient" , "active" : true }"""));

    [Fact]
    public void Stamp_WithReceivedIdAndMeta_ReplacesOnlyTheThreeValues() =>
        Assert.Equal("""{"meta":{"source":"urn:x","lastUpdated":"2026-11-21T11:00:00.005Z","profile":["http://a"],"versionId":"3"},"id":"7-abc","resourceType":"Patient"}""",
            Stamped("""{"meta":{"source":"urn:x","lastUpdated":"1999-01-01T00:00:00Z","profile":["http://a"],"versionId":"77"},"id":"mine","resourceType":"Patient"}"""));

    [Fact]
    public void Stamp_WithOtherMetaMembers_KeepsThem() =>
        Assert.Equal("""{"resourceType":"Patient","id":"7-abc","meta":{"versionId":"3","lastUpdated":"2026-11-21T11:00:00.005Z","tag":[{"code":"t"}]}}""",
            Stamped("""{"resourceType":"Patient","meta":{"tag":[{"code":"t"}]}}"""));

    [Fact]
    public void Stamp_WithEmptyMeta_ReplacesIt() =>
        Assert.Equal("""{"resourceType":"Patient","id":"7-abc","meta":{"versionId":"3","lastUpdated":"2026-11-21T11:00:00.005Z"}}""", Stamped("""{"resourceType":"Patient","meta":{}}"""));

    [Fact]
    public void Stamp_WithDecimals_KeepsTheirTrailingZeros() =>
        Assert.Contains("\"value\": 1.00 ", Stamped("""{"resourceType":"Observation","valueQuantity":{"value": 1.00 }}"""), StringComparison.Ordinal);

    [Fact]
    public void Stamp_OfAnEntryOfABundle_IsOfThatResourceAlone()
    {
        var bundle = Fixtures.Read("""{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","active":true}}]}""");
        var patient = FhirResource.Within(bundle.At("entry.resource"))!;
        Assert.StartsWith("""{"resourceType":"Patient","id":"7-abc","meta":""", Encoding.UTF8.GetString(StampPlaces.Of(patient).Write(patient.Utf8.Span, Stamp)), StringComparison.Ordinal);
    }

    [Fact]
    public void Places_KeptAsBytes_StampTheSame()
    {
        var resource = Fixtures.Example("pdsm/DocumentReference-exemple-pdsm-documentreference.json");
        var places = StampPlaces.Of(resource);
        Assert.Equal(places.Write(resource.Utf8.Span, Stamp), StampPlaces.FromBytes(places.ToBytes()).Write(resource.Utf8.Span, Stamp));
    }

    [Theory]
    [MemberData(nameof(AllExamples))]
    public void Stamp_OfEveryExample_ChangesNothingButIdAndMeta(string file)
    {
        var resource = Fixtures.Read(File.ReadAllText(file));
        var stamped = Fixtures.Read(Encoding.UTF8.GetString(StampPlaces.Of(resource).Write(resource.Utf8.Span, Stamp)));
        Assert.Equal("7-abc", stamped.Id);
        Assert.Equal("3", stamped.At("meta.versionId").Text);
        var before = Rest(resource);
        Assert.Equal(before, Rest(stamped));
        Assert.Equal(resource.Profiles, stamped.Profiles);
    }

    public static TheoryData<string> AllExamples() => [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Examples"), "*.json", SearchOption.AllDirectories)];

    [Fact]
    public void Rewrite_OfReferences_ChangesTheirBytesAlone()
    {
        var resource = Fixtures.Read("""{"resourceType":"DocumentReference", "subject":{"reference":"urn:uuid:1"},"content":[{"attachment":{"url":"urn:uuid:2","size": 10}}],"description":"urn:uuid:1"}""");
        var rewritten = ReferenceRewrite.Rewrite(resource, text => text == "urn:uuid:1" ? "Patient/p" : text == "urn:uuid:2" ? "Binary/b" : null);
        Assert.Equal("""{"resourceType":"DocumentReference", "subject":{"reference":"Patient/p"},"content":[{"attachment":{"url":"Binary/b","size": 10}}],"description":"urn:uuid:1"}""", Encoding.UTF8.GetString(rewritten!));
    }

    [Fact]
    public void Rewrite_WithNothingToChange_GivesNothing() => Assert.Null(ReferenceRewrite.Rewrite(Fixtures.Read("""{"resourceType":"Patient"}"""), _ => "x"));

    private static string Stamped(string json)
    {
        var resource = Fixtures.Read(json);
        return Encoding.UTF8.GetString(StampPlaces.Of(resource).Write(resource.Utf8.Span, Stamp));
    }

    private static List<string> Rest(FhirResource resource)
    {
        List<string> rest = [];
        foreach (var member in resource.Root.Members)
        {
            if (member.Name is not ("id" or "meta"))
            {
                rest.Add(member.Name + Encoding.UTF8.GetString(member.RawUtf8.Span));
            }
        }

        return rest;
    }
}
