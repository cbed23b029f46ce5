using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Sante.Foundations;
using Sante.Kernel;
using Sante.Space.Tests.FhirApi;
using Sante.Testing;

namespace Sante.Space.Tests.Api;

/// <summary>A mother, a father and their newborn, each with a space; the child's is open.</summary>
internal sealed record Family(SpaceId Space, RecordId Child, Actor Mother, Actor Father)
{
    private const string Name = "Léa Durand";

    public Actor Holder => new(ActorKind.Citizen, new(ActorIdentifier.PatientSystem, Child.ToString()), Name);

    public string Url => $"/api/spaces/{Child}";

    public static async Task<Family> BornAsync(IServiceProvider services, bool open = true)
    {
        var mother = await PersonAsync(services, "Jeanne Durand", new(1994, 5, 6));
        var father = await PersonAsync(services, "Paul Durand", new(1992, 7, 8));
        var (space, child) = NewIds();
        var now = services.GetRequiredService<Ledger.World>().PlatformNow;
        var birth = new SpaceBirth(space, child, Name, CivilDate.At(now), """{"resourceType":"Patient"}"""u8.ToArray(),
            [new(Parse(mother), mother.Name), new(Parse(father), father.Name)], People.Registry);
        Assert.Null((await services.GetRequiredService<ISpaceBirths>().BeginAsync(birth)).Refusal);
        if (open)
        {
            Assert.Null((await Grain<IAccountGrain>(services, space).ActAsync(new OpenAccount(mother))).Refusal);
        }

        return new Family(space, child, mother, father);
    }

    public static TGrain Grain<TGrain>(IServiceProvider services, SpaceId space)
        where TGrain : IGrainWithGuidKey => services.GetRequiredService<IGrainFactory>().GetGrain<TGrain>(space.Value);

    /// <summary>An adult with a space of his own.</summary>
    public static async Task<Actor> PersonAsync(IServiceProvider services, string name, DateOnly birthOn)
    {
        var (space, patient) = NewIds();
        var birth = new SpaceBirth(space, patient, name, birthOn, """{"resourceType":"Patient"}"""u8.ToArray(), [], People.Registry);
        Assert.Null((await services.GetRequiredService<ISpaceBirths>().BeginAsync(birth)).Refusal);
        return new Actor(ActorKind.Citizen, new(ActorIdentifier.PatientSystem, patient.ToString()), name);
    }

    public static (SpaceId Space, RecordId Patient) NewIds()
    {
        var space = new SpaceId(Guid.NewGuid());
        return (space, RecordId.Of(SlotMap.SlotOf(space), Guid.NewGuid()));
    }

    /// <summary>A professional that no other test knows: blocks and consents of tests that run beside this one never meet.</summary>
    public static Actor NewDoctor(string name = "Dr Anne Martin") => People.Doctor with
    {
        Identifier = new(People.Rpps, (10_000_000_000 + Random.Shared.NextInt64(1_000_000_000)).ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Name = name,
    };

    private static RecordId Parse(Actor person) => RecordId.TryParse(person.Identifier.Value).Value;
}

/// <summary>Calls of the API as an actor.</summary>
internal static class Calls
{
    public static Task<HttpResponseMessage> AsAsync(this ApiHost api, TestTokens tokens, Actor actor, HttpMethod method, string url, object? body = null)
    {
        var scopes = actor.Kind switch { ActorKind.Citizen => "patient/*.cruds space/*", ActorKind.Professional => "user/*.cruds", _ => "system/*.cruds" };
        var request = new HttpRequestMessage(method, url) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.For(actor, scopes));
        return api.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer)
    {
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return document.RootElement.Clone();
    }

    public static async Task<string?> CodeAsync(this HttpResponseMessage answer) => (await answer.JsonAsync()).GetProperty("code").GetString();
}
