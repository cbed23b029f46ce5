using System.Globalization;
using System.Text;

namespace Sante.DemoNation;

/// <summary>
/// Writes small PDF 1.7 documents (ISO 32000-1) of one or more A4 pages of text: Helvetica, one of the 14 standard fonts that every reader has, so
/// no font file is embedded and a page is 1 to 2 kB. Not PDF/A. See eng/adr/0070.
/// </summary>
internal static class Pdf
{
    private const int LinesPerPage = 44;
    private const int LineCharacters = 88;
    private static readonly Encoding WinAnsi = new WinAnsiEncoding();

    /// <summary>A titled text; lines are wrapped, an empty line is a gap, a line beginning with <c>#</c> is bold.</summary>
    public static byte[] Write(string title, IEnumerable<string> lines, DateTimeOffset at)
    {
        var wrapped = lines.SelectMany(Wrap).ToList();
        var pages = wrapped.Chunk(LinesPerPage).DefaultIfEmpty([]).Select((chunk, number) => Page(number == 0 ? title : null, chunk)).ToList();
        var pdf = new Body();
        // 1 catalogue, 2 pages, 3 and 4 fonts, 5 information, then page and content by twos.
        pdf.Add("<</Type/Catalog/Pages 2 0 R/Lang(fr-FR)/ViewerPreferences<</DisplayDocTitle true>>>>");
        var kids = string.Join(' ', pages.Select((_, number) => string.Create(CultureInfo.InvariantCulture, $"{6 + (2 * number)} 0 R")));
        pdf.Add(string.Create(CultureInfo.InvariantCulture, $"<</Type/Pages/Kids[{kids}]/Count {pages.Count}>>"));
        pdf.Add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
        pdf.Add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>");
        pdf.Add($"<</Title({Escape(title)})/Producer(Sant\\351, nation de d\\351monstration)/CreationDate(D:{at.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}Z)>>");
        foreach (var content in pages)
        {
            var next = pdf.Count + 2;
            pdf.Add(string.Create(CultureInfo.InvariantCulture,
                $"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>/Contents {next} 0 R>>"));
            pdf.Add(string.Create(CultureInfo.InvariantCulture, $"<</Length {WinAnsi.GetByteCount(content)}>>\nstream\n{content}\nendstream"));
        }

        return pdf.Close();
    }

    private static string Page(string? title, IEnumerable<string> lines)
    {
        var text = new StringBuilder("BT\n56 780 Td\n15 TL\n");
        if (title is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"/F2 15 Tf\n({Escape(title)})Tj\nT*\nT*\n");
        }

        foreach (var line in lines)
        {
            var isBold = line.StartsWith('#');
            text.Append(isBold ? "/F2 11 Tf\n" : "/F1 10 Tf\n").Append('(').Append(Escape(isBold ? line[1..].TrimStart() : line)).Append(")Tj\nT*\n");
        }

        return text.Append("ET").ToString();
    }

    /// <summary>Parentheses and backslash are escaped, letters beyond ASCII stay single bytes of WinAnsi.</summary>
    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("(", "\\(", StringComparison.Ordinal).Replace(")", "\\)", StringComparison.Ordinal);

    private static IEnumerable<string> Wrap(string line)
    {
        while (line.Length > LineCharacters)
        {
            var cut = line.LastIndexOf(' ', LineCharacters);
            cut = cut <= 0 ? LineCharacters : cut;
            yield return line[..cut];
            line = line[cut..].TrimStart();
        }

        yield return line;
    }

    /// <summary>Objects one after the other, numbered from 1, and the table of their places at the end (ISO 32000-1 §7.5).</summary>
    private sealed class Body
    {
        private readonly List<byte> bytes = [];
        private readonly List<long> places = [];

        public Body() => Write("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n");

        public int Count => places.Count;

        public void Add(string content)
        {
            places.Add(bytes.Count);
            Write(string.Create(CultureInfo.InvariantCulture, $"{places.Count} 0 obj\n{content}\nendobj\n"));
        }

        public byte[] Close()
        {
            var table = bytes.Count;
            Write(string.Create(CultureInfo.InvariantCulture, $"xref\n0 {Count + 1}\n0000000000 65535 f \n"));
            foreach (var place in places)
            {
                Write(string.Create(CultureInfo.InvariantCulture, $"{place:0000000000} 00000 n \n"));
            }

            Write(string.Create(CultureInfo.InvariantCulture, $"trailer\n<</Size {Count + 1}/Root 1 0 R/Info 5 0 R>>\nstartxref\n{table}\n%%EOF\n"));
            return [.. bytes];
        }

        private void Write(string text) => bytes.AddRange(WinAnsi.GetBytes(text));
    }

    /// <summary>WinAnsi (ISO 32000-1 annex D): Latin-1 and the few French signs that it adds; anything else becomes a question mark.</summary>
    private sealed class WinAnsiEncoding : Encoding
    {
        private static readonly Dictionary<char, byte> Added = new() { ['€'] = 0x80, ['…'] = 0x85, ['Œ'] = 0x8C, ['’'] = 0x92, ['–'] = 0x96, ['—'] = 0x97, ['œ'] = 0x9C };

        public override int GetByteCount(char[] chars, int index, int count) => count;

        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex)
        {
            for (var i = 0; i < charCount; i++)
            {
                var c = chars[charIndex + i];
                bytes[byteIndex + i] = c <= 0xFF ? (byte)c : Added.GetValueOrDefault(c, (byte)'?');
            }

            return charCount;
        }

        public override int GetCharCount(byte[] bytes, int index, int count) => Latin1.GetCharCount(bytes, index, count);

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) => Latin1.GetChars(bytes, byteIndex, byteCount, chars, charIndex);

        public override int GetMaxByteCount(int charCount) => charCount;

        public override int GetMaxCharCount(int byteCount) => byteCount;
    }
}
