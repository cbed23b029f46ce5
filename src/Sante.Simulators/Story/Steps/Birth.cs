using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Sante.Simulators.Story;

/// <summary>Step 1: an identity is born, its space opens by itself when the delay to refuse has passed.</summary>
internal static class Birth
{
    private static readonly string[] GivenNames = ["LOU", "ALMA", "ROMY", "IRIS", "MILA", "NORA", "ELSA", "JUNE", "LILI", "MAIA"];

    // Six weeks (CSP R1111-28) and a day.
    private static readonly TimeSpan Delay = TimeSpan.FromDays(43);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task PlayAsync(Stage stage)
    {
        await ReadClockAsync(stage);
        await DeclareAsync(stage);
        stage.Mother = await stage.SignInAsync(stage.Cast.Mother, "Clara (mère)");
        var before = await stage.Platform.GetAsync(stage.Mother, stage.Space(), answer => $"état : {StatusOf(answer)}");
        stage.Checks.Equal("l'espace existe dès la naissance et n'est pas ouvert", "pending", StatusOf(before));
        await MoveClockAsync(stage);
        await WaitUntilOpenAsync(stage);
        await DeclareMedecinTraitantAsync(stage);
    }

    private static async Task DeclareAsync(Stage stage)
    {
        var (mother, father) = (stage.Cast.Mother, stage.Cast.Father);
        var family = Cast.FamilyNameOf(father);
        var given = GivenNames[RandomNumberGenerator.GetInt32(GivenNames.Length)];
        var second = GivenNames[RandomNumberGenerator.GetInt32(GivenNames.Length)];
        var bornOn = DateOnly.FromDateTime(stage.PlatformNow.DateTime);
        var birth = new JsonObject
        {
            ["familyName"] = family,
            ["givenNames"] = given == second ? new JsonArray(given) : new JsonArray(given, second),
            ["birthDate"] = bornOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["sex"] = "F",
            ["birthPlaceCode"] = "35238",
            ["birthCountryCode"] = "99100",
            ["parents"] = new JsonArray(mother.PatientId, father.PatientId),
        };
        var key = $"naissance-{Guid.NewGuid()}";
        var registry = stage.System(stage.Cast.CivilRegistry, "état civil");
        var call = new Call(HttpMethod.Post, "/api/identities/births")
        {
            Body = birth,
            Headers = new Dictionary<string, string> { ["Idempotency-Key"] = key },
            Essence = _ => "une identité nationale de santé et un espace en attente",
        };
        var answer = await stage.Platform.SendAsync(registry, call);
        stage.Checks.Equal("la naissance crée une INS", 201, (int)answer.Status);
        stage.Child = new Newborn(family, given, bornOn, answer.Json.GetProperty("ins").GetString()!, SystemOf(answer.Json.GetProperty("insSystem").GetString()!),
            answer.Json.GetProperty("patientId").GetString()!);
        stage.Narration.Say($"{given} est née de {mother.Name} et {father.Name}.");
        var again = await stage.Platform.SendAsync(registry, call with { Essence = _ => "la même réponse" });
        stage.Checks.Equal("la même déclaration renvoyée ne crée personne d'autre", stage.Child.PatientId, again.Json.GetProperty("patientId").GetString()!);
    }

    private static async Task ReadClockAsync(Stage stage)
    {
        var answer = await stage.Platform.SendAsync(Anyone, new Call(HttpMethod.Get, "/dev/clock") { IsQuiet = true });
        stage.Checks.Equal("l'horloge de la plateforme se lit", 200, (int)answer.Status);
        stage.ClockOffset = TimeSpan.FromSeconds(answer.Json.GetProperty("offsetSeconds").GetDouble());
    }

    private static async Task MoveClockAsync(Stage stage)
    {
        stage.ClockOffset += Delay;
        var answer = await stage.Platform.SendAsync(Anyone, new Call(HttpMethod.Put, "/dev/clock")
        {
            Body = new JsonObject { ["offsetSeconds"] = (long)stage.ClockOffset.TotalSeconds },
            Essence = clock => "toutes les API l'ont confirmé",
        });
        stage.Checks.Equal("l'horloge avance de 43 jours", 200, (int)answer.Status);
    }

    private static async Task WaitUntilOpenAsync(Stage stage)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var answer = await stage.Platform.SendAsync(stage.Mother, new Call(HttpMethod.Get, stage.Space()) { IsQuiet = true });
            if (StatusOf(answer) == "open")
            {
                stage.Checks.That(string.Create(CultureInfo.InvariantCulture, $"l'espace s'est ouvert de lui-même ({watch.Elapsed.TotalSeconds:0.0} s après)"), true);
                return;
            }

            if (!answer.IsSuccess)
            {
                throw new StoryFailedException($"Attendu : l'espace répond pendant l'attente{Environment.NewLine}  Constaté : {answer.Told}");
            }

            if (watch.Elapsed > Patience)
            {
                throw new StoryFailedException($"Attendu : l'espace s'ouvre de lui-même en {Patience.TotalSeconds} s{Environment.NewLine}  Constaté : {StatusOf(answer)}");
            }

            await Task.Delay(100);
        }
    }

    private static async Task DeclareMedecinTraitantAsync(Stage stage)
    {
        var doctor = stage.Cast.MedecinTraitant;
        var answer = await stage.Platform.SendAsync(stage.Mother, new Call(HttpMethod.Put, stage.Space("/entourage/medecin-traitant"))
        {
            Body = new JsonObject { ["actor"] = $"rpps:{doctor.Rpps}", ["name"] = Cast.NameOf(doctor) },
        });
        stage.Checks.That("la mère déclare un médecin traitant", answer.IsSuccess, () => answer.Told);
    }

    private static Caller Anyone { get; } = new("développeur", () => Task.FromResult(""));

    private static string StatusOf(Answer answer) => answer.IsSuccess ? answer.Json.GetProperty("status").GetString()! : answer.Told;

    private static string SystemOf(string oid) => oid.StartsWith("urn:oid:", StringComparison.Ordinal) ? oid : $"urn:oid:{oid}";
}
