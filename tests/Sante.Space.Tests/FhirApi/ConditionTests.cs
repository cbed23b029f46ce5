using System.Net;
using Sante.Kernel;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>Conditional interactions in one citizen's space: over what the caller itself fed, once however many come at once.</summary>
public sealed class ConditionTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private const string System = "urn:oid:1.2.3.4";

    private static string Known(Family family, string value = "71", string key = "k1", string id = "") => Contents.Observation(family.Child.ToString(), value,
        extra: $$"""{{(id.Length > 0 ? $"\"id\":\"{id}\"," : "")}}"identifier":[{"system":"{{System}}","value":"{{key}}"}],""");

    private static string Criteria(Family family, string key = "k1") => $"patient=Patient/{family.Child}&identifier={System}%7C{key}";

    [Fact]
    public async Task SixteenWithTheSameIfNoneExist_CreateOne()
    {
        var family = await BornAsync();

        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Hospital.PostAsync("/Observation", Known(family), ("If-None-Exist", $"identifier={System}|k1"))));

        Assert.Single(all, reply => reply.Status == HttpStatusCode.Created);
        Assert.All(all, reply => Assert.True(reply.Status is HttpStatusCode.Created or HttpStatusCode.OK, reply.Text));
        Assert.Single(all.Select(reply => reply.LocatedId).Distinct());
        Assert.Equal(1, (await Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task IfNoneExist_DoesNotTellOfWhatAnotherFed()
    {
        var family = await BornAsync();
        await Hospital.PostAsync("/Observation", Known(family));

        var other = await As(Family.NewDoctor()).PostAsync("/Observation", Known(family), ("If-None-Exist", $"identifier={System}|k1"));

        Assert.Equal(HttpStatusCode.Created, other.Status);
    }

    [Fact]
    public async Task IfNoneExist_AfterAWithdrawal_CreatesAnew()
    {
        var family = await BornAsync();
        var first = await Hospital.PostAsync("/Observation", Known(family), ("If-None-Exist", $"identifier={System}|k1"));
        await Hospital.SendAsync(HttpMethod.Delete, $"/Observation/{first.LocatedId}", null);

        var second = await Hospital.PostAsync("/Observation", Known(family), ("If-None-Exist", $"identifier={System}|k1"));

        Assert.Equal(HttpStatusCode.Created, second.Status);
        Assert.NotEqual(first.LocatedId, second.LocatedId);
    }

    [Fact]
    public async Task IfNoneExist_AfterManyWithdrawals_TakesAnotherIdEachTime()
    {
        var family = await BornAsync();
        var ids = new HashSet<string>();

        for (var turn = 0; turn < 9; turn++)
        {
            var created = await Hospital.PostAsync("/Observation", Known(family), ("If-None-Exist", $"identifier={System}|k1"));
            Assert.Equal(HttpStatusCode.Created, created.Status);
            Assert.True(ids.Add(created.LocatedId));
            Assert.Equal(HttpStatusCode.NoContent, (await Hospital.SendAsync(HttpMethod.Delete, $"/Observation/{created.LocatedId}", null)).Status);
        }
    }

    [Fact]
    public async Task SeveralMatches_Are412_EmptyCriteria400()
    {
        var family = await BornAsync();
        await Hospital.PostAsync("/Observation", Known(family));
        await Hospital.PostAsync("/Observation", Known(family));

        foreach (var refused in new[]
        {
            await Hospital.PostAsync("/Observation", Known(family), ("If-None-Exist", $"identifier={System}|k1")),
            await Hospital.PutAsync($"/Observation?{Criteria(family)}", Known(family)),
            await Hospital.SendAsync(HttpMethod.Delete, $"/Observation?{Criteria(family)}", null),
        })
            Assert.Equal((HttpStatusCode.PreconditionFailed, "criteria-ambiguous"), (refused.Status, refused.Code));
        Assert.Equal((HttpStatusCode.BadRequest, "criteria-missing"), await Hospital.SendAsync(HttpMethod.Delete, $"/Observation?patient=Patient/{family.Child}", null) is var told ? (told.Status, told.Code) : default);
        // What shapes an answer is no criterion: "the first one" would be withdrawn.
        Assert.Equal("criteria-not-conditions", (await Hospital.SendAsync(HttpMethod.Delete, $"/Observation?{Criteria(family)}&_count=1", null)).Code);
        Assert.Equal("criteria-missing", (await Hospital.SendAsync(HttpMethod.Delete, $"/Observation?patient=Patient/{family.Child}&_format=json", null)).Code);
        Assert.Equal("space-not-named", (await Hospital.SendAsync(HttpMethod.Delete, $"/Observation?identifier={System}%7Ck1", null)).Code);
    }

    [Fact]
    public async Task ConditionalUpdate_CreatesThenUpdates_ConditionalDelete_Withdraws()
    {
        var family = await BornAsync();

        // Something else of the author's, by which it may still come in to hear that the other is gone.
        await FeedDocumentAsync(family);

        var created = await Hospital.PutAsync($"/Observation?{Criteria(family)}", Known(family));
        var updated = await Hospital.PutAsync($"/Observation?{Criteria(family)}", Known(family, "72"));
        var stale = await Hospital.PutAsync($"/Observation?{Criteria(family)}", Known(family, "73"), ("If-Match", "W/\"1\""));
        var otherId = await Hospital.PutAsync($"/Observation?{Criteria(family)}", Known(family, "74", id: created.LocatedId[..^2] + "00"));
        var deleted = await Hospital.SendAsync(HttpMethod.Delete, $"/Observation?{Criteria(family)}", null);
        var nothing = await Hospital.SendAsync(HttpMethod.Delete, $"/Observation?{Criteria(family)}", null);

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.PreconditionFailed, HttpStatusCode.BadRequest, HttpStatusCode.NoContent, HttpStatusCode.NoContent],
            new[] { created, updated, stale, otherId, deleted, nothing }.Select(reply => reply.Status));
        Assert.Equal((created.LocatedId, "W/\"2\""), (updated.LocatedId, updated.Message.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.Gone, (await Hospital.GetAsync($"/Observation/{created.LocatedId}")).Status);
    }

    [Fact]
    public async Task SixteenConditionalUpdates_MakeOneResource()
    {
        var family = await BornAsync();

        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(turn => Hospital.PutAsync($"/Observation?{Criteria(family)}", Known(family, $"{turn}"))));

        Assert.All(all, reply => Assert.True(reply.Status is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.PreconditionFailed, reply.Text));
        Assert.Equal(1, (await Hospital.GetAsync($"/Observation?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
        // Whoever hears that it is stored finds it: one version each.
        var told = all.Where(reply => reply.Status != HttpStatusCode.PreconditionFailed).ToList();
        var versions = (await Hospital.GetAsync($"/Observation/{told[0].LocatedId}/_history")).Entries;
        Assert.Equal(told.Count, versions.Count);
    }

    [Fact]
    public async Task ConditionalUpdateWithIfMatch_CreatesNothing()
    {
        var family = await BornAsync();

        foreach (var tag in new[] { "W/\"3\"", "*" })
        {
            var refused = await Hospital.PutAsync($"/Observation?{Criteria(family)}", Known(family), ("If-Match", tag));
            Assert.Equal((HttpStatusCode.PreconditionFailed, "version-conflict"), (refused.Status, refused.Code));
        }

        Assert.Equal(0, (await As(family.Mother).GetAsync($"/Observation?patient=Patient/{family.Child}")).Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task CriteriaOfAnotherCitizen_Are422()
    {
        var (family, other) = (await BornAsync(), await BornAsync());

        var refused = await Hospital.PutAsync($"/Observation?{Criteria(other)}", Known(family));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "one-citizen-at-a-time"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task CriteriaAlone_DoNotSayThatACitizenIsUnknown()
    {
        var family = await BornAsync();
        var unknown = $"/Observation?patient=Patient/{family.Child.ToString()[..^3]}000&code=29463-7";

        Assert.Equal("only-own-deposits", (await Hospital.SendAsync(HttpMethod.Delete, unknown, null)).Code);
        Assert.Equal("only-own-deposits", (await Hospital.SendAsync(HttpMethod.Patch, unknown, "[]", ("Content-Type", "application/json-patch+json"))).Code);
    }
}
