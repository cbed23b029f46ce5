using System.Text.Json.Nodes;

namespace Sante.Simulators.Story;

/// <summary>Step 7: the mother hides the discharge letter; the doctor finds it nowhere, counts included; the hospital still sees its own.</summary>
internal static class Hiding
{
    public static async Task PlayAsync(Stage stage)
    {
        var letter = stage.Documents[DocumentType.DischargeLetter];
        var hidden = await stage.Platform.SendAsync(stage.Mother, new Call(HttpMethod.Put, stage.Space($"/documents/{letter}/visibility"))
        {
            Body = new JsonObject { ["hidden"] = true },
        });
        stage.Checks.That("la mère masque la lettre de liaison", hidden.IsSuccess, () => hidden.Told);
        for (var frontEnd = 1; frontEnd <= stage.Platform.FrontEnds; frontEnd++)
        {
            await NowhereAsync(stage, letter, frontEnd);
        }

        var own = await stage.Platform.SendAsync(stage.Hospital, Stage.Read($"/fhir/DocumentReference/{letter}"));
        stage.Checks.Equal("l'hôpital voit toujours ce qu'il a déposé", 200, (int)own.Status);
        var byMother = await stage.Platform.SendAsync(stage.Mother, Stage.Read($"/fhir/DocumentReference/{letter}"));
        stage.Checks.Equal("la mère aussi", 200, (int)byMother.Status);
    }

    private static async Task NowhereAsync(Stage stage, string letter, int frontEnd)
    {
        var list = await stage.Platform.SendAsync(stage.Doctor, stage.Search("DocumentReference", "status=current", frontEnd));
        stage.Checks.Equal($"API {frontEnd} : deux documents au lieu de trois, le total compris", "2/2", list.IsSuccess ? $"{list.Total}/{list.Entries.Count}" : list.Told);
        stage.Checks.That("la lettre n'y est pas", list.Entries.All(entry => entry.GetProperty("id").GetString() != letter));
        var count = await stage.Platform.SendAsync(stage.Doctor, stage.Search("DocumentReference", "status=current&_summary=count", frontEnd));
        stage.Checks.Equal("le simple compte ne la trahit pas", "2", count.IsSuccess ? $"{count.Total}" : count.Told);
        var lists = await stage.Platform.SendAsync(stage.Doctor, stage.Search("List", "status=current", frontEnd));
        stage.Checks.Equal("son lot de dépôt non plus", "2", lists.IsSuccess ? $"{lists.Total}" : lists.Told);
        foreach (var path in (string[])[$"/fhir/DocumentReference/{letter}", $"/fhir/DocumentReference/{letter}/_history", stage.DischargeFile])
        {
            var read = await stage.Platform.SendAsync(stage.Doctor, Stage.Read(path, frontEnd: frontEnd) with { IsQuiet = true });
            stage.Checks.Equal($"{path.Split('/')[2]} : introuvable", "404 not-found", read.Told);
        }
    }
}
