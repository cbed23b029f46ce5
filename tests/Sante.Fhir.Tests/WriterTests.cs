using System.Buffers;
using System.Text;
using Sante.Fhir.Bundles;
using Sante.Fhir.Check;
using Sante.Kernel;

namespace Sante.Fhir.Tests;

public sealed class WriterTests
{
    [Fact]
    public void OperationOutcome_OfIssues_IsItselfValid()
    {
        var issues = FhirCheck.Check(Fixtures.Read("""{"resourceType":"Patient","birthDate":"1990-02-30","x":1}"""));
        var outcome = Fixtures.Read(Encoding.UTF8.GetString(OperationOutcomes.Write(issues)));
        Assert.Empty(Fixtures.Refusing(outcome));
        Assert.Equal("Patient.birthDate", outcome.At("issue.expression").Text);
        Assert.Equal("date-invalid", outcome.At("issue.details.coding.code").Text);
        Assert.Equal(422, OperationOutcomes.StatusOf(issues));
    }

    [Theory]
    [InlineData(RefusalKind.Invalid, "invalid")]
    [InlineData(RefusalKind.Forbidden, "forbidden")]
    [InlineData(RefusalKind.Unknown, "not-found")]
    [InlineData(RefusalKind.Conflict, "conflict")]
    [InlineData(RefusalKind.Unavailable, "transient")]
    public void OperationOutcome_OfARefusal_IsItselfValid(RefusalKind kind, string type)
    {
        var outcome = Fixtures.Read(Encoding.UTF8.GetString(OperationOutcomes.Write(new Refusal("some-code", kind, "Refusé."))));
        Assert.Empty(Fixtures.Refusing(outcome));
        Assert.Equal(type, outcome.At("issue.code").Text);
    }

    [Fact]
    public void OperationOutcome_WithoutIssues_SaysSo() => Assert.Empty(Fixtures.Refusing(Encoding.UTF8.GetString(OperationOutcomes.Write([]))));

    [Fact]
    public void Bundle_OfRawEntries_KeepsTheirBytesAndIsValid()
    {
        const string observation = """{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"valueQuantity":{"value": 1.00}}""";
        var output = new ArrayBufferWriter<byte>();
        using (var bundle = new BundleWriter(output, "searchset", 1, [("self", "https://sante.example/fhir/Observation?code=x")]))
        {
            bundle.Add(new BundleEntry { FullUrl = "https://sante.example/fhir/Observation/o", Resource = Encoding.UTF8.GetBytes(observation), SearchMode = "match" });
            bundle.End();
        }

        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Contains(observation, text, StringComparison.Ordinal);
        Assert.Empty(Fixtures.Refusing(text));
    }

    [Fact]
    public void Bundle_OfHistoryAndOfTransactionResponse_AreValid()
    {
        foreach (var type in new[] { "history", "transaction-response" })
        {
            var output = new ArrayBufferWriter<byte>();
            using (var bundle = new BundleWriter(output, type, type == "history" ? 1 : null))
            {
                bundle.Add(new BundleEntry
                {
                    Method = type == "history" ? "PUT" : null,
                    Url = type == "history" ? "Patient/1" : null,
                    Status = "201 Created",
                    Location = "Patient/1/_history/1",
                    ETag = "W/\"1\"",
                    LastModifiedAt = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero),
                });
                bundle.End();
            }

            Assert.Empty(Fixtures.Refusing(Encoding.UTF8.GetString(output.WrittenSpan)));
        }
    }

    [Fact]
    public void Bundle_WithoutEntries_HasNoEmptyArray()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var bundle = new BundleWriter(output, "searchset", 0))
        {
            bundle.End();
        }

        Assert.Equal("""{"resourceType":"Bundle","type":"searchset","total":0}""", Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
