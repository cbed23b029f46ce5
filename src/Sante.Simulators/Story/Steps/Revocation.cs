namespace Sante.Simulators.Story;

/// <summary>Step 9: she revokes; every call sent after the answer, with the same live token, is refused on every front-end.</summary>
internal static class Revocation
{
    private const int Calls = 64;

    public static async Task PlayAsync(Stage stage)
    {
        var before = await stage.Platform.SendAsync(stage.Doctor, stage.Search("DocumentReference", "status=current"));
        stage.Checks.Equal("le médecin lit encore", 200, (int)before.Status);
        var revoked = await stage.Platform.SendAsync(stage.Mother, new Call(HttpMethod.Delete, stage.Space($"/consents/rpps:{stage.Cast.FamilyDoctor.Rpps}")));
        stage.Checks.That("la mère retire son accord", revoked.IsSuccess, () => revoked.Told);
        var after = await Task.WhenAll(Enumerable.Range(0, Calls).Select(number => stage.Platform.SendAsync(stage.Doctor, CallOf(stage, number))));
        for (var frontEnd = 1; frontEnd <= stage.Platform.FrontEnds; frontEnd++)
        {
            var answers = after.Where(answer => answer.FrontEnd == frontEnd).ToList();
            stage.Checks.That($"API {frontEnd} : les {answers.Count} appels envoyés après la réponse sont refusés",
                answers.All(answer => answer.Told is "403 access-not-authorised" or "404 not-found"),
                () => string.Join(", ", answers.Select(answer => answer.Told).Distinct()));
        }

        var me = await stage.Platform.GetAsync(stage.Doctor, "/api/me");
        stage.Checks.Equal("son jeton est pourtant encore valable", 200, (int)me.Status);
    }

    private static Call CallOf(Stage stage, int number)
    {
        var frontEnd = number / 4 % stage.Platform.FrontEnds + 1;
        return (number % 4) switch
        {
            0 => stage.Search("DocumentReference", "status=current", frontEnd, isQuiet: true),
            1 => stage.Search("Observation", "code=http://loinc.org|29463-7", frontEnd, isQuiet: true),
            2 => Stage.Read($"/fhir/DocumentReference/{stage.Documents[DocumentType.LaboratoryReport]}", frontEnd: frontEnd) with { IsQuiet = true },
            _ => Stage.Read($"/fhir/DocumentReference/{stage.Documents[DocumentType.ConsultationNote]}", frontEnd: frontEnd) with { IsQuiet = true },
        };
    }
}
