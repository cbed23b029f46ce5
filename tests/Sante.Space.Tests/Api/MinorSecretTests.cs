using System.Net;
using Sante.Kernel;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Api;

/// <summary>A minor's secret (CSP L1111-5, R1111-53): what is hidden from the representatives reaches them by no other way.</summary>
public sealed class MinorSecretTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    [Fact]
    public async Task NoticeAboutTheSecret_IsReadByTheMinorAlone()
    {
        var family = await BornAsync();
        var teller = Family.NewDoctor();
        await LetInAsync(family, teller);
        var secret = await FeedSecretAsync(family, invisibleToPatient: true);
        Assert.Equal(HttpStatusCode.OK, (await Fixture.Api.AsAsync(Fixture.Tokens, teller, HttpMethod.Post, $"/api/documents/{secret}/reveal/patient")).StatusCode);
        await DeliveredAsync(family.Holder, "document-revealed", family);

        var mothers = await (await Fixture.Api.AsAsync(Fixture.Tokens, family.Mother, HttpMethod.Get, $"{family.Url}/notices")).JsonAsync();

        Assert.DoesNotContain(mothers.EnumerateArray(), notice => notice.GetProperty("kind").GetString() == "document-revealed");
    }

    [Theory]
    [InlineData("_summary=count")]
    [InlineData("_count=1")]
    public async Task CountThatADoctorSaw_DoesNotTellTheMotherOfTheSecret(string how)
    {
        var family = await BornAsync();
        await FeedSecretAsync(family);
        var shown = await FeedDocumentAsync(family);
        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);

        var seen = await doctor.GetAsync($"/DocumentReference?patient=Patient/{family.Child}&{how}");

        Assert.Equal(2, seen.Json["total"]!.GetValue<int>());
        var trace = await (await Fixture.Api.AsAsync(Fixture.Tokens, family.Mother, HttpMethod.Get, $"{family.Url}/trace")).JsonAsync();
        var line = trace.GetProperty("lines").EnumerateArray().Single(each => each.GetProperty("action").GetString() == "search");
        Assert.Equal((1, shown), (line.GetProperty("total").GetInt32(), line.GetProperty("ids")[0].GetString()));
    }

    [Fact]
    public async Task ProfessionalWhoMayNotReadTheType_RevealsNothing()
    {
        var family = await BornAsync();
        // A radiographer (98) has no access to a discharge summary, whatever he was granted.
        var radiographer = Family.NewDoctor("Ida Petit") with { Situation = new("98") };
        await LetInAsync(family, radiographer);
        var secret = await FeedSecretAsync(family);
        Assert.Equal(HttpStatusCode.NotFound, (await As(radiographer).GetAsync($"/DocumentReference/{secret}")).Status);

        var revealed = await Fixture.Api.AsAsync(Fixture.Tokens, radiographer, HttpMethod.Post, $"/api/documents/{secret}/reveal/representatives");

        Assert.Equal(HttpStatusCode.NotFound, revealed.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await As(family.Mother).GetAsync($"/DocumentReference/{secret}")).Status);
    }

    /// <summary>Waits for the delivery of a notice; the holder's own look ends it.</summary>
    private async Task DeliveredAsync(Actor to, string kind, Family family)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!(await (await Fixture.Api.AsAsync(Fixture.Tokens, to, HttpMethod.Get, $"{family.Url}/notices")).JsonAsync())
            .EnumerateArray().Any(notice => notice.GetProperty("kind").GetString() == kind))
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task<string> FeedSecretAsync(Family family, bool invisibleToPatient = false)
    {
        var labels = "\"securityLabel\":[{\"coding\":[{\"code\":\"INVISIBLE_REPRESENTANTS_LEGAUX\"}]}" + (invisibleToPatient ? ",{\"coding\":[{\"code\":\"INVISIBLE_PATIENT\"}]}" : "") + "]";
        var fed = await Hospital.PostAsync("", Contents.Provide(family.Child.ToString()).Replace("\"securityLabel\":[{\"coding\":[{\"code\":\"N\"}]}]", labels, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, fed.Status);
        return fed.Created("DocumentReference");
    }
}
