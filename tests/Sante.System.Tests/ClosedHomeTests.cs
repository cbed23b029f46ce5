using System.Runtime.Versioning;
using Sante.AppHost.Embedded.Postgres;

namespace Sante.System.Tests;

/// <summary>A clone where only its owner may look: PostgreSQL, when it runs as another user, must not need to.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(nameof(WholePlatform))]
public sealed class ClosedHomeTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public async Task CloneInAHomeOfMode700_Starts()
    {
        var home = Path.Combine(Path.GetTempPath(), "sante-home-" + Path.GetRandomFileName());
        Directory.CreateDirectory(home, OwnerOnly);
        try
        {
            var clone = Path.Combine(home, "Santé");
            Directory.CreateDirectory(clone);
            File.Copy(Path.Combine(ClonePath.Root, "Directory.Packages.props"), Path.Combine(clone, "Directory.Packages.props"));
            foreach (var project in (string[])["AppHost", "src/Sante.Api", "src/Sante.Identity", "src/Sante.Simulators", "eng/DemoNation"])
            {
                Copy(Path.Combine(ClonePath.Root, AppHostRun.BuiltFolder(project)), Path.Combine(clone, AppHostRun.BuiltFolder(project)));
            }

            await using (var run = AppHostRun.StartIn(clone))
            {
                var endpoints = await run.ReadyAsync();
                Assert.True(endpoints.GetProperty("ready").GetBoolean());
                Assert.Equal(OwnerOnly, File.GetUnixFileMode(home));
            }

            await using var cleaning = AppHostRun.StartIn(clone, "--clean");
            Assert.Equal(0, await cleaning.EndedAsync());
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}
