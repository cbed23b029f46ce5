using System.Text;
using Sante.DirectoryFiles;

namespace Sante.Foundations.Tests;

public sealed class DirectoryFilesTests
{
    [Fact]
    public async Task Generate_SameSeed_GivesTheSameBytes()
    {
        Assert.Equal(await Nation.RppsBytesAsync(new SyntheticDirectory(7, 50), 500), await Nation.RppsBytesAsync(new SyntheticDirectory(7, 50), 500));
        Assert.NotEqual(await Nation.RppsBytesAsync(new SyntheticDirectory(8, 50), 500), await Nation.RppsBytesAsync(new SyntheticDirectory(7, 50), 500));
    }

    [Fact]
    public async Task Generate_RppsFile_HasTheOfficialHeaderAndFiftySixColumns()
    {
        var lines = Encoding.UTF8.GetString(await Nation.RppsBytesAsync(new SyntheticDirectory(1, 50), 500)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(501, lines.Length);
        Assert.Equal(RppsRows.Header, lines[0]);
        Assert.All(lines, line => Assert.Equal(57, line.Split('|').Length));
        Assert.All(lines.Skip(1).Where(line => line[0] == '8'), line => Assert.StartsWith("99", line.Split('|')[1], StringComparison.Ordinal));
    }

    [Fact]
    public void Generate_FirstSites_AreOneOfEachKind() =>
        Assert.Equal(9, new SyntheticDirectory(1, 9).Sites.Select(site => site.Category).Distinct().Count());
}
