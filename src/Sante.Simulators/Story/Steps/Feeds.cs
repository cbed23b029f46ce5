using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sante.Simulators.Story;

/// <summary>Step 2: the hospital, the laboratory, a scale and three booking platforms feed the record.</summary>
public static class Feeds
{
    private const string IdPe = "lou-balance-0001";

    public static async Task PlayAsync(Stage stage)
    {
        var (hospital, laboratory) = (stage.Cast.Hospital, stage.Cast.Laboratory);
        stage.Hospital = stage.System(hospital, "hôpital");
        var files = (Letter: Pdf.Page("Lettre de liaison à la sortie de maternité", $"Enfant : {stage.Child.Name}", "Naissance à terme, examen clinique normal.", "Sortie au quatrième jour. Poids de sortie : 3,480 kg."),
            Result: Pdf.Page("Compte rendu d'examens biologiques", $"Enfant : {stage.Child.Name}", "Bilirubine totale : 98 µmol/L.", "Dépistage néonatal : sans particularité."));
        stage.Discharge = new ProvidedDocument(Guid.NewGuid(), DocumentType.DischargeLetter, "Lettre de liaison de la maternité", files.Letter, stage.PlatformNow, AuthorOf(hospital, "SA01", "ETABLISSEMENT"));
        stage.DischargeFile = await ProvideAsync(stage, stage.Hospital, stage.Discharge);
        await ResendAsync(stage, stage.Hospital, stage.Discharge);
        var result = new ProvidedDocument(Guid.NewGuid(), DocumentType.LaboratoryReport, "Bilan de sortie", files.Result, stage.PlatformNow, AuthorOf(laboratory, "SA04", "AMBULATOIRE"));
        await ProvideAsync(stage, stage.System(laboratory, "laboratoire"), result);
        await WeighAsync(stage);
        await BookAsync(stage);
    }

    /// <summary>ITI-65; returns where the file can be had.</summary>
    public static async Task<string> ProvideAsync(Stage stage, Caller feeder, ProvidedDocument document)
    {
        var answer = await stage.Platform.SendAsync(feeder, Transaction(document.ToBundle(stage.Child)));
        stage.Checks.Equal($"« {document.Title} » est déposé (ITI-65)", 200, (int)answer.Status);
        var places = LocationsOf(answer);
        stage.Checks.Equal("le lot, le document et son fichier sont créés", "List DocumentReference Binary", string.Join(' ', places.Select(place => place.Split('/')[0])));
        stage.Documents[document.Type] = places[1].Split('/')[1];
        return $"/fhir/Binary/{places[2].Split('/')[1]}";
    }

    /// <summary>A structure as author of what its software sends.</summary>
    public static DocumentAuthor AuthorOf(SandboxClient client, string sector, string setting) =>
        new(client.Name, null, client.Actor!.Actor.Name, client.Actor.Actor.Identifier.System, client.Actor.Actor.Identifier.Value, sector, setting);

    /// <summary>Type and id of each entry of a transaction's answer, in the order of the request.</summary>
    public static IReadOnlyList<string> LocationsOf(Answer answer) =>
        [.. answer.Json.GetProperty("entry").EnumerateArray().Select(entry => Relative(entry.GetProperty("response").GetProperty("location").GetString()!))];

    public static Call Transaction(JsonObject bundle) => new(HttpMethod.Post, "/fhir")
    {
        Body = bundle,
        Essence = answer => string.Join(", ", answer.Json.GetProperty("entry").EnumerateArray().Select(Created)),
    };

    private static async Task ResendAsync(Stage stage, Caller feeder, ProvidedDocument document)
    {
        var again = await stage.Platform.SendAsync(feeder, Transaction(document.ToBundle(stage.Child)));
        stage.Checks.That("le même dépôt renvoyé à l'autre API reçoit la première réponse", again.IsSuccess && LocationsOf(again)[1].Split('/')[1] == stage.Documents[document.Type], () => again.Told);
    }

    private static async Task WeighAsync(Stage stage)
    {
        var editor = stage.Cast.Scale;
        var scale = stage.System(editor, "balance");
        var idPe = $"{IdPe}-{stage.Child.PatientId[^6..]}";
        var weight = new WeightFeed(stage.Cast.ScaleIdPeSystem, idPe, 4.250m, stage.PlatformNow);
        var early = await stage.Platform.SendAsync(scale, Transaction(weight.ToBundle()));
        stage.Checks.Equal("une balance que personne n'a reliée est refusée", 403, (int)early.Status);
        var paired = await stage.Platform.SendAsync(stage.Mother, new Call(HttpMethod.Put, stage.Space($"/pairings/{editor.ClientId}"))
        {
            Body = new JsonObject
            {
                ["idpe"] = idPe, ["idpeSystem"] = stage.Cast.ScaleIdPeSystem, ["name"] = editor.Name, ["read"] = new JsonArray(), ["write"] = new JsonArray("measures"),
            },
        });
        stage.Checks.That("la mère relie la balance à l'espace de sa fille", paired.IsSuccess, () => paired.Told);
        var fed = await stage.Platform.SendAsync(scale, Transaction(weight.ToBundle()));
        stage.Checks.Equal("la balance transmet un poids, sans INS", 200, (int)fed.Status);
        var again = await stage.Platform.SendAsync(scale, Transaction(weight.ToBundle()));
        stage.Checks.Equal("le même poids renvoyé n'en fait pas deux", LocationsOf(fed)[1], LocationsOf(again)[1]);
    }

    private static async Task BookAsync(Stage stage)
    {
        var doctor = stage.Cast.FamilyDoctor;
        var visit = stage.PlatformNow.Date.AddDays(10).AddHours(9);
        var vaccine = stage.PlatformNow.Date.AddDays(24).AddHours(11);
        var platforms = stage.Cast.BookingPlatforms;
        await PushAsync(stage, platforms[0], doctor, visit);
        await PushAsync(stage, platforms[1], doctor, visit);
        await PushAsync(stage, platforms[2], stage.Cast.MedecinTraitant, vaccine);
        await PushAsync(stage, platforms[2], stage.Cast.MedecinTraitant, vaccine);
        var agenda = await stage.Platform.GetAsync(stage.Mother, stage.Space("/agenda"), answer => $"{AppointmentsOf(answer).Count} rendez-vous");
        stage.Checks.Equal("deux plateformes annoncent le même rendez-vous, il n'est montré qu'une fois", 2, AppointmentsOf(agenda).Count);
    }

    private static async Task PushAsync(Stage stage, SandboxClient platform, SandboxPersona doctor, DateTime startsAt)
    {
        var at = stage.PlatformNow;
        var appointment = new AppointmentFeed($"urn:sante:booking:{platform.ClientId}", $"{stage.Child.PatientId[^8..]}-{startsAt:MMdd}", stage.Child.PatientId,
            doctor.Rpps!, Cast.NameOf(doctor), "Cabinet", "Suivi du nourrisson", new DateTimeOffset(startsAt, at.Offset), at);
        var answer = await stage.Platform.SendAsync(stage.System(platform, platform.Name), new Call(HttpMethod.Post, "/fhir/Appointment") { Body = appointment.ToResource() });
        stage.Checks.That($"{platform.Name} transmet un rendez-vous", answer.IsSuccess, () => answer.Told);
    }

    private static List<JsonElement> AppointmentsOf(Answer answer) =>
        [.. (answer.Json.ValueKind == JsonValueKind.Array ? answer.Json : answer.Json.GetProperty("appointments")).EnumerateArray()];

    private static string Created(JsonElement entry)
    {
        var response = entry.GetProperty("response");
        return string.Create(CultureInfo.InvariantCulture, $"{response.GetProperty("status").GetString()!.Split(' ')[0]} {Relative(response.GetProperty("location").GetString()!).Split('/')[0]}");
    }

    private static string Relative(string location) =>
        location.Contains("/fhir/", StringComparison.Ordinal) ? location[(location.IndexOf("/fhir/", StringComparison.Ordinal) + "/fhir/".Length)..] : location;
}
