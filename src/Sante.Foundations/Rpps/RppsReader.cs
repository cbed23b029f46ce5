using System.Text;
using System.Text.Unicode;
using Sante.Foundations.Files;
using Sante.Kernel;

namespace Sante.Foundations.RppsDirectory;

/// <summary>
/// Streams a "Personne_activite" file: good rows one by one, wrong ones into <see cref="Problems"/> by line number and reason, without stopping.
/// Reasons that refuse a row: <c>line-too-long</c>, <c>not-utf8</c>, <c>control-character</c>, <c>column-count</c>, <c>truncated</c>,
/// <c>identifier-type-unknown</c>, <c>identifier-malformed</c>, <c>national-id-differs</c>, <c>name-missing</c>, <c>code-malformed</c>.
/// Warnings: <c>key-wrong</c> (Luhn; most fictional examples fail it).
/// </summary>
public sealed class RppsReader
{
    private const byte Separator = (byte)'|';
    private static readonly Encoding Latin1 = Encoding.Latin1;

    private readonly ByteLines lines;
    private readonly FieldCuts cuts = new();
    private readonly RppsLayout layout;
    private readonly List<string> refusedIds = [];

    private RppsReader(ByteLines lines, RppsLayout layout) => (this.lines, this.layout) = (lines, layout);

    /// <summary>Rows refused and warnings so far.</summary>
    public RowProblems Problems { get; } = new();

    /// <summary>National identifiers readable in refused rows: what was known of them must not change because a row is wrong.</summary>
    public IReadOnlyList<string> RefusedIds => refusedIds;

    /// <summary>Rows of data read so far, the wrong ones included.</summary>
    public long Rows { get; private set; }

    /// <summary>Line number of the row last given.</summary>
    public long LineNumber => lines.LineNumber;

    /// <summary>Bytes read so far.</summary>
    public long BytesRead => lines.BytesRead;

    /// <summary>Reads the header. Refusals <c>directory-file-empty</c>, <c>directory-file-layout-unknown</c>.</summary>
    public static async Task<Outcome<RppsReader>> OpenAsync(Stream file, CancellationToken cancel = default)
    {
        var lines = new ByteLines(file);
        do
        {
            if (lines.TryNext(out var header, out _))
            {
                return RppsLayout.FromHeader(header).Then<RppsReader>(layout => new RppsReader(lines, layout));
            }
        }
        while (await lines.FillAsync(cancel));
        return DirectoryRefusals.FileEmpty();
    }

    /// <summary>The next good row in the buffer; false when <see cref="FillAsync"/> is due.</summary>
    public bool TryNext(out RppsRow row)
    {
        while (lines.TryNext(out var line, out var kind))
        {
            if (line.IsEmpty && kind != LineKind.TooLong)
            {
                continue;
            }

            Rows++;
            if (IsGood(line, kind))
            {
                row = new RppsRow(line, cuts, layout);
                return true;
            }
        }

        row = default;
        return false;
    }

    /// <summary>Takes more of the file; false at its end.</summary>
    public ValueTask<bool> FillAsync(CancellationToken cancel = default) => lines.FillAsync(cancel);

    private bool IsGood(ReadOnlySpan<byte> line, LineKind kind)
    {
        if (kind == LineKind.TooLong)
        {
            return Refuse("line-too-long", null, default);
        }

        if (cuts.Cut(line, Separator) != layout.Fields)
        {
            return Refuse(kind == LineKind.Unterminated ? "truncated" : "column-count", null, line);
        }

        if (!Ascii.IsValid(line) && !Utf8.IsValid(line))
        {
            return Refuse("not-utf8", null, line);
        }

        if (line.IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0)
        {
            return Refuse("control-character", null, line);
        }

        return IsGoodPerson(new RppsRow(line, cuts, layout), line);
    }

    private bool IsGoodPerson(in RppsRow row, ReadOnlySpan<byte> line)
    {
        var type = row[RppsColumn.IdType];
        var id = row[RppsColumn.Id];
        var national = row[RppsColumn.NationalId];
        if (type is not [(byte)'0' or (byte)'8'])
        {
            return Refuse("identifier-type-unknown", RppsColumn.IdType, line);
        }

        var rpps = type[0] == '8';
        if (rpps ? id.Length != 11 || id.ContainsAnyExceptInRange((byte)'0', (byte)'9') : !IsPlain(id, 9))
        {
            return Refuse("identifier-malformed", RppsColumn.Id, line);
        }

        if (national.Length != id.Length + 1 || national[0] != type[0] || !national[1..].SequenceEqual(id))
        {
            return Refuse("national-id-differs", RppsColumn.NationalId, line);
        }

        if (row[RppsColumn.Family].Trim((byte)' ').IsEmpty)
        {
            return Refuse("name-missing", RppsColumn.Family, line);
        }

        if (rpps && !LuhnKey.Holds(id))
        {
            Problems.Add(lines.LineNumber, "key-wrong", RppsLayout.NameOf(RppsColumn.Id), kept: true);
        }

        return HasGoodCodes(row, line);
    }

    private bool HasGoodCodes(in RppsRow row, ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<RppsColumn> codes =
        [
            RppsColumn.Profession, RppsColumn.Category, RppsColumn.SkillType, RppsColumn.Skill, RppsColumn.Mode, RppsColumn.FinessSite,
            RppsColumn.StructureId, RppsColumn.Siret, RppsColumn.Sector, RppsColumn.PharmacistSection, RppsColumn.Function, RppsColumn.Genre,
        ];
        foreach (var column in codes)
        {
            var code = row[column];
            if (!(code.IsEmpty ? column != RppsColumn.Profession : IsPlain(code, column == RppsColumn.StructureId ? 63 : 20)))
            {
                return Refuse("code-malformed", column, line);
            }
        }

        return true;
    }

    /// <summary>Letters, digits, hyphen and dot: what may also be a FHIR id.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> code, int longest)
    {
        if (code.IsEmpty || code.Length > longest)
        {
            return false;
        }

        foreach (var b in code)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'-' or (byte)'.'))
            {
                return false;
            }
        }

        return true;
    }

    private bool Refuse(string reason, RppsColumn? column, ReadOnlySpan<byte> line)
    {
        Problems.Add(lines.LineNumber, reason, column is { } known ? RppsLayout.NameOf(known) : null, kept: false);
        var national = ThirdField(line);
        if (national.Length is > 1 and <= 12 && IsPlain(national, 12))
        {
            refusedIds.Add(Latin1.GetString(national));
        }

        return false;
    }

    /// <summary>The national identifier of a row that may be cut anywhere: third of the fields in every layout so far.</summary>
    private ReadOnlySpan<byte> ThirdField(ReadOnlySpan<byte> line)
    {
        var count = cuts.Cut(line, Separator);
        var position = layout[RppsColumn.NationalId];
        return position < count - 1 ? cuts.Field(line, position) : default;
    }
}
