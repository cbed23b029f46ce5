using Npgsql;

namespace Sante.Foundations.Directories;

/// <summary>
/// Tables of the next edition, built beside the present ones in schema <c>directory_next</c> and put in their place at once.
/// Index definitions and read grants are taken from the present tables, so that a migration changes them in one place.
/// </summary>
internal sealed class NextTables(NpgsqlConnection connection, params string[] tables)
{
    /// <summary>Below PostgreSQL's deadlock_timeout (1 s): a swap that meets a busy reader steps back before the reader can suffer.</summary>
    private const int SwapLockMilliseconds = 500;
    private const int SwapAttempts = 240;

    /// <summary>Makes them empty, without indexes.</summary>
    public async Task CreateAsync(CancellationToken cancel)
    {
        foreach (var table in tables)
        {
            await ExecuteAsync($"DROP TABLE IF EXISTS directory_next.{table}; CREATE TABLE directory_next.{table} (LIKE directory.{table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)", cancel);
        }
    }

    /// <summary>Builds the indexes of the present tables on the next ones, gives the same roles the right to read, gathers statistics.</summary>
    public async Task IndexAsync(CancellationToken cancel)
    {
        foreach (var table in tables)
        {
            var statements = await ListAsync(
                $"""
                SELECT replace(indexdef, ' ON directory.', ' ON directory_next.') FROM pg_indexes WHERE schemaname = 'directory' AND tablename = '{table}'
                UNION ALL
                SELECT format('GRANT SELECT ON directory_next.{table} TO %s', acl.grantee::regrole)
                FROM pg_class AS present, aclexplode(present.relacl) AS acl
                WHERE present.oid = 'directory.{table}'::regclass AND acl.privilege_type = 'SELECT' AND acl.grantee <> present.relowner
                UNION ALL
                SELECT 'ANALYZE directory_next.{table}'
                """, cancel);
            foreach (var statement in statements)
            {
                await ExecuteAsync(statement, cancel);
            }
        }
    }

    /// <summary>
    /// Puts them in place in one short transaction together with <paramref name="alongside"/>. Waits for readers, never makes them wait more than
    /// half a second at a time.
    /// </summary>
    public async Task SwapAsync(Func<Task> alongside, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            try
            {
                await ExecuteAsync($"SET LOCAL lock_timeout = {SwapLockMilliseconds}", cancel);
                await ExecuteAsync($"LOCK TABLE {string.Join(", ", tables.Select(table => "directory." + table))} IN ACCESS EXCLUSIVE MODE", cancel);
                foreach (var table in tables)
                {
                    await ExecuteAsync($"DROP TABLE directory.{table}; ALTER TABLE directory_next.{table} SET SCHEMA directory", cancel);
                }

                await alongside();
                await transaction.CommitAsync(cancel);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable && attempt < SwapAttempts)
            {
                await transaction.RollbackAsync(cancel);
            }
        }
    }

    /// <summary>Removes what an unpublished load left.</summary>
    public async Task DropAsync(CancellationToken cancel)
    {
        foreach (var table in tables)
        {
            await ExecuteAsync($"DROP TABLE IF EXISTS directory_next.{table}", cancel);
        }
    }

    /// <summary>Rows touched by one statement; no time limit.</summary>
    public async Task<int> ExecuteAsync(string sql, CancellationToken cancel)
    {
#pragma warning disable CA2100 // the text is of this assembly and the catalogue, nothing of a file
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<List<string>> ListAsync(string sql, CancellationToken cancel)
    {
#pragma warning disable CA2100 // the text is of this assembly and the catalogue, nothing of a file
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var list = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            list.Add(reader.GetString(0));
        }

        return list;
    }
}
