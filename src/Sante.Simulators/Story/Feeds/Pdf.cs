using System.Globalization;
using System.Text;

namespace Sante.Simulators.Story;

/// <summary>A real, small PDF of one page of text (ISO 32000-1), as a hospital's software would print.</summary>
public static class Pdf
{
    // WinAnsiEncoding covers French; Latin-1 is the part of it that is needed.
    private static readonly Encoding Latin1 = Encoding.Latin1;

    /// <param name="lines">The first is the title.</param>
    public static byte[] Page(params string[] lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var text = new StringBuilder("BT /F1 18 Tf 60 780 Td 20 TL ");
        for (var i = 0; i < lines.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"({Escape(lines[i])}) Tj T* {(i == 0 ? "/F1 12 Tf T* " : "")}");
        }

        text.Append("ET");
        string[] objects =
        [
            "<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
            $"<< /Length {text.Length.ToString(CultureInfo.InvariantCulture)} >>\nstream\n{text}\nendstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ];
        return Assemble(objects);
    }

    private static byte[] Assemble(string[] objects)
    {
        var pdf = new StringBuilder("%PDF-1.4\n");
        var places = new List<int>();
        for (var i = 0; i < objects.Length; i++)
        {
            places.Add(pdf.Length);
            pdf.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }

        var table = pdf.Length;
        pdf.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        places.ForEach(place => pdf.Append(CultureInfo.InvariantCulture, $"{place:0000000000} 00000 n \n"));
        pdf.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {objects.Length + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Latin1.GetBytes(pdf.ToString());
    }

    private static string Escape(string line) => line
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("(", "\\(", StringComparison.Ordinal).Replace(")", "\\)", StringComparison.Ordinal)
        .Replace('’', '\'').Replace('—', '-');
}
