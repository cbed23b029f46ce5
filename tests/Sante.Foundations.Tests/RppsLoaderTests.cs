using System.Text;
using Sante.DirectoryFiles;
using Sante.Foundations.Rpps;

namespace Sante.Foundations.Tests;

public sealed class RppsLoaderTests
{
    [Fact]
    public async Task Load_SyntheticNation_HoldsEveryPersonAndActivity()
    {
        await using var nation = await Nation.EmptyAsync();
        var people = new SyntheticDirectory(1, 500);
        var expected = People(people, 3000);

        var report = await nation.LoadRppsAsync(people, 3000);

        Assert.Equal(3000, report.Rows);
        Assert.Equal(0, report.Problems.Wrong);
        Assert.Equal(expected.Count, report.Counts["practitioner"]);
        Assert.Equal(expected.Count, await nation.ScalarAsync<long>("SELECT count(*) FROM directory.practitioner WHERE active AND version = 1"));
        var first = people.Practitioner(0);
        Assert.Equal(first.Family, await nation.ScalarAsync<string>($"SELECT family FROM directory.practitioner WHERE identifier = '{first.Identifier}'"));
        Assert.Equal(0L, await nation.ScalarAsync<long>("SELECT count(*) FROM directory.activity LEFT JOIN directory.practitioner USING (practitioner_id) WHERE family IS NULL"));
        Assert.Equal("Médecin", await nation.ScalarAsync<string>("SELECT label FROM directory.term WHERE term_table = 'G15' AND code = '10'"));
    }

    private static List<SyntheticPractitioner> People(SyntheticDirectory people, int rows)
    {
        var list = new List<SyntheticPractitioner>();
        using var file = new MemoryStream();
        var count = RppsFile.WriteAsync(file, people, rows).GetAwaiter().GetResult();
        for (var i = 0; i < count; i++)
        {
            list.Add(people.Practitioner(i));
        }

        return list;
    }
}
