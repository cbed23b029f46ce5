using System.Text;
using Npgsql;
using Sante.Foundations.Files;
using Sante.Kernel;

namespace Sante.Foundations.Directories;

/// <summary>What is remembered of a published load.</summary>
internal sealed record Edition(string Source, string FileName, long Rows, RowProblems Problems);

/// <summary>
/// One load at a time: holds the advisory lock and the connection of a load, builds the next tables from the staging tables and publishes them.
/// Disposed without publishing, it leaves the directory as it was.
/// </summary>
internal sealed class DirectoryLoad : IAsyncDisposable
{
    /// <summary>Any number that nothing else in this database locks on.</summary>
    private const long LockNumber = 7_261_115_997_116_105;

    /// <summary>A daily file that loses more than one active entry in ten is taken for a damaged one.</summary>
    private const double SmallestShare = 0.9;

    private readonly NpgsqlConnection connection;

    private DirectoryLoad(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>Null when another load is running.</summary>
    public static async Task<DirectoryLoad?> BeginAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        var load = new DirectoryLoad(await database.OpenConnectionAsync(cancel));
        var mine = false;
        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", load.connection) { Parameters = { new() { Value = LockNumber } } };
            mine = await command.ExecuteScalarAsync(cancel) is true;
            if (mine)
            {
                // Sorts and hashes of millions of rows; a crash during a load costs only the load.
                await load.ExecuteAsync("SET work_mem = '128MB'; SET maintenance_work_mem = '256MB'; SET synchronous_commit = off", cancel);
            }
        }
        finally
        {
            if (!mine)
            {
                await load.connection.DisposeAsync();
            }
        }

        return mine ? load : null;
    }

    public Task<int> ExecuteAsync(string sql, CancellationToken cancel) => new NextTables(connection).ExecuteAsync(sql, cancel);

    /// <summary>Copies one column of texts.</summary>
    public async Task CopyTextsAsync(string table, IEnumerable<string> texts, CancellationToken cancel)
    {
        await using var rows = await CopyRows.OpenAsync(connection, table, cancel);
        foreach (var text in texts)
        {
            rows.Begin(1);
            rows.Text(Encoding.UTF8.GetBytes(text));
            await rows.FlushIfFullAsync(cancel);
        }

        await rows.CompleteAsync(cancel);
    }

    /// <summary>
    /// Runs <paramref name="buildSql"/> into the next tables, indexes them and puts them in place. Refusal <c>directory-load-shrinks</c>
    /// when <paramref name="guarded"/> ("table WHERE condition") would lose too many rows. Returns the rows of each table.
    /// </summary>
    /// <param name="alongside">Statement of the publishing transaction itself, or null: what the platform must learn together with this edition.</param>
    public async Task<Outcome<IReadOnlyDictionary<string, long>>> PublishAsync(
        Edition edition, TermSet terms, string buildSql, string? guarded, string? alongside, CancellationToken cancel, params string[] tables)
    {
        var next = new NextTables(connection, tables);
        await next.CreateAsync(cancel);
        await using (var building = await connection.BeginTransactionAsync(cancel))
        {
            await next.ExecuteAsync(buildSql, cancel);
            await building.CommitAsync(cancel);
        }

        if (guarded is not null)
        {
            var before = await CountAsync("directory." + guarded, cancel);
            var after = await CountAsync("directory_next." + guarded, cancel);
            if (after < before * SmallestShare)
            {
                await next.DropAsync(cancel);
                await DropStagingAsync(cancel);
                return DirectoryRefusals.LoadShrinks(before, after);
            }
        }

        await next.IndexAsync(cancel);
        await next.SwapAsync(async () =>
        {
            await RecordAsync(edition, terms, cancel);
            if (alongside is not null)
            {
                await next.ExecuteAsync(alongside, cancel);
            }
        }, cancel);
        await DropStagingAsync(cancel);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            counts[table] = await CountAsync("directory." + table, cancel);
        }

        return counts;
    }

    public async ValueTask DisposeAsync()
    {
        await using (connection)
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await ExecuteAsync($"SELECT pg_advisory_unlock({LockNumber}); RESET ALL", CancellationToken.None);
            }
        }
    }

    private async Task RecordAsync(Edition edition, TermSet terms, CancellationToken cancel)
    {
        await TermSet.Builtin().SaveAsync(connection, cancel);
        await terms.SaveAsync(connection, cancel);
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO directory.edition (source, file_name, rows_read, rows_wrong, warnings, published_at) VALUES ($1, $2, $3, $4, $5, transaction_timestamp())
            """, connection)
        {
            Parameters =
            {
                new() { Value = edition.Source }, new() { Value = edition.FileName }, new() { Value = edition.Rows },
                new() { Value = edition.Problems.Wrong }, new() { Value = edition.Problems.Warnings },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private Task<int> DropStagingAsync(CancellationToken cancel) => ExecuteAsync(
        """
        DROP TABLE IF EXISTS directory_next.read_practitioner, directory_next.read_activity, directory_next.read_more, directory_next.read_structure,
            directory_next.read_refused, directory_next.read_inactive, directory_next.read_finess, directory_next.read_place
        """, cancel);

    private async Task<long> CountAsync(string from, CancellationToken cancel)
    {
#pragma warning disable CA2100 // the text is of this assembly and the catalogue, nothing of a file
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {from}", connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
