using System.Net;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>Inputs made to hurt, on a citizen's record: 4xx with an OperationOutcome, or a plain answer where they are merely odd; never a failure, nothing stored.</summary>
public sealed class HostileInputTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private const string Head = """{"resourceType":"Observation","status":"final",""";

    public static TheoryData<string, string> Bodies => new()
    {
        { "nothing", "" },
        { "a hundred thousand brackets", Head + "\"extension\":" + new string('[', 100_000) },
        { "a flood of braces", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) },
        { "depth beyond the bound", Head + "\"extension\":" + string.Concat(Enumerable.Repeat("[{\"extension\":", 40)) + "1" + string.Concat(Enumerable.Repeat("}]", 40)) + "}" },
        { "a name twice inside what is contained", Head + "\"contained\":[{\"resourceType\":\"Device\",\"id\":\"a\",\"id\":\"b\"}]}" },
        { "a number of a megabyte", Head + "\"valueInteger\":" + new string('9', 1_000_000) + "}" },
        { "a huge exponent where a whole number is meant", Head + "\"valueInteger\":-1E+245}" },
        { "a lone surrogate", Head + "\"valueString\":\"\\ud800\"}" },
        { "a byte order mark", "\uFEFF" + Head + "\"valueString\":\"a\"}" },
        { "NUL", Head + "\"valueString\":\"\\u0000\"}" },
        { "resourceType twice", "{\"resourceType\":\"Observation\",\"resourceType\":\"Patient\"}" },
        { "resourceType unknown", "{\"resourceType\":\"Nonsense\"}" },
        { "companions of another length", Head + "\"note\":[{\"text\":\"a\"}],\"_performer\":[null,null]}" },
        { "null padding", Head + "\"note\":[null,null]}" },
        { "contained in contained", Head + "\"contained\":[{\"resourceType\":\"Device\",\"id\":\"a\",\"contained\":[{\"resourceType\":\"Device\",\"id\":\"b\"}]}]}" },
        { "a script in the narrative", Head + "\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><script>1</script></div>\"}}" },
        { "the year 0", Head + "\"effectiveDateTime\":\"0000-01-01\"}" },
        { "30 February", Head + "\"effectiveDateTime\":\"2024-02-30\"}" },
        { "24 hours behind", Head + "\"effectiveDateTime\":\"2024-01-01T00:00:00-24:00\"}" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_IsRefused_HoweverItComes(string what, string body)
    {
        foreach (var (method, path) in new[] { ("POST", "/Observation"), ("PUT", "/Observation/x"), ("PUT", "/Observation?identifier=a%7Cb"), ("PATCH", "/Observation/x") })
        {
            var reply = await Hospital.SendAsync(new HttpMethod(method), path, body);

            Assert.True((int)reply.Status is >= 400 and < 500, $"{what} by {method} {path}: {(int)reply.Status}");
            Assert.Equal("OperationOutcome", reply.Json["resourceType"]!.GetValue<string>());
            // What was sent is not sent back.
            Assert.True(reply.Text.Length < 8192, $"{what}: {reply.Text.Length} characters");
        }
    }

    public static TheoryData<string> Queries => new()
    {
        string.Join('.', Enumerable.Repeat("has-member", 300)) + "=x",
        "code=" + string.Join(',', Enumerable.Repeat("x", 10_000)),
        string.Join('&', Enumerable.Repeat("code=x", 1000)),
        string.Concat(Enumerable.Repeat("_has:Observation:has-member:", 200)) + "code=x",
        "date=0000", "date=2024-02-30", "date=2024-01-01T23:59:60Z", "date=ge9999-12-31", "value-quantity=1E400", "value-quantity=%7C%7C%7C%7C",
        "_count=-1", "_count=2147483647", "_count=99999999999999999999", "_sort=nonsense", "_include=Nonsense:x", "_include=*", "_revinclude=*", "_include:iterate=Observation:*",
        "code:nonsense=x", "_has:Nonsense:x:y=z", "_lastUpdated=gegege", "_cursor=%00%FF", "code=%zz", "%00=%00", "_elements=%00", "_summary=nonsense", "_type=Nonsense",
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Query_NeverFails(string query)
    {
        var family = await BornAsync();
        await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()));
        var mother = As(family.Mother);

        foreach (var path in new[] { $"/Observation?patient=Patient/{family.Child}&", $"/Patient/{family.Child}/Observation?", $"/?patient=Patient/{family.Child}&", $"/Patient/{family.Child}/$everything?", $"/Observation/_history?patient=Patient/{family.Child}&" })
        {
            var reply = await mother.GetAsync(path + query);
            Assert.True((int)reply.Status is 200 or (>= 400 and < 500), $"{(int)reply.Status} {reply.Text[..Math.Min(300, reply.Text.Length)]}");
        }
    }

    [Fact]
    public async Task LoopOfReferences_EndsWithIterate()
    {
        var family = await BornAsync();
        var first = (await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()))).LocatedId;
        var second = (await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), extra: $$"""  "hasMember":[{"reference":"Observation/{{first}}"}], """))).LocatedId;
        await Hospital.PutAsync($"/Observation/{first}", Contents.Observation(family.Child.ToString(), extra: $$"""  "id":"{{first}}","hasMember":[{"reference":"Observation/{{second}}"}], """));

        var reply = await As(family.Mother).GetAsync($"/Observation?patient=Patient/{family.Child}&_id={first}&_include:iterate=Observation:has-member");

        Assert.Equal((HttpStatusCode.OK, 2), (reply.Status, reply.Ids.Distinct().Count()));
        Assert.Equal(2, reply.Ids.Count);
    }

    [Theory]
    [InlineData("transaction")]
    [InlineData("batch")]
    public async Task FiftyThousandEntries_AreRefused(string type)
    {
        var entry = """{"request":{"method":"GET","url":"Observation/x"}}""";

        var reply = await Hospital.PostAsync("", $$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{{string.Join(',', Enumerable.Repeat(entry, 50_000))}}]}""");

        Assert.Equal("bundle-too-many-entries", reply.Code);
    }

    [Theory]
    [InlineData("""{"request":{"method":"PATCH","url":"Observation/x"},"resource":{"resourceType":"Binary","contentType":"application/json-patch+json","data":"%%%"}}""")]
    [InlineData("""{"request":{"method":"POST","url":"Bundle"},"resource":{"resourceType":"Bundle","type":"batch"}}""")]
    [InlineData("""{"request":{"method":"GET","url":"http://elsewhere/fhir/Observation/x"}}""")]
    [InlineData("""{"request":{"method":"GET","url":"../../api/me"}}""")]
    [InlineData("""{"request":{"method":"GET","url":"Observation/%00?%zz"}}""")]
    [InlineData("""{"request":{"method":"GET","url":"metadata"}}""")]
    [InlineData("""{"request":{"method":"TRACE","url":"Observation/x"}}""")]
    [InlineData("""{"request":{}}""")]
    [InlineData("{}")]
    public async Task OddEntryOfABatch_IsRefusedInItsPlace(string entry)
    {
        var reply = await Hospital.PostAsync("", $$"""{"resourceType":"Bundle","type":"batch","entry":[{{entry}}]}""");

        Assert.True((int)reply.Status is 200 or (>= 400 and < 500), $"{(int)reply.Status} {reply.Text}");
        Assert.True(reply.Status != HttpStatusCode.OK || reply.Entries[0]["response"]!["status"]!.GetValue<string>()[0] == '4', reply.Text);
    }
}
