using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sante.Simulators;
using Sante.Simulators.Story;

namespace Sante.Bench;

/// <summary>A citizen for a few rounds and what there is to read of her.</summary>
/// <param name="Person">Born for these rounds; her father acts for her.</param>
/// <param name="DocumentId">Logical id of the one document of her record.</param>
internal sealed record RoundsCitizen(Newborn Person, string DocumentId);

/// <summary>
/// Gives the rounds their citizens by the platform's own means, three calls each: the registry of births declares her, her father opens her space
/// before its term, the laboratory feeds one report. The cost of an act grows with the events folded in one space, so that many rounds on one
/// citizen would measure their folding.
/// </summary>
internal sealed class RoundsCitizens(Platform platform, Cast cast) : IDisposable
{
    // Communes of birth (INSEE, COG): a register gives 999 order numbers per sex, month and commune.
    private static readonly string[] Communes = ["35238", "44109", "29019", "56260", "22278"];

    private readonly HttpClient http = new();
    private readonly List<BackendClient> systems = [];
    private Caller? registry, laboratory;
    private int born;

    /// <summary>The person who acts for each of them.</summary>
    public string ParentId => cast.Father.PatientId!;

    /// <param name="parent">Her father, signed in.</param>
    public async Task<RoundsCitizen> NextAsync(Caller parent)
    {
        var person = await DeclareAsync(born++);
        await platform.MustAsync(parent, new Call(HttpMethod.Post, $"/api/spaces/{person.PatientId}/account/open") { IsQuiet = true });
        return new RoundsCitizen(person, await FeedAsync(person));
    }

    public void Dispose()
    {
        systems.ForEach(system => system.Dispose());
        http.Dispose();
    }

    private async Task<Newborn> DeclareAsync(int number)
    {
        var (family, given) = (Cast.FamilyNameOf(cast.Father), NewGivenName());
        var bornOn = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().DateTime);
        var answer = await platform.MustAsync(registry ??= System("état civil", cast.CivilRegistry), new Call(HttpMethod.Post, "/api/identities/births")
        {
            Body = new JsonObject
            {
                ["familyName"] = family,
                ["givenNames"] = new JsonArray(given),
                ["birthDate"] = bornOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["sex"] = number % 2 == 0 ? "F" : "M",
                ["birthPlaceCode"] = Communes[number % Communes.Length],
                ["birthCountryCode"] = "99100",
                ["parents"] = new JsonArray(ParentId),
            },
            Headers = new Dictionary<string, string> { ["Idempotency-Key"] = $"rounds-{Guid.NewGuid()}" },
            IsQuiet = true,
        });
        return new Newborn(family, given, bornOn, answer.Json.GetProperty("ins").GetString()!, $"urn:oid:{OidOf(answer.Json.GetProperty("insSystem").GetString()!)}",
            answer.Json.GetProperty("patientId").GetString()!);
    }

    private async Task<string> FeedAsync(Newborn person)
    {
        var document = new ProvidedDocument(Guid.NewGuid(), DocumentType.LaboratoryReport, "Bilan", Pdf.Page("Bilan", "Sans particularité."), TimeProvider.System.GetUtcNow(),
            Feeds.AuthorOf(cast.Laboratory, "SA04", "AMBULATOIRE"));
        var answer = await platform.MustAsync(laboratory ??= System("laboratoire", cast.Laboratory),
            Feeds.Transaction(document.ToBundle(person)) with { IsQuiet = true });
        return Feeds.LocationsOf(answer)[1].Split('/')[1];
    }

    private Caller System(string name, SandboxClient client)
    {
        var system = new BackendClient(platform.Endpoints.Identity, client, http);
        systems.Add(system);
        return new Caller(name, () => system.TokenAsync());
    }

    /// <summary>Eight letters: nobody else of that family, born today, has all five traits.</summary>
    private static string NewGivenName() => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 8);

    private static string OidOf(string system) => system.StartsWith("urn:oid:", StringComparison.Ordinal) ? system["urn:oid:".Length..] : system;
}

internal static class RoundsCalls
{
    /// <summary>A call without whose success the rounds make no sense.</summary>
    /// <exception cref="StoryFailedException">Any other answer than 2xx.</exception>
    public static async Task<Answer> MustAsync(this Platform platform, Caller who, Call call)
    {
        var answer = await platform.SendAsync(who, call);
        return answer.IsSuccess ? answer : throw new StoryFailedException($"{call.Method} {call.Path}: {answer.Told}");
    }
}
