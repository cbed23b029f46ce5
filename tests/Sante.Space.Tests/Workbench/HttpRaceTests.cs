using System.Net;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Workbench;

/// <summary>Many at once, over two front-ends.</summary>
public sealed class HttpRaceTests(WorkbenchFixture fixture) : IClassFixture<WorkbenchFixture>, IAsyncLifetime
{
    private ApiHost second = null!;

    public ValueTask InitializeAsync()
    {
        second = fixture.Start();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => second.DisposeAsync();

    [Fact]
    public async Task SixteenIfNoneExist_MakeOneResource()
    {
        var (client, other) = await TwoAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(at => (at % 2 == 0 ? client : other).PostAsync(
            "Patient", """{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"race"}]}""", ("If-None-Exist", "identifier=urn:x|race"))));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.Created);
        Assert.All(replies, reply => Assert.True(reply.Status is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.Conflict, reply.Text));
        Assert.Single((await client.GetAsync("Patient?identifier=urn:x|race")).Entries);
    }

    [Fact]
    public async Task SixtyFourIfMatch_HaveOneWinner()
    {
        var (client, other) = await TwoAsync();
        var id = await client.MakeAsync("Patient", "\"active\":true");
        var replies = await Task.WhenAll(Enumerable.Range(0, 64).Select(at => (at % 2 == 0 ? client : other).PutAsync(
            $"Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}","multipleBirthInteger":{{at}}}""", ("If-Match", "W/\"1\""))));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK);
        Assert.All(replies, reply => Assert.True(reply.Status is HttpStatusCode.OK or HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict, reply.Text));
        Assert.Equal("2", (await client.GetAsync($"Patient/{id}")).Json["meta"]!["versionId"]!.GetValue<string>());
    }

    [Fact]
    public async Task TransactionsOnTheSamePatients_AreWholeOrRefused()
    {
        var (client, other) = await TwoAsync();
        string[] ids = [await client.MakeAsync("Patient", "\"active\":true"), await client.MakeAsync("Patient", "\"active\":true"), await client.MakeAsync("Patient", "\"active\":true")];
        var replies = await Task.WhenAll(Enumerable.Range(0, 24).Select(at => (at % 2 == 0 ? client : other).PostAsync("", BundleTests.Bundle("transaction",
            // Each in another order, so that whoever locked as they come would deadlock.
            [.. Enumerable.Range(0, 3).Select(step => ids[(step + at) % 3]).Select(id =>
                BundleTests.Entry("PUT", $"Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}","multipleBirthInteger":{{at}}}"""))]))));

        var stored = replies.Count(reply => reply.Status == HttpStatusCode.OK);
        Assert.True(stored > 0);
        Assert.All(replies, reply => Assert.True(reply.Status is HttpStatusCode.OK or HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed, reply.Text));
        var present = await Task.WhenAll(ids.Select(id => client.GetAsync($"Patient/{id}")));
        Assert.Single(present.Select(one => one.Json["multipleBirthInteger"]!.GetValue<int>()).Distinct());
        Assert.All(present, one => Assert.Equal(stored + 1, int.Parse(one.Json["meta"]!["versionId"]!.GetValue<string>(), global::System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task PagingWhileOthersWrite_LosesAndRepeatsNothing()
    {
        var (client, other) = await TwoAsync();
        var before = new HashSet<string>();
        for (var at = 0; at < 20; at++)
            before.Add(await client.MakeAsync("Organization", "\"active\":true"));
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await other.MakeAsync("Organization", "\"active\":true");
        });

        List<string> seen = [];
        for (string? next = "Organization?active=true&_count=3"; next is not null;)
        {
            var page = await client.GetAsync(next);
            Assert.True(page.Status == HttpStatusCode.OK, page.Text);
            seen.AddRange(page.Ids);
            next = page.Json["link"]!.AsArray().FirstOrDefault(link => link!["relation"]!.GetValue<string>() == "next")?["url"]!.GetValue<string>();
            if (before.IsSubsetOf(seen))
                await stop.CancelAsync();
        }

        await stop.CancelAsync();
        await writing;
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Subset(seen.ToHashSet(), before);
    }

    private async Task<(WorkbenchClient First, WorkbenchClient Other)> TwoAsync()
    {
        var client = await fixture.NewAsync();
        return (client, client.Through(second));
    }
}
