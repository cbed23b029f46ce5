using System.Globalization;

namespace Sante.Simulators.Story;

/// <summary>Step 5: the doctor reads at once on the other front-end, and writes a note.</summary>
internal static class Reading
{
    public static async Task PlayAsync(Stage stage)
    {
        // The consent was given on front-end 1.
        var other = stage.Platform.Other(1);
        var list = await stage.Platform.SendAsync(stage.Doctor, stage.Search("DocumentReference", "status=current", other));
        stage.Checks.Equal("le premier appel, sur l'autre API, trouve les deux documents", "200/2", $"{(int)list.Status}/{(list.IsSuccess ? list.Total : 0)}");
        var summary = await stage.Platform.SendAsync(stage.Doctor, Stage.Read($"/fhir/DocumentReference/{stage.Documents[DocumentType.DischargeLetter]}", frontEnd: other));
        stage.Checks.Equal("il lit la lettre de liaison", 200, (int)summary.Status);
        stage.Checks.Equal("avec l'identifiant de l'hôpital", stage.Discharge!.MasterIdentifier, summary.Json.GetProperty("masterIdentifier").GetProperty("value").GetString());
        var file = await stage.Platform.SendAsync(stage.Doctor, Stage.Read(new Uri(summary.Json.GetProperty("content")[0].GetProperty("attachment").GetProperty("url").GetString()! is var url
            && url.StartsWith("http", StringComparison.Ordinal) ? url : $"http://server/fhir/{url}").AbsolutePath, accept: "application/pdf", frontEnd: other));
        stage.Checks.That("le PDF est celui de l'hôpital, octet pour octet", file.ContentType == "application/pdf" && file.Body.AsSpan().SequenceEqual(stage.Discharge.File),
            () => $"{file.Told}, {file.ContentType}, {file.Body.Length} octets au lieu de {stage.Discharge.File.Length}");
        await MeasuresAsync(stage, other);
        await NoteAsync(stage);
    }

    private static async Task MeasuresAsync(Stage stage, int frontEnd)
    {
        var measures = await stage.Platform.SendAsync(stage.Doctor, stage.Search("Observation", "code=http://loinc.org|29463-7", frontEnd));
        stage.Checks.Equal("il trouve un poids", 1, measures.IsSuccess ? measures.Total : 0);
        var value = measures.Entries[0].GetProperty("valueQuantity").GetProperty("value").GetRawText();
        stage.Checks.Equal("les chiffres sont ceux de la balance, zéro final compris", "4.250", value);
    }

    private static async Task NoteAsync(Stage stage)
    {
        var doctor = stage.Cast.FamilyDoctor;
        var author = new DocumentAuthor(Cast.NameOf(doctor), doctor.Rpps, stage.PracticeName, "urn:sante:client", stage.Cast.CareSoftware.ClientId, "SA07", "AMBULATOIRE");
        var file = Pdf.Page("Compte rendu de consultation", $"Enfant : {stage.Child.Name}", "Examen du deuxième mois : bonne prise de poids.", "Prochaine visite : vaccins.");
        var note = new ProvidedDocument(Guid.NewGuid(), DocumentType.ConsultationNote, "Consultation du deuxième mois", file, stage.PlatformNow, author);
        await Feeds.ProvideAsync(stage, stage.Doctor, note);
        var list = await stage.Platform.SendAsync(stage.Doctor, stage.Search("DocumentReference", "status=current"));
        stage.Checks.Equal("le dossier compte maintenant trois documents", "3", list.IsSuccess ? list.Total.ToString(CultureInfo.InvariantCulture) : list.Told);
    }
}
