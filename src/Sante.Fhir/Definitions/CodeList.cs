namespace Sante.Fhir.Definitions;

/// <summary>Codes of one system. <see cref="Systems"/> has every URI under which the system is known (OID and URL).</summary>
internal sealed class CodeList
{
    public required List<string> Systems { get; init; }
    public required List<string> Codes { get; init; }
    private HashSet<string>.AlternateLookup<ReadOnlySpan<char>>? lookup;

    public bool Contains(ReadOnlySpan<char> code)
    {
        // Two threads may both build it; either result is the same set.
        lookup ??= new HashSet<string>(Codes, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        return lookup.Value.Contains(code);
    }
}
