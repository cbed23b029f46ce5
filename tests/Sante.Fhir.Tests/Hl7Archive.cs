using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Sante.Fhir.Tests;

/// <summary>Reads <c>Hl7/examples.br</c>, see its SOURCES.md.</summary>
internal static class Hl7Archive
{
    /// <summary>Name and bytes of each resource, one at a time.</summary>
    public static IEnumerable<(string Name, byte[] Utf8)> Resources()
    {
        using var brotli = new BrotliStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Hl7", "examples.br")), CompressionMode.Decompress);
        using var buffered = new BufferedStream(brotli, 1 << 16);
        while (Line(buffered) is { Length: > 0 } head)
        {
            var space = head.LastIndexOf(' ');
            var bytes = new byte[int.Parse(head.AsSpan(space + 1), CultureInfo.InvariantCulture)];
            buffered.ReadExactly(bytes);
            Assert.Equal('\n', buffered.ReadByte());
            yield return (head[..space], bytes);
        }
    }

    private static string Line(Stream stream)
    {
        var line = new StringBuilder();
        for (var unit = stream.ReadByte(); unit is not (-1 or '\n'); unit = stream.ReadByte())
        {
            line.Append((char)unit);
        }

        return line.ToString();
    }
}
