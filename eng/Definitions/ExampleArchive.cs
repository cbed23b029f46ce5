using System.IO.Compression;
using System.Text;

namespace Sante.Definitions;

/// <summary>
/// All resources of the package as one file for the tests: per resource a line with name and length, then its bytes and a line feed; Brotli. Files over 16 MiB,
/// the limit of one body, are left out.
/// </summary>
internal static class ExampleArchive
{
    private const int MaxBytes = 16 * 1024 * 1024;

    public static void Write(string package, string output)
    {
        using var all = new MemoryStream();
        foreach (var file in Directory.EnumerateFiles(package, "*.json").Order(StringComparer.Ordinal).Where(file => Path.GetFileName(file) is not ("package.json" or "ig-r4.json")))
        {
            var bytes = File.ReadAllBytes(file);
            if (bytes.Length <= MaxBytes)
            {
                all.Write(Encoding.UTF8.GetBytes($"{Path.GetFileName(file)} {bytes.Length}\n"));
                all.Write(bytes);
                all.WriteByte((byte)'\n');
            }
        }

        var packed = new byte[all.Length];
        if (!BrotliEncoder.TryCompress(all.GetBuffer().AsSpan(0, (int)all.Length), packed, out var written, quality: 11, window: 24))
        {
            throw new InvalidDataException("The examples do not get smaller.");
        }

        File.WriteAllBytes(output, packed.AsSpan(0, written).ToArray());
    }
}
