using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sante.Fhir.Bundles;
using Sante.Space.FhirApi;

namespace Sante.Space.Tests.FhirApi;

/// <summary>The protocol's pieces alone: headers in, meaning out.</summary>
public sealed class ProtocolTests
{
    [Theory]
    [InlineData("return=minimal", "Minimal", false)]
    [InlineData("return=representation; handling=lenient", "Representation", false)]
    [InlineData("return=\"OperationOutcome\", handling=lenient", "Outcome", true)]
    [InlineData("RETURN=Minimal,Handling=Strict", "Minimal", false)]
    [InlineData("handling=strict, handling=lenient", "Unsaid", false)]
    [InlineData("return=minimal, return=representation", "Minimal", false)]
    [InlineData("respond-async", "Unsaid", false)]
    [InlineData("returnx=minimal, xhandling=lenient", "Unsaid", false)]
    [InlineData("return=nonsense", "Unsaid", false)]
    public void Prefer_IsReadWordByWord(string header, string returned, bool lenient) =>
        Assert.Equal((returned, lenient), Said(Prefer.Of(Request(("Prefer", header)))));

    [Fact]
    public void Prefer_OnTwoLines_IsOneList()
    {
        var request = Request();
        request.Headers["Prefer"] = new[] { "return=minimal", "handling=lenient" };
        Assert.Equal(("Minimal", true), Said(Prefer.Of(request)));
    }

    [Theory]
    [InlineData("W/\"3\"", 3)]
    [InlineData("\"12\"", 12)]
    [InlineData("*", 0)]
    [InlineData(" W/\"7\" ", 7)]
    public void IfMatch_TellsTheVersion(string header, int version) => Assert.Equal(version, Preconditions.IfMatch(Request(("If-Match", header))).Value);

    [Theory]
    [InlineData("3")]
    [InlineData("W/\"0\"")]
    [InlineData("W/\"\"")]
    [InlineData("W/\"-1\"")]
    [InlineData("W/\"99999999999\"")]
    [InlineData("W/\"1\", W/\"2\"")]
    [InlineData("\"")]
    [InlineData("")]
    public void IfMatch_OfAnotherForm_IsRefused(string header) => Assert.Equal("if-match-invalid", Preconditions.IfMatch(Request(("If-Match", header))).Refusal?.Code);

    [Theory]
    [InlineData("identifier=a|b", "identifier=a|b")]
    [InlineData("?identifier=a|b", "identifier=a|b")]
    [InlineData("Patient?identifier=a|b", "identifier=a|b")]
    public void IfNoneExist_IsCriteria(string header, string criteria) => Assert.Equal(criteria, Preconditions.IfNoneExist(Request(("If-None-Exist", header))).Value);

    [Fact]
    public void IfNoneExist_WithoutCriteria_IsRefused() => Assert.Equal("if-none-exist-invalid", Preconditions.IfNoneExist(Request(("If-None-Exist", "?"))).Refusal?.Code);

    [Theory]
    [InlineData("W/\"3\"", true)]
    [InlineData("\"3\"", true)]
    [InlineData("W/\"1\", W/\"3\"", true)]
    [InlineData("*", true)]
    [InlineData("W/\"2\"", false)]
    [InlineData("W/\"33\"", false)]
    public void IfNoneMatch_IsComparedWeakly(string header, bool known) =>
        Assert.Equal(known, Preconditions.IsKnown(Request(("If-None-Match", header)), "W/\"3\"", DateTimeOffset.UnixEpoch));

    [Theory]
    [InlineData("Thu, 01 Jan 1970 00:00:10 GMT", true)]
    [InlineData("Thu, 01 Jan 1970 00:00:09 GMT", false)]
    [InlineData("yesterday", false)]
    public void IfModifiedSince_CountsWholeSeconds(string header, bool known) =>
        Assert.Equal(known, Preconditions.IsKnown(Request(("If-Modified-Since", header)), "W/\"3\"", DateTimeOffset.FromUnixTimeMilliseconds(10_700)));

    [Fact]
    public void IfNoneMatch_GoesBeforeIfModifiedSince() => Assert.False(Preconditions.IsKnown(
        Request(("If-None-Match", "W/\"2\""), ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")), "W/\"3\"", DateTimeOffset.UnixEpoch));

    [Theory]
    [InlineData("", "application/fhir+json", true)]
    [InlineData("", "application/json;q=0.5, text/html", true)]
    [InlineData("", "application/fhir+xml", false)]
    [InlineData("", "text/html, */*;q=0.1", true)]
    [InlineData("", "application/fhir+json; fhirVersion=3.0", false)]
    [InlineData("?_format=json", "application/fhir+xml", true)]
    [InlineData("?_format=application/fhir%2Bjson", "", true)]
    [InlineData("?_format=xml", "application/fhir+json", false)]
    [InlineData("?_format=application/fhir+xml", "*/*", false)]
    [InlineData("?_format=ttl", "*/*", false)]
    public void Format_GoesBeforeAccept(string query, string accept, bool acceptable)
    {
        var request = accept.Length == 0 ? Request() : Request(("Accept", accept));
        request.QueryString = new QueryString(query);
        Assert.Equal(acceptable, FhirMedia.IsAcceptable(request));
    }

    [Theory]
    [InlineData("application/fhir+json", true)]
    [InlineData("application/fhir+json; charset=utf-8", true)]
    [InlineData("application/json", true)]
    [InlineData("application/fhir+xml", false)]
    [InlineData("text/csv", false)]
    [InlineData(null, false)]
    public void Bodies_AreJson(string? contentType, bool taken)
    {
        var request = Request();
        request.ContentType = contentType;
        Assert.Equal(taken, FhirMedia.IsFhirBody(request));
    }

    [Fact]
    public void CodedBodies_AreNotTaken()
    {
        var request = Request(("Content-Encoding", "gzip"));
        request.ContentType = "application/fhir+json";
        Assert.False(FhirMedia.IsFhirBody(request));
    }

    [Theory]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip")]
    [InlineData("br;q=0.0, gzip;q=0.000", null)]
    [InlineData("*", null)]
    [InlineData("identity", null)]
    public void Answers_AreCodedAsAsked(string accepted, string? coding)
    {
        var context = Request(("Accept-Encoding", accepted)).HttpContext;
        var body = Encoding.UTF8.GetBytes(new string('é', 4000));
        var coded = AnswerCoding.Code(context, body);
        Assert.Equal(coding, context.Response.Headers.ContentEncoding.Count == 0 ? null : context.Response.Headers.ContentEncoding.ToString());
        Assert.Equal(body, coded is { } bytes ? Decode(bytes, coding!) : body);
        Assert.Equal(coding is null, coded is null);
    }

    [Fact]
    public void ShortAnswers_AreNotCoded() => Assert.Null(AnswerCoding.Code(Request(("Accept-Encoding", "br")).HttpContext, new byte[1399]));

    [Theory]
    [InlineData(10, true)]
    [InlineData(100_000, true)]
    [InlineData(100_000, false)]
    [InlineData(100_001, false)]
    [InlineData(0, true)]
    public async Task Bodies_AreReadWholeUpToTheBound(int length, bool announced)
    {
        var request = Request();
        var body = Enumerable.Range(0, length).Select(at => (byte)(at % 251)).ToArray();
        request.Body = new MemoryStream(body);
        request.ContentLength = announced ? length : null;
        Assert.Equal(body, (await FhirBody.BytesAsync(request, 100_000, CancellationToken.None)).ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LongerBodies_AreReadOneByteTooFar(bool announced)
    {
        var request = Request();
        request.Body = new MemoryStream(new byte[200_000]);
        request.ContentLength = announced ? 200_000 : null;
        Assert.Equal(100_001, (await FhirBody.BytesAsync(request, 100_000, CancellationToken.None)).Length);
    }

    [Fact]
    public void PooledBytes_GrowAndKeepWhatWasWritten()
    {
        using var bytes = new PooledBytes(16);
        var writer = new BundleWriter(bytes, "searchset", 1);
        writer.Add(new BundleEntry { FullUrl = new string('a', 10_000) });
        writer.End();
        writer.Dispose();
        Assert.Equal($$"""{"resourceType":"Bundle","type":"searchset","total":1,"entry":[{"fullUrl":"{{new string('a', 10_000)}}"}]}""", Encoding.UTF8.GetString(bytes.Written.Span));
    }

    private static (string, bool) Said(Prefer prefer) => (prefer.Return.ToString(), prefer.Lenient);

    private static HttpRequest Request(params (string Name, string Value)[] headers)
    {
        var request = new DefaultHttpContext().Request;
        foreach (var (name, value) in headers)
            request.Headers[name] = value;
        return request;
    }

    private static byte[] Decode(ReadOnlyMemory<byte> coded, string coding)
    {
        using var source = new MemoryStream(coded.ToArray());
        using Stream stream = coding == "br" ? new BrotliStream(source, CompressionMode.Decompress) : new GZipStream(source, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.ToArray();
    }
}
