using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Sante.Foundations.Directories;

/// <summary>Codes and labels met in a file or given by our data file: (table, code) → label. Not thread-safe.</summary>
internal sealed class TermSet
{
    private readonly Dictionary<string, string> labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> lookup;

    public TermSet() => lookup = labels.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Our own data file: the terms known before any load.</summary>
    public static TermSet Builtin()
    {
        var terms = new TermSet();
        foreach (var fields in Resources.Csv("Terms.terms.csv"))
        {
            terms.labels[$"{fields[0]}|{fields[1]}"] = fields[2];
        }

        return terms;
    }

    /// <summary>Remembers a term the first time it is met; nothing without a code or a label. Codes are ASCII (checked before).</summary>
    public void Add(ReadOnlySpan<byte> table, ReadOnlySpan<byte> code, ReadOnlySpan<byte> label)
    {
        if (code.IsEmpty || label.IsEmpty)
        {
            return;
        }

        Span<char> key = stackalloc char[96];
        var length = Encoding.ASCII.GetChars(table, key);
        key[length++] = '|';
        length += Encoding.ASCII.GetChars(code, key[length..]);
        if (!lookup.ContainsKey(key[..length]))
        {
            labels[key[..length].ToString()] = Encoding.UTF8.GetString(label);
        }
    }

    /// <summary>Writes the terms that the database does not have yet; a profession known under another table keeps its table.</summary>
    public async Task SaveAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var keys = labels.Keys.Select(key => key.Split('|')).ToList();
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO directory.term (term_table, code, label)
            SELECT * FROM unnest($1, $2, $3) AS new(term_table, code, label)
            WHERE NOT (new.term_table = 'G15' AND EXISTS (SELECT FROM directory.term AS other WHERE other.term_table = 'UT' AND other.code = new.code))
            ON CONFLICT DO NOTHING
            """, connection)
        {
            Parameters =
            {
                new() { Value = keys.Select(key => key[0]).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = keys.Select(key => key[1]).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = labels.Values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
