using System.Text;
using Sante.Foundations.Files;
using Sante.Foundations.RppsDirectory;

namespace Sante.Foundations.Tests;

public sealed class RppsReaderTests
{
    [Fact]
    public async Task Read_OfficialExtractOfFortyNineColumns_GivesItsRowsAndReportsTheInconsistentOnes()
    {
        var (names, reader) = await ReadAsync(await File.ReadAllBytesAsync(RppsRows.Sample("Extraction_ProSanteConnect_Personne_activite_sample.txt"), TestContext.Current.CancellationToken));

        Assert.Equal(["EVRARD", "EVRARD", "EVRARD", "EVRARD", "EVRARD", "PINGOT", "PINGOT", "ROLEAU"], names);
        // The sample was made anonymous by hand: in its last two rows the two numbers of the person differ by a digit.
        Assert.Equal([(10L, "national-id-differs"), (11L, "national-id-differs")], reader.Problems.Listed.Where(p => !p.Kept).Select(p => (p.Line, p.Reason)));
    }

    [Fact]
    public async Task Read_ByteOrderMarkAndWindowsLineEnds_ChangeNothing()
    {
        var plain = RppsRows.File56(RppsRows.Row("10000000009"), RppsRows.Row("10000000017"));
        var marked = Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(plain).Replace("\n", "\r\n", StringComparison.Ordinal))).ToArray();

        var (names, reader) = await ReadAsync(marked);

        Assert.Equal(["D'AËION", "D'AËION"], names);
        Assert.Equal(0, reader.Problems.Wrong);
    }

    [Fact]
    public async Task Read_OneByteAtATime_GivesTheSameRows()
    {
        var file = RppsRows.File56(RppsRows.Row("10000000009"), RppsRows.Row("10000000017"), "8|short|", RppsRows.Row("10000000025"));

        var (names, reader) = await ReadAsync(file, bytesAtOnce: 1);

        Assert.Equal(3, names.Count);
        Assert.Equal(new RowProblem(4, "column-count", null, false), reader.Problems.Listed.Single(problem => !problem.Kept));
    }

    [Theory]
    [InlineData(1, "7", "identifier-type-unknown", "Type d'identifiant PP")]
    [InlineData(2, "1000000000X", "identifier-malformed", "Identifiant PP")]
    [InlineData(3, "810000000017", "national-id-differs", "Identification nationale PP")]
    [InlineData(8, " ", "name-missing", "Nom d'exercice")]
    [InlineData(10, "", "code-malformed", "Code profession")]
    [InlineData(16, "SM 54", "code-malformed", "Code savoir-faire")]
    [InlineData(24, "R10/../x", "code-malformed", "Identifiant technique de la structure")]
    [InlineData(9, "ZO\u0000E", "control-character", null)]
    public async Task Read_WrongValue_IsReportedByLineAndReasonAndTheRestIsRead(int column, string value, string reason, string? named)
    {
        var file = RppsRows.File56(RppsRows.Row("10000000009"), RppsRows.Row("10000000009", (column, value)), RppsRows.Row("10000000025"));

        var (names, reader) = await ReadAsync(file);

        Assert.Equal(2, names.Count);
        Assert.Equal(new RowProblem(3, reason, named, false), reader.Problems.Listed.Single(problem => !problem.Kept));
        Assert.Equal(3, reader.Rows);
    }

    [Fact]
    public async Task Read_FileCutInARow_ReportsTheLastLineAsTruncated()
    {
        var file = RppsRows.File56(RppsRows.Row("10000000009"), RppsRows.Row("10000000017"));

        var (names, reader) = await ReadAsync(file[..^60]);

        Assert.Single(names);
        Assert.Equal(new RowProblem(3, "truncated", null, false), reader.Problems.Listed.Single(problem => !problem.Kept));
        Assert.Equal(["810000000017"], reader.RefusedIds);
    }

    [Fact]
    public async Task Read_RowInLatin1_IsRefusedAlone()
    {
        var file = RppsRows.File56(RppsRows.Row("10000000009")).Concat(Encoding.Latin1.GetBytes(RppsRows.Row("10000000017") + "\n")).ToArray();

        var (names, reader) = await ReadAsync(file);

        Assert.Single(names);
        Assert.Equal("not-utf8", reader.Problems.Listed.Single(problem => !problem.Kept).Reason);
    }

    [Fact]
    public async Task Read_LineWithoutEnd_IsRefusedWithoutHoldingItInMemory()
    {
        var file = RppsRows.File56(RppsRows.Row("10000000009"), new string('x', 3_000_000), RppsRows.Row("10000000017"));

        var (names, reader) = await ReadAsync(file);

        Assert.Equal(2, names.Count);
        Assert.Equal(new RowProblem(3, "line-too-long", null, false), reader.Problems.Listed.Single(problem => !problem.Kept));
    }

    [Fact]
    public async Task Read_NumberWithoutItsKey_IsKeptWithAWarning()
    {
        var (names, reader) = await ReadAsync(RppsRows.File56(RppsRows.Row("10000000001")));

        Assert.Single(names);
        Assert.Equal(new RowProblem(2, "key-wrong", "Identifiant PP", true), Assert.Single(reader.Problems.Listed));
        Assert.Equal(0, reader.Problems.Wrong);
    }

    [Fact]
    public async Task Read_FileOfAnotherLayout_IsRefused()
    {
        using var other = new MemoryStream("nom;prenom\nX;Y\n"u8.ToArray());

        var opened = await RppsReader.OpenAsync(other, TestContext.Current.CancellationToken);

        Assert.Equal("directory-file-layout-unknown", opened.Refusal?.Code);
    }

    [Fact]
    public async Task Read_EmptyFile_IsRefused()
    {
        var opened = await RppsReader.OpenAsync(Stream.Null, TestContext.Current.CancellationToken);

        Assert.Equal("directory-file-empty", opened.Refusal?.Code);
    }

    [Fact]
    public async Task Report_AsCsv_NamesLinesAndNoValue()
    {
        var (_, reader) = await ReadAsync(RppsRows.File56(RppsRows.Row("10000000009", (8, ""))));
        await using var text = new StringWriter();

        await reader.Problems.WriteCsvAsync(text);

        Assert.Equal("line;reason;column;loaded\n2;name-missing;Nom d'exercice;no\n", text.ToString().ReplaceLineEndings("\n"));
    }

    private static async Task<(List<string> Names, RppsReader Reader)> ReadAsync(byte[] file, int bytesAtOnce = int.MaxValue)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var stream = new SlowStream(file, bytesAtOnce);
        var reader = (await RppsReader.OpenAsync(stream, cancel)).Value;
        var names = new List<string>();
        do
        {
            while (reader.TryNext(out var row))
            {
                names.Add(Encoding.UTF8.GetString(row[RppsColumn.Family]));
            }
        }
        while (await reader.FillAsync(cancel));
        return (names, reader);
    }

    /// <summary>Gives at most so many bytes at once, as a network does.</summary>
    private sealed class SlowStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, most)], cancellationToken);
    }
}
