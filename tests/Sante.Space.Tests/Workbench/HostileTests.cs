using System.Globalization;
using System.Net;
using System.Text;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Workbench;

/// <summary>Inputs made to hurt: each gets an answer of 4xx (or a plain 200 where it is merely odd), never 5xx, and the workbench goes on.</summary>
public sealed class HostileTests(WorkbenchFixture fixture) : IClassFixture<WorkbenchFixture>
{
    private const string Head = """{"resourceType":"Patient",""";

    public static TheoryData<string, string, int> Bodies => new()
    {
        { "nothing", "", 400 },
        { "a hundred thousand brackets", """{"resourceType":"Patient","extension":""" + new string('[', 100_000), 400 },
        { "depth 65", Head + "\"extension\":" + string.Concat(Enumerable.Repeat("[{\"extension\":", 40)) + "1" + string.Concat(Enumerable.Repeat("}]", 40)) + "}", 400 },
        { "a name twice", Head + "\"active\":true,\"active\":false}", 400 },
        { "a name twice, contained", Head + "\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"a\",\"id\":\"b\"}]}", 400 },
        { "a huge exponent where a whole number is meant", Head + "\"multipleBirthInteger\":-1E+245}", 422 },
        { "a number of a megabyte", Head + "\"multipleBirthInteger\":" + new string('9', 1_000_000) + "}", 400 },
        { "a lone surrogate", Head + "\"name\":[{\"family\":\"\\ud800\"}]}", 400 },
        { "NUL", Head + "\"name\":[{\"family\":\"\\u0000\"}]}", 422 },
        { "floods of braces", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), 400 },
        { "resourceType twice", "{\"resourceType\":\"Patient\",\"resourceType\":\"Group\"}", 400 },
        { "resourceType unknown", "{\"resourceType\":\"Nonsense\"}", 400 },
        { "companions of another length", Head + "\"name\":[{\"given\":[\"a\"],\"_given\":[null,{\"id\":\"x\"},{\"id\":\"y\"}]}]}", 422 },
        { "null padding", Head + "\"name\":[null,null]}", 422 },
        { "contained in contained", Head + "\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"a\",\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"b\"}]}]}", 422 },
        { "a script in the narrative", Head + "\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><script>1</script></div>\"}}", 422 },
        { "the year 0", Head + "\"birthDate\":\"0000-01-01\"}", 422 },
        { "30 February", Head + "\"birthDate\":\"2024-02-30\"}", 422 },
        { "24 hours behind", Head + "\"deceasedDateTime\":\"2024-01-01T00:00:00-24:00\"}", 422 },
        { "an attachment that lies about its size", Head + "\"photo\":[{\"data\":\"AAAA\",\"size\":9}]}", 422 },
        { "a byte order mark", "\uFEFF" + Head + "\"active\":true}", 400 },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_IsRefusedWithAnOutcome(string what, string body, int status)
    {
        var client = await fixture.NewAsync();
        var reply = await client.PostAsync("Patient", body);
        Assert.True((int)reply.Status == status, $"{what}: {(int)reply.Status} {reply.Text[..Math.Min(300, reply.Text.Length)]}");
        Assert.Equal("OperationOutcome", reply.Json["resourceType"]!.GetValue<string>());
        Assert.Empty((await client.GetAsync("Patient")).Entries);
    }

    [Fact]
    public async Task NotUtf8_IsRefused()
    {
        var client = await fixture.NewAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/workbench/{client.Name}/fhir/Patient") { Content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(Head + "\"name\":[{\"family\":\""), 0xC0, 0xAF, .. "\"}]}"u8]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/fhir+json");
        request.Headers.Authorization = new("Bearer", fixture.Token);
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Api.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task TooLargeBodies_Are413()
    {
        var client = await fixture.NewAsync();
        var body = Head + "\"name\":[{\"family\":\"" + new string('a', 11 * 1024 * 1024) + "\"}]}";
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body-too-large"), (await client.PostAsync("Patient", body) is var reply ? (reply.Status, reply.Code) : default));
    }

    public static TheoryData<string> Queries => new()
    {
        "Observation?" + string.Join('.', Enumerable.Repeat("subject", 300)) + "=x",
        "Observation?code=" + string.Join(',', Enumerable.Repeat("x", 10_000)),
        string.Concat("Observation?", string.Join('&', Enumerable.Repeat("code=x", 1000))),
        "Observation?date=0000",
        "Observation?date=2024-02-30",
        "Observation?value-quantity=1E400",
        "Observation?value-quantity=%7C%7C%7C%7C",
        "Observation?_count=-1",
        "Observation?_count=x",
        "Observation?_sort=nonsense",
        "Observation?_include=Nonsense:x",
        "Observation?code:nonsense=x",
        "Observation?_has:Nonsense:x:y=z",
        "Observation?_lastUpdated=gegege",
        "Observation?_page=%00%FF",
        "Observation?code=%zz",
        "Observation?%00=%00",
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Query_NeverFails(string query)
    {
        var client = await fixture.NewAsync();
        var reply = await client.GetAsync(query);
        Assert.True((int)reply.Status is 200 or (>= 400 and < 500), $"{(int)reply.Status} {reply.Text[..Math.Min(300, reply.Text.Length)]}");
    }

    [Fact]
    public async Task HugeCount_IsTakenAsTheLargestPage()
    {
        var client = await fixture.NewAsync();
        await client.MakeAsync("Patient", "\"active\":true");
        Assert.Single((await client.GetAsync("Patient?_count=2147483647")).Entries);
    }

    [Fact]
    public async Task LoopsOfReferences_EndWithIterate()
    {
        var client = await fixture.NewAsync();
        await client.PutAsync("Patient/a", """{"resourceType":"Patient","id":"a"}""");
        await client.PutAsync("Patient/b", """{"resourceType":"Patient","id":"b","link":[{"other":{"reference":"Patient/a"},"type":"seealso"}]}""");
        await client.PutAsync("Patient/a", """{"resourceType":"Patient","id":"a","link":[{"other":{"reference":"Patient/b"},"type":"seealso"}]}""");
        var reply = await client.GetAsync("Patient?_id=a&_include:iterate=Patient:link");
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal(["a", "b"], reply.Ids.Order());
    }

    [Fact]
    public async Task FiftyThousandEntries_AreRefused()
    {
        var client = await fixture.NewAsync();
        var body = $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', Enumerable.Repeat("""{"request":{"method":"GET","url":"Patient"}}""", 50_000))}}]}""";
        var reply = await client.PostAsync("", body);
        Assert.Equal("bundle-too-many-entries", reply.Code);
        Assert.InRange((int)reply.Status, 400, 499);
    }

    [Fact]
    public async Task CircularTransaction_IsStored()
    {
        var client = await fixture.NewAsync();
        const string One = "urn:uuid:0a8a5f6e-0000-4000-8000-000000000001", Two = "urn:uuid:0a8a5f6e-0000-4000-8000-000000000002";
        var reply = await client.PostAsync("", BundleTests.Bundle("transaction",
            BundleTests.Entry("POST", "Patient", Linked(Two), One), BundleTests.Entry("POST", "Patient", Linked(One), Two)));
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Text);

        static string Linked(string other) => $$"""{"resourceType":"Patient","link":[{"other":{"reference":"{{other}}"},"type":"seealso"}]}""";
    }

    [Theory]
    [InlineData("TRACE", "Patient/a")]
    [InlineData("DELETE", "_history")]
    [InlineData("PUT", "metadata")]
    [InlineData("POST", "Patient/a/b/c/d")]
    [InlineData("GET", "Patient/%2e%2e%2f%2e%2e")]
    [InlineData("GET", "Patient/a%00b")]
    [InlineData("GET", "Patient/a/_history/99999999999999999999")]
    [InlineData("GET", "Patient/a/_history/-1")]
    [InlineData("PATCH", "Patient/a")]
    public async Task OddAddressesAndMethods_AreRefusedWithAnOutcome(string method, string path)
    {
        var client = await fixture.NewAsync();
        var reply = await client.SendAsync(new HttpMethod(method), path, method is "POST" or "PUT" or "PATCH" ? "{}" : null);
        Assert.InRange((int)reply.Status, 400, 499);
        // TRACE and NUL end in the HTTP server itself.
        if (method != "TRACE" && !path.Contains("%00", StringComparison.Ordinal))
            Assert.Equal("OperationOutcome", reply.Json["resourceType"]!.GetValue<string>());
    }

    [Fact]
    public async Task Faults_LeaveNothingOfTheInputInTheAnswer()
    {
        var client = await fixture.NewAsync();
        var secret = $"sentinelle{Random.Shared.Next().ToString(CultureInfo.InvariantCulture)}";
        foreach (var reply in new[]
        {
            await client.PostAsync("Patient", Head + $"\"gender\":\"{secret}\",\"birthDate\":\"{secret}\"}}"),
            await client.PostAsync("Patient", Head + $"\"name\":[{{\"family\":\"{secret}"),
            await client.GetAsync($"Patient?birthdate={secret}"),
        })
        {
            Assert.InRange((int)reply.Status, 400, 499);
            Assert.DoesNotContain(secret, reply.Text, StringComparison.Ordinal);
        }
    }
}
