using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sante.Space.Tests.Workbench;

/// <summary>The walk in the slice's README is true: each of its lines is sent and gets the status that it says.</summary>
public sealed class ReadmeTests(WorkbenchFixture fixture) : IClassFixture<WorkbenchFixture>
{
    [Fact]
    public async Task FirstWalk_GoesAsItSays()
    {
        var client = await fixture.NewAsync();
        var text = await File.ReadAllTextAsync(Path.Combine(Root(), "src", "Sante.Space", "Workbench", "README.md"));
        var walk = text.Split("```http\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(walk.Length >= 10);
        foreach (var line in walk)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var body = line.IndexOf('{', StringComparison.Ordinal) is var start and >= 0 ? line[start..line.LastIndexOf(' ')].Trim() : null;
            var reply = await client.SendAsync(new HttpMethod(words[0]), words[1], body);
            Assert.True((int)reply.Status == int.Parse(words[^1], CultureInfo.InvariantCulture), $"{line}: {(int)reply.Status} {reply.Text}");
        }
    }

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
