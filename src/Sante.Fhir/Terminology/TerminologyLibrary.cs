using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.Terminology;

/// <summary>
/// The compiled code systems and value sets (<c>Data/terminology.bin</c>: one short JSON resource per line, Brotli-compressed). Opened on first use;
/// each resource is read when it is first asked for. Thread-safe.
/// </summary>
internal sealed class TerminologyLibrary
{
    private const string File = "Sante.Fhir.Data.terminology.bin";
    private static readonly Lazy<TerminologyLibrary> Loaded = new(Load);

    private readonly FrozenDictionary<string, ReadOnlyMemory<byte>> systemLines;
    private readonly FrozenDictionary<string, ReadOnlyMemory<byte>> setLines;
    private readonly ConcurrentDictionary<string, CodeSystem> systems = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ValueSet> sets = new(StringComparer.Ordinal);

    private TerminologyLibrary(byte[] lines)
    {
        var (foundSystems, foundSets) = (new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal), new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal));
        for (var from = 0; from < lines.Length;)
        {
            var end = Array.IndexOf(lines, (byte)'\n', from);
            var line = lines.AsMemory(from, end - from);
            // s or v, canonical, space, resource: the head tells what the line is without reading it.
            var bar = line.Span.IndexOf((byte)' ');
            var url = Encoding.UTF8.GetString(line.Span[1..bar]);
            (line.Span[0] == 's' ? foundSystems : foundSets)[url] = line[(bar + 1)..];
            from = end + 1;
        }

        systemLines = foundSystems.ToFrozenDictionary(StringComparer.Ordinal);
        setLines = foundSets.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public static TerminologyLibrary Current => Loaded.Value;

    public IEnumerable<string> SystemUrls => systemLines.Keys;

    public IEnumerable<string> ValueSetUrls => setLines.Keys;

    public CodeSystem? System(string url) =>
        systems.TryGetValue(url, out var known) ? known
        : systemLines.TryGetValue(url, out var line) ? systems.GetOrAdd(url, TerminologyReader.CodeSystem(Parse(line))) : null;

    public ValueSet? Set(string url) =>
        sets.TryGetValue(url, out var known) ? known
        : setLines.TryGetValue(url, out var line) ? sets.GetOrAdd(url, TerminologyReader.ValueSet(Parse(line))) : null;

    private static TerminologyLibrary Load()
    {
        using var stream = typeof(R4).Assembly.GetManifestResourceStream(File) ?? throw new InvalidDataException($"Embedded resource {File} is missing: run eng/Definitions.");
        using var brotli = new BrotliStream(stream, CompressionMode.Decompress);
        using var raw = new MemoryStream();
        brotli.CopyTo(raw);
        return new TerminologyLibrary(raw.ToArray());
    }

    private static FhirNode Parse(ReadOnlyMemory<byte> line) =>
        new(JsonScanner.Read(line, FhirLimits.Default, out _, out _) ?? throw new InvalidDataException("A line of the compiled terminology is no JSON."), 0);
}
