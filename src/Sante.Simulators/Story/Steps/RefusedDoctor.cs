namespace Sante.Simulators.Story;

/// <summary>Step 3: the family doctor signs in, chooses a situation, asks for the record and is refused.</summary>
internal static class RefusedDoctor
{
    public static async Task PlayAsync(Stage stage)
    {
        var doctor = stage.Cast.FamilyDoctor;
        var practice = Cast.PracticeOf(doctor);
        stage.PracticeName = Cast.StructureNameOf(doctor, practice);
        stage.Doctor = await stage.SignInAsync(doctor, "Dr Jeanne", practice);
        for (var frontEnd = 1; frontEnd <= stage.Platform.FrontEnds; frontEnd++)
        {
            var search = await stage.Platform.SendAsync(stage.Doctor, stage.Search("DocumentReference", "status=current", frontEnd));
            stage.Checks.Equal($"la recherche est refusée sur l'API {frontEnd}", "403 access-not-authorised", search.Told);
        }

        var read = await stage.Platform.SendAsync(stage.Doctor, Stage.Read($"/fhir/DocumentReference/{stage.Documents[DocumentType.DischargeLetter]}"));
        stage.Checks.Equal("un identifiant deviné ne répond pas plus qu'un identifiant inventé", "404 not-found", read.Told);
    }
}
