using System.Text;

namespace Sante.Fhir.Tests;

public sealed class JsonHostileTests
{
    private const string Patient = "{\"resourceType\":\"Patient\"}";

    [Fact]
    public void Parse_HundredThousandOpeningBrackets_IsRefusedAsTooDeep() =>
        Assert.Equal(["json-too-deep"], Fixtures.Faults(new string('[', 100_000)));

    [Fact]
    public void Parse_HundredThousandOpeningBraces_IsRefused() =>
        Assert.Equal(["json-syntax"], Fixtures.Faults(new string('{', 100_000)));

    [Fact]
    public void Parse_Depth64_IsReadAndDepth65IsRefused()
    {
        static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);
        Assert.Equal(["resource-type-missing"], Fixtures.Faults(Nested(64)));
        Assert.Equal(["json-too-deep"], Fixtures.Faults(Nested(65)));
    }

    [Fact]
    public void Parse_DuplicateName_IsRefusedWithItsPath()
    {
        var issue = Assert.Single(FhirJson.Parse("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"A\",\"family\":\"B\"}]}}]}"u8.ToArray()).Issues);
        Assert.Equal("json-duplicate-name", issue.Code);
        Assert.Equal("Bundle.entry[0].resource.name[0].family", issue.Expression);
    }

    [Fact]
    public void Parse_DuplicateNamesInSeveralPlaces_AreAllReported() =>
        Assert.Equal(["json-duplicate-name", "json-duplicate-name", "json-duplicate-name"],
            Fixtures.Faults("{\"resourceType\":\"Patient\",\"id\":\"1\",\"id\":\"2\",\"contained\":[{\"a\":1,\"a\":2,\"a\":3}]}"));

    [Fact]
    public void Parse_DuplicateNameAmongManyMembers_IsFound()
    {
        var members = string.Join(',', Enumerable.Range(0, 20_000).Select(number => $"\"m{number}\":{number}"));
        Assert.Equal(["json-duplicate-name"], Fixtures.Faults($"{{\"resourceType\":\"Patient\",{members},\"m7777\":0}}"));
        Assert.Empty(Fixtures.Faults($"{{\"resourceType\":\"Patient\",{members}}}"));
    }

    [Fact]
    public void Parse_ResourceTypeTwice_IsRefused() =>
        Assert.Equal(["json-duplicate-name"], Fixtures.Faults("{\"resourceType\":\"Patient\",\"resourceType\":\"Observation\"}"));

    [Fact]
    public void Parse_ResourceTypeLast_IsRead() =>
        Assert.Equal("Patient", Fixtures.Read("{\"active\":true,\"resourceType\":\"Patient\"}").Type);

    [Fact]
    public void Parse_ResourceTypeWrittenWithEscape_IsRefused() =>
        Assert.Contains("json-escaped-name", Fixtures.Faults("{\"resourceType\":\"Patient\",\"\\u0061ctive\":true}"));

    [Fact]
    public void Parse_ByteOrderMark_IsRefused() =>
        Assert.Equal(["json-byte-order-mark"], Fixtures.Faults([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Patient)]));

    [Fact]
    public void Parse_Utf16_IsRefused() => Assert.NotEmpty(Fixtures.Faults(Encoding.Unicode.GetBytes(Patient)));

    [Theory]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xE0, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xFF })]
    public void Parse_OverlongTruncatedOrSurrogateUtf8_IsRefused(byte[] bad) =>
        Assert.Equal(["json-not-utf8"], Fixtures.Faults([.. "{\"resourceType\":\"Patient\",\"id\":\""u8, .. bad, .. "\"}"u8]));

    [Theory]
    [InlineData("\\uD800")]
    [InlineData("\\uDC00")]
    [InlineData("\\uD800\\u0041")]
    [InlineData("\\uD800\\uD800")]
    [InlineData("\\uDC00\\uD800")]
    public void Parse_LoneSurrogateEscape_IsRefused(string text) =>
        Assert.Equal(["json-lone-surrogate"], Fixtures.Faults($"{{\"resourceType\":\"Patient\",\"id\":\"{text}\"}}"));

    [Fact]
    public void Parse_SurrogatePairEscape_IsRead() =>
        Assert.Equal("😀", Fixtures.Read("{\"resourceType\":\"Patient\",\"id\":\"\\uD83D\\uDE00\"}").Id);

    [Theory]
    [InlineData("\u0000")]
    [InlineData("\u001f")]
    [InlineData("\n")]
    [InlineData("\t")]
    public void Parse_RawControlCharacterInString_IsRefused(string control) =>
        Assert.Equal(["json-control-character"], Fixtures.Faults($"{{\"resourceType\":\"Patient\",\"id\":\"{control}\"}}"));

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("+1")]
    [InlineData("1e")]
    [InlineData("0x10")]
    [InlineData("TRUE")]
    [InlineData("nul")]
    [InlineData("'a'")]
    [InlineData("1,")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[1 2]")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{a:1}")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12G4\"")]
    [InlineData("\"open")]
    [InlineData("// note\n1")]
    [InlineData("")]
    public void Parse_WhatIsNoJson_IsRefused(string value) =>
        Assert.Equal(["json-syntax"], Fixtures.Faults($"{{\"resourceType\":\"Patient\",\"x\":{value}}}"));

    [Theory]
    [InlineData("{}")]
    [InlineData(" x")]
    [InlineData("\u0000")]
    [InlineData("]")]
    public void Parse_ContentAfterTheResource_IsRefused(string trailing) =>
        Assert.Equal(["json-trailing-content"], Fixtures.Faults(Patient + trailing));

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"Patient\"")]
    [InlineData("{}")]
    [InlineData("{\"resourceType\":7}")]
    [InlineData("{\"resourceType\":\"\"}")]
    public void Parse_WhatIsNoResource_IsRefused(string json) => Assert.Equal(["resource-type-missing"], Fixtures.Faults(json));

    [Fact]
    public void Parse_EmptyBody_IsRefused() => Assert.Equal(["body-empty"], Fixtures.Faults([]));

    [Fact]
    public void Parse_BodyOverTheLimit_IsRefusedWithStatus413()
    {
        var parsed = FhirJson.Parse(new byte[2048], new FhirLimits { MaxBytes = 1024 });
        Assert.Equal("body-too-large", Assert.Single(parsed.Issues).Code);
        Assert.Equal(413, Bundles.OperationOutcomes.StatusOf(parsed.Issues));
    }

    [Fact]
    public void Parse_NumberOfTenMegabytes_IsRefused() =>
        Assert.Equal(["json-number-too-long"], Fixtures.Faults($"{{\"resourceType\":\"Patient\",\"x\":{new string('9', 10_000_000)}}}"));

    [Fact]
    public void Parse_FourMillionEmptyValues_IsRefusedBeforeTheTableOutgrowsItsInput()
    {
        var bytes = Encoding.UTF8.GetBytes("{\"resourceType\":\"Patient\",\"x\":[" + string.Concat(Enumerable.Repeat("0,", 2_000_000)) + "0]}");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var faults = Fixtures.Faults(bytes);
        Assert.Equal(["json-too-many-values"], faults);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8L * bytes.Length);
    }

    [Fact]
    public void Parse_FloodOfOpenBracesInsideStrings_IsRead() =>
        Assert.Equal("Patient", Fixtures.Read($"{{\"resourceType\":\"Patient\",\"id\":\"{new string('{', 200_000)}\"}}").Type);

    [Fact]
    public void Parse_Decimals_KeepTheirBytes()
    {
        var resource = Fixtures.Read("{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":1.00}}");
        Assert.Equal("1.00", resource.At("valueQuantity.value").Text);
        Assert.Equal("{\"value\":1.00}", Encoding.UTF8.GetString(resource.At("valueQuantity").RawUtf8.Span));
    }

    [Fact]
    public void Parse_SyntaxFault_NamesTheByteAndNoContent()
    {
        var issue = Assert.Single(FhirJson.Parse("{\"resourceType\":\"Patient\",\"id\":\"Durand\""u8.ToArray()).Issues);
        Assert.DoesNotContain("Durand", issue.Text, StringComparison.Ordinal);
        Assert.Contains("octet 39", issue.Text, StringComparison.Ordinal);
    }
}
