using System.Text.Json;

namespace Sante.Space;

/// <summary>
/// One resource type of the record: <paramref name="Category"/> is what a consent must name, <paramref name="Subject"/> the element that names
/// the citizen (null when none does), <paramref name="Interactions"/> the specification's words (read, vread, search, history, create, update)
/// and <c>transaction</c> where it may be created inside one; <paramref name="Parameters"/> the only search parameters offered, null for all of the engine's.
/// </summary>
public sealed record RecordType(string Type, Categories Category, string? Subject, IReadOnlySet<string> Interactions, IReadOnlyList<string>? Parameters)
{
    public bool Allows(string interaction) => Interactions.Contains(interaction);
}

/// <summary>The resource types that the record holds, as data: <c>record-types.json</c>.</summary>
public static class RecordTypes
{
    private static readonly Dictionary<string, RecordType> ByName = Load();

    public static IReadOnlyCollection<RecordType> All => ByName.Values;

    /// <summary>The type of that name, or null when the record does not hold it.</summary>
    public static RecordType? Find(string type) => ByName.GetValueOrDefault(type);

    private static Dictionary<string, RecordType> Load()
    {
        using var stream = typeof(RecordTypes).Assembly.GetManifestResourceStream("record-types.json")
            ?? throw new InvalidOperationException("record-types.json is not embedded.");
        var rows = JsonSerializer.Deserialize<List<Row>>(stream, JsonSerializerOptions.Web) ?? throw new InvalidOperationException("record-types.json is empty.");
        return rows.ToDictionary(
            row => row.Type,
            row => new RecordType(row.Type, Enum.Parse<Categories>(row.Category, ignoreCase: true), row.Subject, row.Interactions.ToHashSet(), row.Parameters));
    }

    private sealed record Row(string Type, string Category, string? Subject, IReadOnlyList<string> Interactions, IReadOnlyList<string>? Parameters);
}
