using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Sante.Foundations.Files;
using Sante.Kernel;

namespace Sante.Foundations.FinessDirectory;

/// <summary>
/// Streams a FINESS etalab file: <c>structureet</c> rows (32 fields), then <c>geolocalisation</c> rows (6 fields). A line that is not UTF-8 is read
/// as ISO-8859-1 (older files). Reasons that refuse a row: <c>line-too-long</c>, <c>control-character</c>, <c>column-count</c>, <c>truncated</c>,
/// <c>record-kind-unknown</c>, <c>identifier-malformed</c>, <c>identifier-twice</c>, <c>name-missing</c>, <c>code-malformed</c>, <c>coordinates-malformed</c>, <c>projection-unknown</c>.
/// Warnings: <c>key-wrong</c> (Luhn), <c>date-malformed</c>, <c>structure-unknown</c> (a place for a structure not in the file).
/// </summary>
public sealed class FinessReader
{
    private const byte Separator = (byte)';';
    private const int StructureFields = 32;
    private const int PlaceFields = 6;

    private readonly ByteLines lines;
    private readonly FieldCuts cuts = new();
    private readonly HashSet<UInt128> known = [];
    private readonly List<string> refusedIds = [];
    private byte[] transcoded = new byte[4096];

    private FinessReader(ByteLines lines) => this.lines = lines;

    /// <summary>What the next row is.</summary>
    public enum RowKind
    {
        /// <summary>More bytes are needed.</summary>
        None,
        /// <summary>A structure.</summary>
        Structure,
        /// <summary>The place of a structure.</summary>
        Place,
    }

    /// <summary>Rows refused and warnings so far.</summary>
    public RowProblems Problems { get; } = new();

    /// <summary>FINESS numbers readable in refused rows.</summary>
    public IReadOnlyList<string> RefusedIds => refusedIds;

    /// <summary>Rows of data read so far, the wrong ones included.</summary>
    public long Rows { get; private set; }

    /// <summary>Good structures so far.</summary>
    public long Structures => known.Count;

    /// <summary>Bytes read so far.</summary>
    public long BytesRead => lines.BytesRead;

    /// <summary>Reads the first line, <c>finess;etalab;number;date</c>. Refusals <c>directory-file-empty</c>, <c>directory-file-layout-unknown</c>.</summary>
    public static async Task<Outcome<FinessReader>> OpenAsync(Stream file, CancellationToken cancel = default)
    {
        var lines = new ByteLines(file);
        do
        {
            if (lines.TryNext(out var header, out _))
            {
                return header.StartsWith("finess;etalab;"u8)
                    ? new FinessReader(lines)
                    : DirectoryRefusals.LayoutUnknown("etalab-cs1100502 (FINESS)");
            }
        }
        while (await lines.FillAsync(cancel));
        return DirectoryRefusals.FileEmpty();
    }

    /// <summary>The next good row in the buffer.</summary>
    public RowKind TryNext(out FinessRow row, out FinessPlace place)
    {
        row = default;
        place = default;
        while (lines.TryNext(out var line, out var kind))
        {
            if (line.IsEmpty && kind != LineKind.TooLong)
            {
                continue;
            }

            Rows++;
            line = Utf8Of(line);
            if (kind == LineKind.TooLong || line.IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0)
            {
                Refuse(kind == LineKind.TooLong ? "line-too-long" : "control-character", null, line);
                continue;
            }

            var fields = cuts.Cut(line, Separator);
            var record = cuts.Field(line, 0);
            if (record.SequenceEqual("structureet"u8) && IsGoodStructure(line, fields, kind))
            {
                row = new FinessRow(line, cuts);
                return RowKind.Structure;
            }

            if (record.SequenceEqual("geolocalisation"u8) && IsGoodPlace(line, fields, kind, out place))
            {
                return RowKind.Place;
            }

            if (!record.SequenceEqual("structureet"u8) && !record.SequenceEqual("geolocalisation"u8))
            {
                Refuse(kind == LineKind.Unterminated ? "truncated" : "record-kind-unknown", null, line);
            }
        }

        return RowKind.None;
    }

    /// <summary>Takes more of the file; false at its end.</summary>
    public ValueTask<bool> FillAsync(CancellationToken cancel = default) => lines.FillAsync(cancel);

    private bool IsGoodStructure(ReadOnlySpan<byte> line, int fields, LineKind kind)
    {
        if (fields != StructureFields)
        {
            return Refuse(kind == LineKind.Unterminated ? "truncated" : "column-count", null, line);
        }

        var row = new FinessRow(line, cuts);
        var finess = row[FinessField.Finess];
        if (!IsFiness(finess) || (!row[FinessField.Entity].IsEmpty && !IsFiness(row[FinessField.Entity])))
        {
            return Refuse("identifier-malformed", "nofinesset, nofinessej", line);
        }

        if (row[FinessField.Name].IsEmpty)
        {
            return Refuse("name-missing", "rs", line);
        }

        if (row[FinessField.Category].Length > 8 || row[FinessField.Siret].Length > 14 || row[FinessField.Department].Length > 3)
        {
            return Refuse("code-malformed", "categetab, siret, departement", line);
        }

        if (!known.Add(Key(finess)))
        {
            return Refuse("identifier-twice", "nofinesset", default);
        }

        if (!finess.ContainsAnyExceptInRange((byte)'0', (byte)'9') && !LuhnKey.Holds(finess))
        {
            Problems.Add(lines.LineNumber, "key-wrong", "nofinesset", kept: true);
        }

        if (!row[FinessField.OpenedOn].IsEmpty && DateOf(row[FinessField.OpenedOn]) is null)
        {
            Problems.Add(lines.LineNumber, "date-malformed", "dateouv", kept: true);
        }

        return true;
    }

    private bool IsGoodPlace(ReadOnlySpan<byte> line, int fields, LineKind kind, out FinessPlace place)
    {
        place = default;
        if (fields != PlaceFields)
        {
            return Refuse(kind == LineKind.Unterminated ? "truncated" : "column-count", null, default);
        }

        var finess = cuts.Field(line, 1);
        if (!IsFiness(finess))
        {
            return Refuse("identifier-malformed", "nofinesset", default);
        }

        if (cuts.Field(line, 2).IsEmpty && cuts.Field(line, 3).IsEmpty)
        {
            return false;
        }

        if (!TryMetres(cuts.Field(line, 2), out var x) || !TryMetres(cuts.Field(line, 3), out var y))
        {
            return Refuse("coordinates-malformed", "coordxet, coordyet", default);
        }

        if (!Projection.TryToWgs84(x, y, cuts.Field(line, 4), out var latitude, out var longitude))
        {
            return Refuse("projection-unknown", "sourcecoordet", default);
        }

        if (!(Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180))
        {
            return Refuse("coordinates-malformed", "coordxet, coordyet", default);
        }

        if (!known.Contains(Key(finess)))
        {
            Problems.Add(lines.LineNumber, "structure-unknown", "nofinesset", kept: true);
        }

        place = new FinessPlace { Finess = finess, Latitude = latitude, Longitude = longitude };
        return true;
    }

    /// <summary>A civil date YYYY-MM-DD, or null.</summary>
    internal static DateOnly? DateOf(ReadOnlySpan<byte> text)
    {
        return text.Length == 10 && text[4] == '-' && text[7] == '-'
            && Utf8Parser.TryParse(text[..4], out int year, out var a) && a == 4 && Utf8Parser.TryParse(text[5..7], out int month, out var b) && b == 2
            && Utf8Parser.TryParse(text[8..], out int day, out var c) && c == 2
            && year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;
    }

    private static bool TryMetres(ReadOnlySpan<byte> text, out double metres) =>
        Utf8Parser.TryParse(text, out metres, out var read) && read == text.Length && Math.Abs(metres) < 2e7;

    private static bool IsFiness(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)b))
            {
                return false;
            }
        }

        return text.Length == 9;
    }

    private static UInt128 Key(ReadOnlySpan<byte> finess)
    {
        Span<byte> sixteen = stackalloc byte[16];
        sixteen.Clear();
        finess.CopyTo(sixteen);
        return BinaryPrimitives.ReadUInt128BigEndian(sixteen);
    }

    /// <summary>The line itself when it is UTF-8, else its ISO-8859-1 reading in UTF-8.</summary>
    private ReadOnlySpan<byte> Utf8Of(ReadOnlySpan<byte> line)
    {
        if (Ascii.IsValid(line) || Utf8.IsValid(line))
        {
            return line;
        }

        if (transcoded.Length < line.Length * 2)
        {
            transcoded = new byte[line.Length * 2];
        }

        var length = 0;
        foreach (var b in line)
        {
            if (b >= 0x80)
            {
                transcoded[length++] = (byte)(0xC0 | b >> 6);
                transcoded[length++] = (byte)(0x80 | (b & 0x3F));
            }
            else
            {
                transcoded[length++] = b;
            }
        }

        return transcoded.AsSpan(0, length);
    }

    private bool Refuse(string reason, string? column, ReadOnlySpan<byte> line)
    {
        Problems.Add(lines.LineNumber, reason, column, kept: false);
        if (!line.IsEmpty && cuts.Cut(line, Separator) > 1 && IsFiness(cuts.Field(line, 1)))
        {
            refusedIds.Add("F" + Encoding.ASCII.GetString(cuts.Field(line, 1)));
        }

        return false;
    }
}
