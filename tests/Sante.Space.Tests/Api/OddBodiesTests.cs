using System.Net.Http.Headers;
using System.Text;
using Sante.Kernel;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Api;

/// <summary>Bodies and addresses that no client means to send: refused, never a failure of the server.</summary>
public sealed class OddBodiesTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private static readonly string[] Documents = ["documents"];
    private static readonly string[] Care = ["care"];

    [Theory]
    [InlineData("PUT", "/consents/rpps:10000000017", """{"name":null,"read":[null],"purposes":["care"]}""")]
    [InlineData("PUT", "/consents/rpps:10000000017", """{"name":"x","read":["documents"],"purposes":[null]}""")]
    [InlineData("PUT", "/consents/rpps:10000000017", """{"name":"x","read":["documents"],"purposes":["care"],"untilOn":"9999-12-31"}""")]
    [InlineData("PUT", "/consents/rpps:10000000017", """{"name":"x","read":["documents"],"purposes":["care"],"fromOn":"0001-01-01"}""")]
    [InlineData("PUT", "/consents/rpps:10000000017", "null")]
    [InlineData("PUT", "/consents/rpps:", "{}")]
    [InlineData("PUT", "/consents/%00", "{}")]
    [InlineData("PATCH", "/consents/rpps:10000000017", "{}")]
    [InlineData("PUT", "/blocks/client:x", """{"name":"\u0000"}""")]
    [InlineData("PUT", "/blocks/finess:750000018", "{}")]
    [InlineData("PUT", "/pairings/x", """{"name":"x","idpe":null,"idpeSystem":null,"read":[null]}""")]
    [InlineData("PUT", "/pairings/x", """{"name":"x","idpe":"\u0000","idpeSystem":"urn:oid:1.2","read":["measures"]}""")]
    [InlineData("PUT", "/documents/x/visibility", "{}")]
    [InlineData("PUT", "/documents/%00/visibility", """{"hidden":true}""")]
    [InlineData("PUT", "/emergency/opposition", "{}")]
    [InlineData("PUT", "/entourage/medecin-traitant", "{}")]
    [InlineData("PUT", "/entourage/medecin-traitant", """{"actor":null,"name":null}""")]
    [InlineData("PUT", "/entourage/care-team/rpps:10000000017", "{}")]
    [InlineData("PUT", "/entourage/trusted-persons/%00", "{}")]
    [InlineData("GET", "/trace?before=-1&count=-5", "")]
    [InlineData("GET", "/trace?before=99999999999999999999", "")]
    [InlineData("GET", "/trace?before=9223372036854775807&count=2147483647", "")]
    public async Task ActOnASpace_WithAnOddBody_IsNoFailure(string method, string path, string body)
    {
        var family = await BornAsync();
        await NoFailureAsync(method, family.Url + path, body, family.Mother, "space/*");
    }

    [Fact]
    public async Task ConsentForAllTheCalendar_LetsIn()
    {
        var family = await BornAsync();
        var doctor = Family.NewDoctor();
        var granted = await Fixture.Api.AsAsync(Fixture.Tokens, family.Mother, HttpMethod.Put, $"{family.Url}/consents/rpps:{doctor.Identifier.Value}",
            new { name = doctor.Name, read = Documents, purposes = Care, fromOn = "0001-01-01", untilOn = "9999-12-31" });

        Assert.Equal(System.Net.HttpStatusCode.OK, granted.StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await As(doctor).GetAsync($"/DocumentReference?patient=Patient/{family.Child}")).Status);
    }

    [Theory]
    [InlineData("/api/identities/births", """{"familyName":null,"givenNames":[null],"birthDate":null,"sex":null}""")]
    [InlineData("/api/identities/births", """{"familyName":"A","givenNames":[null],"birthDate":"2026-01-01","sex":"F","birthPlaceCode":"01053"}""")]
    [InlineData("/api/identities/births", """{"familyName":"A","givenNames":[],"birthDate":"2026-01-01","sex":"F","birthPlaceCode":"01053"}""")]
    [InlineData("/api/identities/births", """{"familyName":"ODDPARENT","givenNames":["B"],"birthDate":"2026-01-01","sex":"F","birthPlaceCode":"01053","parents":[null]}""")]
    [InlineData("/api/identities/births", """{"familyName":"ODDABROAD","givenNames":["B"],"birthDate":"2026-01-01","sex":"F","birthCountryCode":"99999"}""")]
    [InlineData("/api/identities/births", """{"familyName":"ODDNOWHERE","givenNames":["B"],"birthDate":"2026-01-01","sex":"F"}""")]
    [InlineData("/api/identities/births", """{"familyName":"ODDOLD","givenNames":["B"],"birthDate":"0001-01-01","sex":"F","birthPlaceCode":"01053"}""")]
    [InlineData("/api/identities/merges", "{}")]
    [InlineData("/api/identities/merges", """{"survivor":null,"duplicate":{"ins":null}}""")]
    [InlineData("/api/ins/search", "{}")]
    [InlineData("/api/ins/search", """{"local":{"system":null,"value":"\u0000"}}""")]
    [InlineData("/api/ins/search", """{"ins":"\u0000","insSystem":"urn:oid:1.2.250.1.213.1.4.10"}""")]
    [InlineData("/api/ins/local-identifiers", """{"local":null}""")]
    [InlineData("/api/ins/search", "[]")]
    public async Task Registry_WithAnOddBody_IsNoFailure(string url, string body) =>
        await NoFailureAsync("POST", url, body, People.Hospital, "system/ins.birth system/Patient.rs");

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"ins":null,"insSystem":null,"reason":"a","place":"b"}""")]
    [InlineData("""{"ins":"\u0000","insSystem":"urn:oid:","reason":"a","place":"b"}""")]
    public async Task BrisDeGlace_WithAnOddBody_IsNoFailure(string body) => await NoFailureAsync("POST", "/api/emergencies", body, Family.NewDoctor(), "user/*.cruds");

    [Theory]
    [InlineData("/Observation?patient=Patient/CHILD&date=ge9999-12-31T23:59:59-14:00")]
    [InlineData("/Observation?patient=Patient/CHILD&date=lt0001-01-01T00:00:00%2B14:00")]
    [InlineData("/Observation?patient=Patient/CHILD&_lastUpdated=eq0001,eq9999")]
    [InlineData("/Observation?patient=Patient/CHILD&value-quantity=1e400")]
    [InlineData("/Observation?patient=Patient/CHILD&value-quantity=ap99999999999999999999999999999999||")]
    [InlineData("/Observation?patient=Patient/CHILD&code=%00|%00")]
    [InlineData("/Observation?patient=Patient/CHILD&_sort=date,-date,,")]
    [InlineData("/Observation?patient=Patient/CHILD&_count=999999999999999999")]
    [InlineData("/Observation?patient=Patient/CHILD&_page=")]
    [InlineData("/Observation?patient=Patient/CHILD&_include=Observation:subject&_include=*")]
    [InlineData("/Observation?patient=")]
    [InlineData("/Observation?patient.identifier=|")]
    [InlineData("/Observation?patient=Patient/CHILD&subject:missing=true")]
    [InlineData("/Observation/%00")]
    [InlineData("/Observation/x/_history/99999999999")]
    [InlineData("/%00/x")]
    [InlineData("/Patient?_id=CHILD,CHILD")]
    public async Task Search_OfOddValues_IsNoFailure(string path)
    {
        var family = await BornAsync();
        await Hospital.PostAsync("/Observation", Contents.Observation(family.Child.ToString()));
        var reply = await As(family.Mother).GetAsync(path.Replace("CHILD", family.Child.ToString(), StringComparison.Ordinal), ("If-None-Match", "*, W/\"1\""));

        Assert.True((int)reply.Status < 500, $"{(int)reply.Status} {reply.Text}");
    }

    private async Task NoFailureAsync(string method, string url, string body, Actor by, string scopes)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Fixture.Tokens.For(by, scopes));
        if (body.Length > 0)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        var answer = await Fixture.Api.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.True((int)answer.StatusCode < 500, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
    }
}
