using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Sante.Kernel;
using Sante.Space.FhirApi;
using Sante.Space.Tests.Api;
using Sante.Testing;

namespace Sante.Space.Tests.FhirApi;

/// <summary>What happens between a decision and its bytes: a stale decision is taken again, no line no answer, a long answer is cut.</summary>
public sealed class FenceTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    [Fact]
    public async Task RevokedBetweenFindingAndDisclosing_IsDecidedAgainAndRefused()
    {
        await using var second = ApiHost.Start(Fixture.Database, Fixture.Tokens);
        var family = await BornAsync();
        var doctor = Family.NewDoctor();
        await LetInAsync(family, doctor);
        var request = new AccessRequest(doctor, AccessAction.Search, AccessMode.Normal, Categories.Documents, Purposes.Care, default, [], false);
        var rounds = 0;

        var ran = await new Disclosures(Fixture.Api.Services.GetRequiredService<IGrainFactory>()).RunAsync(family.Space, request, async _ =>
        {
            if (rounds++ == 0)
                await RevokeAsync(family, doctor, second);
            return ("found", Disclosure.Nothing());
        });

        Assert.Equal("access-not-authorised", ran.Refusal?.Code);
        Assert.Equal(1, rounds);
    }

    [Fact]
    public async Task HiddenBetweenFindingAndDisclosing_IsFoundAgainWithoutIt()
    {
        await using var second = ApiHost.Start(Fixture.Database, Fixture.Tokens);
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        var doctor = Family.NewDoctor();
        await LetInAsync(family, doctor);
        var store = Fixture.Api.Services.GetRequiredService<FhirStore>();
        var request = new AccessRequest(doctor, AccessAction.Read, AccessMode.Normal, Categories.Documents, Purposes.Care, default, [], false);
        var found = new List<bool>();

        var ran = await new Disclosures(Fixture.Api.Services.GetRequiredService<IGrainFactory>()).RunAsync(family.Space, request, async evaluation =>
        {
            var read = await store.ReadAsync(evaluation, "DocumentReference", RecordId.TryParse(document).Value);
            found.Add(read is not null);
            if (found.Count == 1)
                Assert.Null((await Family.Grain<IVisibilityGrain>(second.Services, family.Space).ActAsync(new HideDocument(document, family.Mother))).Refusal);
            return (read, Disclosure.Nothing());
        });

        Assert.Null(ran.Value.Found);
        Assert.Equal([true, false], found);
    }

    [Fact]
    public async Task DatabaseLostBetweenFindingAndDisclosing_AnswersNothing()
    {
        await using var proxy = CuttingProxy.Start(Fixture.Database.Main);
        await using var host = ApiHost.Start(Fixture.Database, Fixture.Tokens, proxy.Through(Fixture.Database.Main));
        var family = await BornAsync();
        var doctor = Family.NewDoctor();
        await LetInAsync(family, doctor);
        var request = new AccessRequest(doctor, AccessAction.Search, AccessMode.Normal, Categories.Documents, Purposes.Care, default, [], false);

        var ran = await new Disclosures(host.Services.GetRequiredService<IGrainFactory>()).RunAsync(family.Space, request, _ =>
        {
            proxy.Refusing = true;
            proxy.CutAll();
            return Task.FromResult(("found", Disclosure.Nothing()));
        });

        Assert.Equal(RefusalKind.Unavailable, ran.Refusal?.Kind);
    }

    [Fact]
    public async Task DatabaseAway_Is503WithRetryAfter_AndServiceResumesByItself()
    {
        await using var proxy = CuttingProxy.Start(Fixture.Database.Main);
        await using var host = ApiHost.Start(Fixture.Database, Fixture.Tokens, proxy.Through(Fixture.Database.Main));
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        var mother = new FhirClient(host, Fixture.Tokens, family.Mother);
        Assert.Equal(HttpStatusCode.OK, (await mother.GetAsync($"/DocumentReference/{document}")).Status);

        proxy.Refusing = true;
        proxy.CutAll();
        var away = await mother.GetAsync($"/DocumentReference/{document}");
        var fed = await new FhirClient(host, Fixture.Tokens, People.Hospital).PostAsync("", Contents.Provide(family.Child.ToString()));
        proxy.Refusing = false;
        var back = away;
        for (var started = TimeProvider.System.GetTimestamp(); back.Status != HttpStatusCode.OK && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20);)
            back = await mother.GetAsync($"/DocumentReference/{document}");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.Status);
        Assert.NotNull(away.Message.Headers.RetryAfter);
        Assert.Equal("OperationOutcome", away.Json["resourceType"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, fed.Status);
        Assert.Equal(HttpStatusCode.OK, back.Status);
    }

    [Fact]
    public async Task LongAnswer_IsCutWhenTheAccessIsRevokedMeanwhile() => await CutAsync((family, doctor) => RevokeAsync(family, doctor));

    [Theory]
    [InlineData("MASQUE_PS")]
    [InlineData("INVISIBLE_PATIENT")]
    public async Task LongAnswer_IsCutWhenARestrictiveLabelIsFedMeanwhile(string label) => await CutAsync((family, _) => FeedDocumentAsync(family, label));

    [Fact]
    public async Task LongAnswer_ArrivesWholeWhenSomethingIsFedWithoutRestrictionMeanwhile()
    {
        var (received, announced) = await ReadLongAsync((family, _) => FeedDocumentAsync(family));
        Assert.Equal(announced, received);
    }

    private async Task CutAsync(Func<Family, Actor, Task> meanwhile)
    {
        var (received, announced) = await ReadLongAsync(meanwhile);
        Assert.True(received < announced, $"{received} of {announced} bytes arrived");
    }

    /// <summary>An answer of 24 MB to a doctor on a thin line, and what is done once its first bytes have come.</summary>
    private async Task<(long Received, long Announced)> ReadLongAsync(Func<Family, Actor, Task> meanwhile)
    {
        var family = await BornAsync();
        // A string holds at most 1 MB: http://hl7.org/fhir/R4/datatypes.html#string.
        var notes = string.Join(',', Enumerable.Repeat($"{{\"text\":\"{new string('a', 1_000_000)}\"}}", 8));
        for (var i = 0; i < 3; i++)
        {
            var large = Contents.Observation(family.Child.ToString(), $"{i + 1}", extra: $"\"note\":[{notes}],");
            Assert.Equal(HttpStatusCode.Created, (await Hospital.PostAsync("/Observation", large, ("Prefer", "return=minimal"))).Status);
        }

        var doctor = As(Family.NewDoctor());
        await LetInAsync(family, doctor.Actor);
        using var slow = new HttpClient(SlowHandler()) { BaseAddress = Fixture.Api.Http.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/fhir/Observation?patient=Patient/{family.Child}");
        request.Headers.Authorization = new("Bearer", doctor.Token);
        using var answer = await slow.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var announced = answer.Content.Headers.ContentLength!.Value;
        await using var body = await answer.Content.ReadAsStreamAsync();

        await meanwhile(family, doctor.Actor);
        return (await ReadSlowlyAsync(body), announced);
    }

    /// <summary>A reader on a thin line: what the server has not sent yet cannot hide in the buffers between.</summary>
    private static SocketsHttpHandler SlowHandler() => new()
    {
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 32 * 1024 };
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    private static async Task<long> ReadSlowlyAsync(Stream body)
    {
        var received = 0L;
        var buffer = new byte[64 * 1024];
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer)) > 0)
            {
                received += read;
                await pace.WaitForNextTickAsync();
            }
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException)
        {
            // Cut: what the test waits for.
        }

        return received;
    }
}
