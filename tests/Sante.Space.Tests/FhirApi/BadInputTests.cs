using System.Net;
using System.Text;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>Every bad input gets 4xx with a readable OperationOutcome of a stable code, and changes nothing.</summary>
public sealed class BadInputTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private async Task RefusedAsync(Family family, Task<FhirReply> call, HttpStatusCode status, string code)
    {
        var before = await VersionsAsync(family);
        var reply = await call;
        Assert.Equal((status, true), (reply.Status, reply.Text.Contains($"\"code\":\"{code}\"", StringComparison.Ordinal)));
        Assert.Equal("OperationOutcome", reply.Json["resourceType"]!.GetValue<string>());
        Assert.Equal(before, await VersionsAsync(family));
    }

    // Lines may be added (a refusal is traced) and notices arrive in their own time; content, which alone is indexed, and state may not change.
    private async Task<(long Indexed, long State, long Access)> VersionsAsync(Family family)
    {
        var snapshot = (await Fixture.Api.Ledger.LoadAsync(family.Space, [])).Value;
        await using var connection = new Npgsql.NpgsqlConnection(Fixture.Database.MainReadOnly);
        await connection.OpenAsync();
        await using var count = new Npgsql.NpgsqlCommand("SELECT coalesce(sum(cardinality(tokens)), 0)::bigint FROM ledger.resource WHERE space_id = $1", connection);
        count.Parameters.Add(new() { Value = family.Space.Value });
        return ((long)(await count.ExecuteScalarAsync())!, snapshot.StateVersion, snapshot.AccessVersion);
    }

    [Fact]
    public async Task BrokenJson_Is400()
    {
        var family = await BornAsync();
        await RefusedAsync(family, Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString())[..^9]), HttpStatusCode.BadRequest, "json-syntax");
    }

    [Fact]
    public async Task DepthBomb_Is400()
    {
        var family = await BornAsync();
        var bomb = """{"resourceType":"Observation","extension":""" + new string('[', 100_000);
        await RefusedAsync(family, Hospital.PostAsync("/Observation", bomb), HttpStatusCode.BadRequest, "json-too-deep");
    }

    [Fact]
    public async Task DuplicateKeys_Are400()
    {
        var family = await BornAsync();
        await RefusedAsync(family, Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), extra: "\"status\":\"amended\",")),
            HttpStatusCode.BadRequest, "json-duplicate-name");
    }

    [Theory]
    [InlineData("279035121518988", "ins-key-wrong")]
    [InlineData("12345", "ins-malformed")]
    public async Task WrongInsKey_Is422(string ins, string code)
    {
        var family = await BornAsync();
        var subject = $$"""{"identifier":{"system":"urn:oid:1.2.250.1.213.1.4.8","value":"{{ins}}"} }""";
        await RefusedAsync(family, Hospital.PostAsync("/Observation", Contents.Observation("", subject: subject)), HttpStatusCode.UnprocessableEntity, code);
    }

    [Fact]
    public async Task WrongProfile_Is422()
    {
        var family = await BornAsync();
        var meta = "\"meta\":{\"profile\":[\"https://example.org/StructureDefinition/unknown\"]},";
        await RefusedAsync(family, Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString(), extra: meta)), HttpStatusCode.UnprocessableEntity, "profile-unknown");
    }

    [Fact]
    public async Task ContentAgainstItsProfile_Is422()
    {
        var family = await BornAsync();
        var meta = "\"meta\":{\"profile\":[\"https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-simplified-publish\"]},";
        var document = Contents.InlineDocument(family.Child.ToString(), Contents.NewUuid(), Contents.Pdf).Replace("\"status\":\"current\",", $"{meta}\"status\":\"current\",", StringComparison.Ordinal);
        await RefusedAsync(family, Hospital.PostAsync("/DocumentReference", document), HttpStatusCode.UnprocessableEntity, "cardinality-min");
    }

    [Fact]
    public async Task UnknownPatient_Is422()
    {
        var family = await BornAsync();
        await RefusedAsync(family, Hospital.PostAsync("/Observation", Contents.Observation(FhirStore.NewId(family.Space).ToString())),
            HttpStatusCode.UnprocessableEntity, "patient-unknown");
    }

    [Fact]
    public async Task NoPatient_Is400()
    {
        var family = await BornAsync();
        await RefusedAsync(family, Hospital.PostAsync("/Observation", """{"resourceType":"Observation","status":"final","code":{"text":"x"}}"""), HttpStatusCode.BadRequest, "space-not-named");
        await RefusedAsync(family, Hospital.GetAsync("/Observation?code=29463-7"), HttpStatusCode.BadRequest, "space-not-named");
    }

    [Fact]
    public async Task SomeoneElsesResource_IsNotFound()
    {
        var (family, other) = (await BornAsync(), await BornAsync());
        var document = await FeedDocumentAsync(other);
        await RefusedAsync(family, As(family.Mother).GetAsync($"/DocumentReference/{document}"), HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task ExpiredToken_Is401()
    {
        var family = await BornAsync();
        var expired = new FhirClient(Fixture.Api, Fixture.Tokens, family.Mother) { Token = Fixture.Tokens.For(family.Mother, "patient/*.cruds", endsInSeconds: -600) };
        await RefusedAsync(family, expired.GetAsync($"/DocumentReference?patient=Patient/{family.Child}"), HttpStatusCode.Unauthorized, "token-expired");
    }

    /// <summary>A token is checked once and remembered: what is remembered ends with the token, on the host that runs.</summary>
    [Fact]
    public async Task TokenThatEndsWhileItIsUsed_IsRefusedFromThenOn()
    {
        var family = await BornAsync();
        // Ended two seconds ago: within the five seconds that clocks may differ by.
        var ending = new FhirClient(Fixture.Api, Fixture.Tokens, family.Mother) { Token = Fixture.Tokens.For(family.Mother, "patient/*.cruds", endsInSeconds: -2) };
        Task<FhirReply> AskAsync() => ending.GetAsync($"/DocumentReference?patient=Patient/{family.Child}");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync()).Status);

        var last = await AskAsync();
        for (var since = TimeProvider.System.GetTimestamp(); last.Status == HttpStatusCode.OK && TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(20);)
            last = await AskAsync();

        Assert.Equal((HttpStatusCode.Unauthorized, "token-expired"), (last.Status, last.Code));
    }

    [Fact]
    public async Task TokenOfTheFuture_Is401()
    {
        var family = await BornAsync();
        var skewed = new FhirClient(Fixture.Api, Fixture.Tokens, family.Mother)
        {
            Token = Fixture.Tokens.For(family.Mother, "patient/*.cruds", change: claims =>
            {
                var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
                claims["nbf"] = now + 3600;
                claims["iat"] = now + 3600;
                claims["exp"] = now + 3900;
            }),
        };
        await RefusedAsync(family, skewed.GetAsync($"/DocumentReference?patient=Patient/{family.Child}"), HttpStatusCode.Unauthorized, "token-invalid");
    }

    [Fact]
    public async Task ScopeOfAnotherType_Is403()
    {
        var family = await BornAsync();
        var narrow = new FhirClient(Fixture.Api, Fixture.Tokens, family.Mother) { Token = Fixture.Tokens.For(family.Mother, "patient/Observation.rs") };
        await RefusedAsync(family, narrow.GetAsync($"/DocumentReference?patient=Patient/{family.Child}"), HttpStatusCode.Forbidden, "scope-insufficient");
    }

    [Fact]
    public async Task OversizedBody_Is413()
    {
        var family = await BornAsync();
        var large = Contents.Observation(family.Child.ToString(), extra: $"\"note\":[{{\"text\":\"{new string('a', 11 * 1024 * 1024)}\"}}],");
        await RefusedAsync(family, Hospital.PostAsync("/Observation", large), HttpStatusCode.RequestEntityTooLarge, "body-too-large");
    }

    [Fact]
    public async Task TwoCitizensInOneRequest_Are422()
    {
        var (family, other) = (await BornAsync(), await BornAsync());
        await RefusedAsync(family, Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), secondPatient: other.Child.ToString())),
            HttpStatusCode.UnprocessableEntity, "one-citizen-at-a-time");
        await RefusedAsync(family, Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}&subject=Patient/{other.Child}"), HttpStatusCode.UnprocessableEntity, "one-citizen-at-a-time");
        await RefusedAsync(family, Hospital.GetAsync($"/Observation?patient={family.Child},{other.Child}"), HttpStatusCode.UnprocessableEntity, "one-citizen-at-a-time");
    }

    [Fact]
    public async Task WrongSizeOrHashOfAnAttachment_Is422()
    {
        var family = await BornAsync();
        await RefusedAsync(family, Hospital.PostAsync("", Contents.Provide(family.Child.ToString(), hash: Contents.Sha1([1, 2, 3]))), HttpStatusCode.UnprocessableEntity, "attachment-hash-wrong");
        await RefusedAsync(family, Hospital.PostAsync("/DocumentReference", Contents.InlineDocument(family.Child.ToString(), Contents.NewUuid(), Contents.Pdf, size: 7)),
            HttpStatusCode.UnprocessableEntity, "attachment-size-wrong");
    }

    [Fact]
    public async Task MaskedAndInvisibleAtOnce_Is422()
    {
        var family = await BornAsync();
        var both = Contents.Provide(family.Child.ToString(), label: "MASQUE_PS\"},{\"code\":\"INVISIBLE_PATIENT");
        await RefusedAsync(family, Hospital.PostAsync("", both), HttpStatusCode.UnprocessableEntity, "labels-incompatible");
    }

    [Fact]
    public async Task OtherMediaTypes_Are406And415()
    {
        var family = await BornAsync();
        await RefusedAsync(family, Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}", ("Accept", "application/fhir+xml")), HttpStatusCode.NotAcceptable, "not-acceptable");
        await RefusedAsync(family, Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}&_format=xml"), HttpStatusCode.NotAcceptable, "not-acceptable");
        await RefusedAsync(family, Hospital.PostAsync("/Observation", "<Observation/>", ("Content-Type", "application/fhir+xml")), HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
    }

    [Fact]
    public async Task UnknownModeOrPurpose_Is400()
    {
        var family = await BornAsync();
        await RefusedAsync(family, Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}", ("X-Acces-Mode", "urgence")), HttpStatusCode.BadRequest, "access-mode-unknown");
        await RefusedAsync(family, Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}", ("X-Acces-Finalite", "insurance")), HttpStatusCode.BadRequest, "access-purpose-unknown");
    }

    [Fact]
    public async Task UnknownSearchParameter_Is400()
    {
        var family = await BornAsync();
        await RefusedAsync(family, Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}&colour=red"), HttpStatusCode.BadRequest, "search-parameter-unknown");
    }

    [Fact]
    public async Task ConditionThatCannotBeRead_IsRefusedRatherThanIgnored()
    {
        var family = await BornAsync();
        foreach (var (criteria, code) in new[] { ("colour=red", "search-parameter-unknown"), ("date=yesterday", "search-value-invalid"), ("", "if-none-exist-invalid"), ($"patient=Patient/{family.Child}", "criteria-missing") })
            await RefusedAsync(family, Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()), ("If-None-Exist", criteria)), HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task FormWithThousandsOfFields_Is400()
    {
        var family = await BornAsync();
        var form = $"patient=Patient/{family.Child}&" + string.Join('&', Enumerable.Range(0, 3000).Select(field => $"f{field}=1"));
        await RefusedAsync(family, Hospital.PostAsync("/Observation/_search", form, ("Content-Type", "application/x-www-form-urlencoded")), HttpStatusCode.BadRequest, "search-too-complex");
    }

    [Fact]
    public async Task UnknownTypesAndInteractions_AreRefused()
    {
        var family = await BornAsync();
        await RefusedAsync(family, Hospital.GetAsync("/Spaceship/1"), HttpStatusCode.NotFound, "type-not-held");
        await RefusedAsync(family, Hospital.PostAsync("/Patient", """{"resourceType":"Patient"}"""), HttpStatusCode.MethodNotAllowed, "interaction-not-supported");
        await RefusedAsync(family, Hospital.SendAsync(HttpMethod.Delete, $"/Patient/{family.Child}", null), HttpStatusCode.MethodNotAllowed, "interaction-not-supported");
        await RefusedAsync(family, Hospital.PostAsync("", """{"resourceType":"Bundle","type":"history","entry":[]}"""), HttpStatusCode.UnprocessableEntity, "transaction-type-wrong");
    }

    [Fact]
    public async Task NotUtf8_Is400()
    {
        var family = await BornAsync();
        var before = await VersionsAsync(family);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/fhir/Observation") { Content = new ByteArrayContent([.. Encoding.ASCII.GetBytes("{\"resourceType\":\""), 0xFF, .. "\"}"u8]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/fhir+json");
        request.Headers.Authorization = new("Bearer", Hospital.Token);
        var answer = await Fixture.Api.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("json-not-utf8", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before, await VersionsAsync(family));
    }
}
