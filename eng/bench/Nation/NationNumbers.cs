using Npgsql;

namespace Sante.Bench.Nation;

/// <summary>What a database says of itself: numbers without gaps, versions that never go back, sizes.</summary>
internal static class NationNumbers
{
    /// <summary>Lines that stand on an older access version than a line before them in the same space.</summary>
    public const string StaleLines = """
        SELECT count(*) FROM (SELECT access_version, max(access_version) OVER (PARTITION BY space_id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                              FROM ledger.trace) t
        WHERE access_version < before
        """;

    /// <summary>Spaces in which the number of a line is missing or double.</summary>
    public const string WrongNumbers = """
        SELECT count(*) FROM ledger.space s
        LEFT JOIN (SELECT space_id, count(*) AS n, count(DISTINCT seq) AS d, max(seq) AS high FROM ledger.trace GROUP BY space_id) t USING (space_id)
        WHERE s.trace_seq <> coalesce(t.n, 0) OR t.d <> t.n OR t.high <> t.n
        """;

    private const string Sizes = """
        SELECT coalesce(parent.relname, c.relname), sum(c.reltuples)::bigint, sum(pg_total_relation_size(c.oid))::float8 / 1048576
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN LATERAL (SELECT p.relname FROM pg_partition_ancestors(c.oid) a JOIN pg_class p ON p.oid = a.relid ORDER BY length(p.relname) LIMIT 1) parent ON true
        WHERE n.nspname = 'ledger' AND c.relkind = 'r' AND c.reltuples > 0
        GROUP BY 1 ORDER BY 3 DESC
        """;

    /// <summary>One text.</summary>
    public static async Task<string> TextAsync(NpgsqlDataSource database, string query)
    {
        await using var command = database.CreateCommand(query);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Tables with their rows (as last analysed) and MiB, indexes included; partitions summed.</summary>
    public static async IAsyncEnumerable<(string Table, long Rows, double Mebibytes)> SizesAsync(NpgsqlDataSource main)
    {
        await using var command = main.CreateCommand(Sizes);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            yield return (reader.GetString(0), reader.GetInt64(1), reader.GetDouble(2));
    }
}
