using System.Text;
using Sante.Fhir.Bundles;

namespace Sante.Fhir.Tests;

public sealed class TransactionTests
{
    [Fact]
    public void Transaction_OfTheMesuresGuide_LinksItsEntriesInAnyOrder()
    {
        var bundle = Fixtures.Example("mesures/Bundle-bundle-example.json");
        Assert.True(Transaction.TryRead(bundle, FhirLimits.Default, out var transaction, out _));
        Assert.Equal("identifier=urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680|FE-ED-AB-AA-DE-AD-77-C5", transaction.Entries[0].IfNoneExist);
        var observation = transaction.Entries.Single(entry => entry.Type == "Observation");
        var text = Encoding.UTF8.GetString(transaction.Rewrite(observation, entry => $"{entry.Type}/9-{entry.Position}").Span);
        Assert.Contains("\"reference\": \"Device/9-0\"", text, StringComparison.Ordinal);
        Assert.Contains("\"value\": 71,", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Transaction_WithUrnsInReferencesExtensionsAndAttachments_IsRewrittenWhole()
    {
        var transaction = Read(
            """{"fullUrl":"urn:uuid:1","resource":{"resourceType":"List","status":"current","mode":"working","entry":[{"item":{"reference":"urn:uuid:2"}}]},"request":{"method":"POST","url":"List"}}""",
            """{"fullUrl":"urn:uuid:2","resource":{"resourceType":"DocumentReference","status":"current","extension":[{"url":"http://x","valueReference":{"reference":"urn:uuid:1"}}],"content":[{"attachment":{"url":"urn:uuid:3"}}],"contained":[{"resourceType":"List","id":"l","subject":{"reference":"urn:uuid:1"}}]},"request":{"method":"POST","url":"DocumentReference"}}""",
            """{"fullUrl":"urn:uuid:3","resource":{"resourceType":"Binary","contentType":"text/plain"},"request":{"method":"POST","url":"Binary"}}""");
        var document = Encoding.UTF8.GetString(transaction.Rewrite(transaction.Entries[1], entry => $"{entry.Type}/{entry.Position}").Span);
        Assert.DoesNotContain("urn:uuid", document, StringComparison.Ordinal);
        Assert.Contains("\"url\":\"Binary/2\"", document, StringComparison.Ordinal);
        Assert.Contains("\"url\":\"http://x\"", document, StringComparison.Ordinal);
        Assert.Contains("\"item\":{\"reference\":\"DocumentReference/1\"}", Encoding.UTF8.GetString(transaction.Rewrite(transaction.Entries[0], entry => $"{entry.Type}/{entry.Position}").Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Transaction_WithCircularFullUrls_IsReadOnce() => Assert.Equal(2, Read(
        """{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","link":[{"other":{"reference":"urn:uuid:2"},"type":"seealso"}]},"request":{"method":"POST","url":"Patient"}}""",
        """{"fullUrl":"urn:uuid:2","resource":{"resourceType":"Patient","link":[{"other":{"reference":"urn:uuid:1"},"type":"seealso"}]},"request":{"method":"POST","url":"Patient"}}""").Entries.Count);

    [Fact]
    public void Transaction_TakesEffect_DeleteFirstGetLast() => Assert.Equal([3, 1, 0, 2], Read(
        """{"resource":{"resourceType":"Patient","id":"a"},"request":{"method":"PUT","url":"Patient/a"}}""",
        """{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}""",
        """{"request":{"method":"GET","url":"Patient/a"}}""",
        """{"request":{"method":"DELETE","url":"Patient/b"}}""").InProcessingOrder.Select(entry => entry.Position));

    [Theory]
    [InlineData("""{"resource":{"resourceType":"Patient"}}""", "transaction-request-missing")]
    [InlineData("""{"resource":{"resourceType":"Patient"},"request":{"method":"TRACE","url":"Patient"}}""", "transaction-method-unknown")]
    [InlineData("""{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"http://other/Patient"}}""", "transaction-url-invalid")]
    [InlineData("""{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient/1"}}""", "transaction-url-invalid")]
    [InlineData("""{"request":{"method":"POST","url":"Patient"}}""", "transaction-resource-missing")]
    [InlineData("""{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Observation"}}""", "transaction-type-differs")]
    [InlineData("""{"resource":{"resourceType":"Patient","id":"b"},"request":{"method":"PUT","url":"Patient/a"}}""", "id-differs")]
    [InlineData("""{"resource":{"resourceType":"Patient","link":[{"other":{"reference":"urn:uuid:9"},"type":"seealso"}]},"request":{"method":"POST","url":"Patient"}}""", "reference-unresolved")]
    [InlineData("""{"request":{"method":"DELETE","url":"Patient/1"}},{"request":{"method":"DELETE","url":"Patient/1"}}""", "transaction-resource-twice")]
    [InlineData("""{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}},{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}""", "fullurl-twice")]
    public void Transaction_WithOneFault_IsRefusedWithItsCode(string entry, string code)
    {
        var bundle = Fixtures.Read($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{entry}}]}""");
        Assert.False(Transaction.TryRead(bundle, FhirLimits.Default, out _, out var issues));
        Assert.Equal([code], issues.Select(issue => issue.Code));
    }

    [Fact]
    public void Transaction_OfFiftyThousandEntries_IsRefused()
    {
        var entries = string.Join(',', Enumerable.Repeat("""{"request":{"method":"GET","url":"Patient"}}""", 50_000));
        Assert.False(Transaction.TryRead(Fixtures.Read($$"""{"resourceType":"Bundle","type":"batch","entry":[{{entries}}]}"""), FhirLimits.Default, out _, out var issues));
        Assert.Equal("bundle-too-many-entries", Assert.Single(issues).Code);
    }

    [Fact]
    public void Transaction_OfAnotherBundleType_IsRefused()
    {
        Assert.False(Transaction.TryRead(Fixtures.Read("""{"resourceType":"Bundle","type":"collection"}"""), FhirLimits.Default, out _, out var issues));
        Assert.Equal("transaction-type-wrong", Assert.Single(issues).Code);
    }

    [Fact]
    public void ConditionalReferences_AreListedForTheCaller() => Assert.Equal(["Patient?identifier=a|b"], Transaction.ConditionalReferences(Read(
        """{"resource":{"resourceType":"Observation","subject":{"reference":"Patient?identifier=a|b"}},"request":{"method":"POST","url":"Observation"}}""").Entries[0]));

    private static Transaction Read(params string[] entries)
    {
        var bundle = Fixtures.Read($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', entries)}}]}""");
        Assert.True(Transaction.TryRead(bundle, FhirLimits.Default, out var transaction, out var issues), string.Join(' ', issues.Select(issue => issue.Code)));
        return transaction;
    }
}
