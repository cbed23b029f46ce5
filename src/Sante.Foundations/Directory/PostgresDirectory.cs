using Npgsql;
using Sante.Foundations.Files;
using Sante.Kernel;

namespace Sante.Foundations.Directories;

/// <summary>The directories in the main database.</summary>
/// <param name="database">As the api role, which only reads them.</param>
public sealed class PostgresDirectory(NpgsqlDataSource database) : IDirectory
{
    public async Task<KnownPractitioner?> FindPractitionerAsync(Rpps rpps, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(rpps);
        await using var command = database.CreateCommand(
            "SELECT exercise_civility, given, family, professions, skills, active, updated_at FROM directory.practitioner WHERE practitioner_id = $1");
        command.Parameters.Add(new() { Value = rpps.PsIdNat });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return null;
        }

        var (civility, given) = (reader.IsDBNull(0) ? null : reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1));
        return new KnownPractitioner(
            rpps,
            PersonNames.Written(civility, given, reader.GetString(2)),
            [.. reader.GetFieldValue<string[]>(3).Select(pair => pair.Split(':')[0]).Distinct()],
            [.. reader.GetFieldValue<string[]>(4).Select(pair => pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..])],
            reader.GetBoolean(5),
            reader.GetFieldValue<DateTimeOffset>(6));
    }

    public async Task<KnownStructure?> FindStructureAsync(Finess finess, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(finess);
        await using var command = database.CreateCommand("SELECT name, city, category, active FROM directory.structure WHERE structure_id = $1");
        command.Parameters.Add(new() { Value = "F" + finess.Value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new KnownStructure(
                finess,
                reader.IsDBNull(0) ? finess.Value : reader.GetString(0),
                reader.IsDBNull(1) ? null : reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetBoolean(3))
            : null;
    }
}
