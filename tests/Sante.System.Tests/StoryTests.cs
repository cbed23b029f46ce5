using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sante.Kernel;
using Sante.Simulators.Story;

namespace Sante.System.Tests;

/// <summary>The main job with two front-ends, and what it leaves in the outputs of all processes.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(nameof(StoryPlatform))]
public sealed partial class StoryTests(StoryRun story)
{
    [Fact]
    public void Story_ComesToItsEnd()
    {
        Assert.True(story.IsTold, story.Run.Output);
        Assert.Contains("L'histoire est allée à son terme", story.Story, StringComparison.Ordinal);
        for (var step = 1; step <= 10; step++)
        {
            Assert.Contains($"\n{step.ToString(CultureInfo.InvariantCulture)}. ", story.Story, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Outputs_HoldNoInsNoNameNoCodeAndNoToken()
    {
        Assert.True(story.IsTold, story.Run.Output);
        var logs = Directory.GetFiles(Path.Combine(story.Run.Folder, "logs")).ToDictionary(path => Path.GetFileName(path), File.ReadAllText);
        // A log that is not there, or empty, would prove nothing.
        Assert.All((string[])["api-1.log", "api-2.log", "identity.log", "simulators.log", "story.log"], name => Assert.NotEmpty(logs[name]));
        var sentinels = Sentinels().ToList();
        Assert.InRange(sentinels.Count, 40, int.MaxValue);

        // The report says which log holds what kind of thing, without repeating it.
        var held = from log in logs
                   from sentinel in sentinels.Where(sentinel => log.Value.Contains(sentinel, StringComparison.OrdinalIgnoreCase)).Concat(Matricules(log.Value))
                   select $"{log.Key}: {sentinel[..2]}… ({sentinel.Length} characters)";
        Assert.Empty(held);
        Assert.All(logs.Values, text => Assert.DoesNotMatch(Token(), text));
    }

    [Fact]
    public void AppHostsOwnOutput_HoldsNoInsNoCodeAndNoToken()
    {
        // It prints the table of personas: their names are for whoever started it.
        var text = story.Run.Output;

        Assert.DoesNotContain(story.Cast.Sandbox.Personas, persona => persona.Ins is { } ins && text.Contains(ins, StringComparison.Ordinal));
        Assert.DoesNotContain(DocumentCodes, code => text.Contains(code, StringComparison.Ordinal));
        Assert.DoesNotMatch(Token(), text);
    }

    [Fact]
    public void Endpoints_HaveTheirForm()
    {
        var json = story.EndpointsJson;

        Assert.Equal(["api", "control", "identity", "pids", "postgres", "ready", "simulators", "workbench"], json.EnumerateObject().Select(member => member.Name).Order());
        Assert.True(json.GetProperty("ready").GetBoolean());
        Assert.Equal(2, json.GetProperty("api").GetArrayLength());
        Assert.Equal(2, json.GetProperty("pids").GetProperty("api").GetArrayLength());
        Assert.Equal(JsonValueKind.Number, json.GetProperty("pids").GetProperty("identity").ValueKind);
    }

    private static string[] DocumentCodes { get; } =
        [DocumentType.DischargeLetter.Code, DocumentType.LaboratoryReport.Code, DocumentType.ConsultationNote.Code, "29463-7"];

    /// <summary>Anything with the key of a matricule: that of the newborn as well, which nobody told this test.</summary>
    private static IEnumerable<string> Matricules(string text) =>
        Digits().Matches(text).Select(match => match.Value).Where(digits => Ins.TryParse(digits, InsOid.NirTest.System, InsEnvironment.Development).Refusal is null);

    /// <summary>Matricules, family names, private keys of everyone in the sandbox, and the codes of what was fed.</summary>
    private IEnumerable<string> Sentinels()
    {
        foreach (var persona in story.Cast.Sandbox.Personas)
        {
            yield return Cast.FamilyNameOf(persona);
            if (persona.Ins is { } ins)
            {
                yield return ins;
                yield return ins[..13];
            }
        }

        foreach (var client in story.Cast.Sandbox.Clients.Where(client => client.PrivateJwk is not null))
        {
            yield return JsonDocument.Parse(client.PrivateJwk!).RootElement.GetProperty("d").GetString()!;
        }

        foreach (var code in DocumentCodes)
        {
            yield return code;
        }
    }

    [GeneratedRegex(@"(?<![0-9A-Za-z])\d{15}(?![0-9A-Za-z])")]
    private static partial Regex Digits();

    // Three base64url parts, the first beginning as every JOSE header does.
    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}")]
    private static partial Regex Token();
}
