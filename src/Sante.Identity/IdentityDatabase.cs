using Npgsql;

namespace Sante.Identity;

/// <summary>The few shapes of command that the stores need. Parameters are positional (<c>$1</c>…); a null one is SQL NULL.</summary>
internal static class IdentityDatabase
{
    // The texts are constants of the stores, never input.
#pragma warning disable CA2100
    public static async Task<int> ExecuteAsync(this NpgsqlDataSource source, string sql, CancellationToken cancel, params object?[] values)
    {
        await using var command = source.CreateCommand(sql);
        Bind(command, values);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<T?> ReadOneAsync<T>(
        this NpgsqlDataSource source, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object?[] values)
        where T : class
    {
        await using var command = source.CreateCommand(sql);
        Bind(command, values);
        return await OneAsync(command, read, cancel);
    }

    public static async Task<IReadOnlyList<T>> ReadAllAsync<T>(
        this NpgsqlDataSource source, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object?[] values)
    {
        await using var command = source.CreateCommand(sql);
        Bind(command, values);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(read(reader));
        }
        return rows;
    }

    public static async Task<int> ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancel, params object?[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        Bind(command, values);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<T?> ReadOneAsync<T>(
        this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object?[] values)
        where T : class
    {
        await using var command = new NpgsqlCommand(sql, connection);
        Bind(command, values);
        return await OneAsync(command, read, cancel);
    }
#pragma warning restore CA2100

    public static string? TextOrNull(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static DateTimeOffset Instant(this NpgsqlDataReader reader, int column) => reader.GetFieldValue<DateTimeOffset>(column);

    private static async Task<T?> OneAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
        where T : class
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? read(reader) : null;
    }

    private static void Bind(NpgsqlCommand command, object?[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }
    }
}
