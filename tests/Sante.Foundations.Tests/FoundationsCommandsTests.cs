using Sante.DirectoryFiles;
using Sante.Testing;

namespace Sante.Foundations.Tests;

public sealed class FoundationsCommandsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sante-load-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Load_ByCommand_TellsRowsAndReasons_AndWritesTheReport()
    {
        await using var database = await TestDatabase.CreateAsync(typeof(FoundationsCommands).Assembly);
        var (file, csv) = (Path.Combine(folder, "rpps.txt"), Path.Combine(folder, "wrong.csv"));
        await File.WriteAllBytesAsync(file, await Nation.RppsBytesAsync(new SyntheticDirectory(1, 50), 500, wrong: 5), TestContext.Current.CancellationToken);
        await using var output = new StringWriter();

        var exit = await FoundationsCommands.RunAsync(["load-rpps", file, "--report", csv], database.MainMigrator, output, TestContext.Current.CancellationToken);

        Assert.Equal(0, exit);
        Assert.Contains("505 lignes", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("column-count : 1", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(6, (await File.ReadAllLinesAsync(csv, TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task Load_OfAnotherFile_IsRefusedWithItsCode()
    {
        await using var database = await TestDatabase.CreateAsync(typeof(FoundationsCommands).Assembly);
        var file = Path.Combine(folder, "other.csv");
        await File.WriteAllTextAsync(file, "a;b\n1;2\n", TestContext.Current.CancellationToken);
        await using var output = new StringWriter();

        Assert.Equal(1, await FoundationsCommands.RunAsync(["load-finess", file], database.MainMigrator, output, TestContext.Current.CancellationToken));
        Assert.Contains("directory-file-layout-unknown", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("load-rpps")]
    [InlineData("load-rpps", "/no/such/file")]
    [InlineData("load-nothing", "x")]
    public async Task Load_MisusedCommand_ShowsTheUsage(params string[] args)
    {
        await using var output = new StringWriter();

        Assert.Equal(2, await FoundationsCommands.RunAsync(args, "Host=nowhere", output, TestContext.Current.CancellationToken));
        Assert.Contains("Usage", output.ToString(), StringComparison.Ordinal);
    }
}
