using System.Text;
using Sante.DirectoryFiles;
using Sante.Foundations.FinessDirectory;

namespace Sante.Foundations.Tests;

public sealed class FinessLoaderTests
{
    [Fact]
    public async Task Load_OfficialSample_HoldsMainlandAndOverseas()
    {
        await using var nation = await Nation.EmptyAsync();

        var report = await nation.LoadFinessAsync(await SampleAsync());

        Assert.Equal((4L, 0L, 0L), (report.Rows, report.Problems.Wrong, report.Problems.Warnings));
        Assert.Equal("CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT|CH DE FLEYRIAT|01451|VIRIAT|01440|355",
            await nation.ScalarAsync<string>("SELECT concat_ws('|', name, alias, commune, city, postcode, category) FROM directory.structure WHERE finess = '010000024'"));
        Assert.Equal(["97123", "97411", "98613"], await nation.ScalarAsync<string[]>("SELECT array_agg(commune ORDER BY commune) FROM directory.structure WHERE department LIKE '9_'"));
        Assert.Equal(new DateTime(1979, 2, 13), await nation.ScalarAsync<DateTime>("SELECT opened_on::timestamp FROM directory.structure WHERE finess = '010000024'"));
    }

    [Fact]
    public async Task Load_PlaceInLambert93_IsKeptInDegrees()
    {
        await using var nation = await Nation.EmptyAsync();
        var place = "geolocalisation;010000024;870215.7;6571590.5;1,X,100,IGN,BD_ADRESSE,V2.2,LAMBERT_93;2021-01-04\n"u8.ToArray();

        await nation.LoadFinessAsync([.. await SampleAsync(), .. place]);

        // Viriat, north-east of Bourg-en-Bresse.
        Assert.Equal(46.222, await nation.ScalarAsync<double>("SELECT latitude FROM directory.structure WHERE finess = '010000024'"), 0.003);
        Assert.Equal(5.209, await nation.ScalarAsync<double>("SELECT longitude FROM directory.structure WHERE finess = '010000024'"), 0.003);
    }

    [Fact]
    public async Task Load_OldFileInLatin1_ReadsTheSameNames()
    {
        await using var nation = await Nation.EmptyAsync();
        var latin1 = Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(await SampleAsync()).Replace("HOPITAL DE SIA", "HÔPITAL DE SIA À UVÉA", StringComparison.Ordinal));

        var report = await nation.LoadFinessAsync(latin1);

        Assert.Equal(0, report.Problems.Wrong);
        Assert.Equal("HÔPITAL DE SIA À UVÉA|HOPITAL DE SIA A UVEA", await nation.ScalarAsync<string>("SELECT name || '|' || name_fold FROM directory.structure WHERE finess = '980600027'"));
    }

    [Fact]
    public async Task Load_WrongRows_AreCountedByReasonAndTheRestIsLoaded()
    {
        await using var nation = await Nation.EmptyAsync();

        var report = await nation.LoadFinessAsync(new SyntheticDirectory(1, 400), wrong: 8);

        Assert.Equal(400, report.Counts["structure"]);
        Assert.Equal(
            [("column-count", 2L), ("identifier-malformed", 2L), ("identifier-twice", 2L), ("record-kind-unknown", 2L)],
            report.Problems.ByReason.Select(reason => (reason.Key, reason.Value)));
    }

    [Fact]
    public async Task Load_FileCutInItsLastRow_ReportsTheLine()
    {
        await using var nation = await Nation.EmptyAsync();
        var sample = await SampleAsync();

        var report = await nation.LoadFinessAsync(sample[..^40]);

        Assert.Equal(3, report.Counts["structure"]);
        Assert.Equal((5L, "truncated"), report.Problems.Listed.Select(problem => (problem.Line, problem.Reason)).Single());
    }

    [Fact]
    public async Task Load_AfterProfessionals_TakesOverItsStructuresAndKeepsTheirSector()
    {
        var (nation, people) = await Nation.OfAsync(sites: 60, rows: 400);
        await using var owned = nation;
        await nation.LoadFinessAsync(people);

        Assert.Equal(60L, await nation.ScalarAsync<long>("SELECT count(*) FROM directory.structure WHERE source = 'finess' AND active"));
        Assert.Equal(0L, await nation.ScalarAsync<long>("SELECT count(*) FROM directory.structure WHERE source = 'rpps' AND structure_id LIKE 'F%'"));
        Assert.True(await nation.ScalarAsync<long>("SELECT count(*) FROM directory.structure WHERE source = 'finess' AND sector = 'SA01'") > 0);
        Assert.Equal(0L, await nation.ScalarAsync<long>("SELECT count(*) FROM directory.activity a WHERE structure_id LIKE 'F%' AND NOT EXISTS (SELECT FROM directory.structure s WHERE s.structure_id = a.structure_id)"));
    }

    [Fact]
    public async Task Load_StructureNoLongerInTheFile_IsClosedUnlessItsRowIsWrong()
    {
        await using var nation = await Nation.EmptyAsync();
        var sample = Encoding.UTF8.GetString(await SampleAsync());
        await nation.LoadFinessAsync(Encoding.UTF8.GetBytes(sample));
        var lines = sample.Split('\n');
        lines[1] = lines[1].Replace(";CH DE FLEYRIAT;", ";;", StringComparison.Ordinal);

        await nation.LoadFinessAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines.Where((_, i) => i != 2))), mayShrink: true);

        Assert.Equal(["970102018"], await nation.ScalarAsync<string[]>("SELECT array_agg(finess) FROM directory.structure WHERE NOT active"));
        Assert.Equal("CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT", await nation.ScalarAsync<string>("SELECT name FROM directory.structure WHERE finess = '010000024' AND active"));
    }

    [Fact]
    public async Task Read_OtherFile_IsRefused()
    {
        using var other = new MemoryStream("nofinesset;nom\n"u8.ToArray());

        var opened = await FinessReader.OpenAsync(other, TestContext.Current.CancellationToken);

        Assert.Equal("directory-file-layout-unknown", opened.Refusal?.Code);
    }

    private static Task<byte[]> SampleAsync() =>
        File.ReadAllBytesAsync(RppsRows.Sample("etalab-cs1100502-stock-sample.csv"), TestContext.Current.CancellationToken);
}
