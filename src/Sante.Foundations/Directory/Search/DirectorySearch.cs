using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Sante.Fhir.Bundles;
using Sante.Foundations.FinessDirectory;
using Sante.Foundations.RppsDirectory;
using Sante.Kernel;

namespace Sante.Foundations.Directories.Search;

/// <summary>Runs searches and reads over the directories and writes them as FHIR. Public data; read only.</summary>
/// <param name="database">As the api role.</param>
public sealed class DirectorySearch(NpgsqlDataSource database)
{
    private const int TimeoutSeconds = 10;
    /// <summary>Resources joined to one page at most.</summary>
    private const int MostIncluded = 1000;

    private static readonly Dictionary<string, (SearchType Type, Action<Utf8JsonWriter, NpgsqlDataReader> Write)> Types = new(StringComparer.Ordinal)
    {
        ["Practitioner"] = (RppsSearch.Practitioner, PractitionerFhir.Write),
        ["PractitionerRole"] = (RppsSearch.PractitionerRole, PractitionerRoleFhir.Write),
        ["Organization"] = (OrganizationSearch.Organization, OrganizationFhir.Write),
    };

    private sealed record Found(string Type, string Id, string? Practitioner, string? Structure, double Distance, byte[] Json);

    /// <summary>
    /// Searches and writes a searchset Bundle. Refusals: those of <see cref="DirectoryQuery.Read"/>.
    /// </summary>
    /// <param name="type">Practitioner, PractitionerRole or Organization.</param>
    /// <param name="asked">Parameters as received, in order.</param>
    /// <param name="baseUrl">Absolute URL before <c>/Practitioner</c>.</param>
    /// <param name="output">Where the Bundle goes.</param>
    /// <param name="cancel">Ends the search.</param>
    public async Task<Refusal?> SearchAsync(
        string type, IReadOnlyList<KeyValuePair<string, string>> asked, string baseUrl, IBufferWriter<byte> output, CancellationToken cancel = default)
    {
        if (!DirectoryQuery.Read(Types[type].Type, asked).TryGet(out var query, out var refusal))
        {
            return refusal;
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        int? total = query.WantsTotal ? await CountAsync(connection, query, cancel) : null;
        var page = Page(query);
        if (page is null)
        {
            return SearchRefusals.Value("_after");
        }

        var found = query.Count == 0 ? [] : await ListAsync(connection, type, page.Value.Sql, page.Value.Parameters, query.Sql.Distance is not null, cancel);
        var more = found.Count > query.Count && query.Count > 0;
        if (more)
        {
            found.RemoveAt(found.Count - 1);
        }

        var included = await IncludeAsync(connection, query, found, cancel);
        Write(query, baseUrl, total, more ? Cursor(query, found[^1]) : null, found, included, output);
        return null;
    }

    /// <summary>One resource's bytes with its version, or null.</summary>
    public async Task<(byte[] Json, int Version)?> ReadAsync(string type, string id, CancellationToken cancel = default)
    {
        var (definition, write) = Types[type];
        if (definition.IdCast == "uuid" && !Guid.TryParse(id, out _))
        {
            return null;
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = Command(connection, $"SELECT {definition.Columns} FROM {definition.From} WHERE {definition.Id} = $1::{definition.IdCast}", [new() { Value = id }]);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (Json(write, reader), reader.GetInt32(reader.GetOrdinal("version"))) : null;
    }

    private static (string Sql, List<NpgsqlParameter> Parameters)? Page(DirectoryQuery query)
    {
        var (type, sql) = (query.Type, query.Sql);
        var conditions = sql.Conditions;
        if (query.After is { } after)
        {
            var bar = after.IndexOf('|', StringComparison.Ordinal);
            var id = after[(bar + 1)..];
            if (type.IdCast == "uuid" && !Guid.TryParse(id, out _))
            {
                return null;
            }

            var distance = 0.0;
            if (sql.Distance is not null && (bar < 0 || !double.TryParse(after[..bar], NumberStyles.Float, CultureInfo.InvariantCulture, out distance)))
            {
                return null;
            }

            conditions += sql.Distance is null
                ? $" AND {type.Id} > {sql.Text(id)}::{type.IdCast}"
                : $" AND ({sql.Distance}, {type.Id}) > ({sql.Value(distance, NpgsqlDbType.Double)}, {sql.Text(id)})";
        }

        var columns = sql.Distance is null ? type.Columns : $"{type.Columns}, {sql.Distance} AS distance";
        var order = sql.Distance is null ? type.Id : $"distance, {type.Id}";
        return ($"SELECT {columns} FROM {type.From} WHERE {conditions} ORDER BY {order} LIMIT {query.Count + 1}", sql.Parameters);
    }

    private static string Cursor(DirectoryQuery query, Found last) =>
        query.Sql.Distance is null ? last.Id : last.Distance.ToString("R", CultureInfo.InvariantCulture) + "|" + last.Id;

    private static async Task<int> CountAsync(NpgsqlConnection connection, DirectoryQuery query, CancellationToken cancel)
    {
        await using var command = Command(connection, $"SELECT count(*)::int FROM {query.Type.From} WHERE {query.Sql.Conditions}", query.Sql.Parameters.Select(p => p.Clone()));
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<List<Found>> IncludeAsync(NpgsqlConnection connection, DirectoryQuery query, List<Found> found, CancellationToken cancel)
    {
        var included = new List<Found>();
        foreach (var include in query.Includes)
        {
            var (type, column, ids) = (query.Type.Name, include) switch
            {
                ("PractitionerRole", "PractitionerRole:practitioner") => ("Practitioner", "practitioner_id", found.Select(role => role.Practitioner)),
                ("PractitionerRole", _) => ("Organization", "structure_id", found.Select(role => role.Structure)),
                ("Practitioner", _) => ("PractitionerRole", "practitioner_id", found.Select(person => (string?)person.Id)),
                _ => ("PractitionerRole", "structure_id", found.Select(structure => (string?)structure.Id)),
            };
            var definition = Types[type].Type;
            var wanted = new NpgsqlParameter { Value = ids.OfType<string>().Distinct().ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
            included.AddRange(await ListAsync(connection, type,
                $"SELECT {definition.Columns} FROM {definition.From} WHERE {column} = ANY ($1) ORDER BY {definition.Id} LIMIT {MostIncluded}", [wanted], false, cancel));
        }

        return included;
    }

    private static async Task<List<Found>> ListAsync(
        NpgsqlConnection connection, string type, string sql, List<NpgsqlParameter> parameters, bool withDistance, CancellationToken cancel)
    {
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var list = new List<Found>();
        var role = type == "PractitionerRole";
        while (await reader.ReadAsync(cancel))
        {
            list.Add(new Found(
                type,
                role ? reader.GetGuid(0).ToString() : reader.GetString(0),
                role ? reader.GetString(1) : null,
                role ? DirectoryJson.TextOf(reader, 2) : null,
                withDistance ? reader.GetDouble(reader.FieldCount - 1) : 0,
                Json(Types[type].Write, reader)));
        }

        return list;
    }

    private static byte[] Json(Action<Utf8JsonWriter, NpgsqlDataReader> write, NpgsqlDataReader row)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json, row);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(
        DirectoryQuery query, string baseUrl, int? total, string? next, List<Found> found, List<Found> included, IBufferWriter<byte> output)
    {
        var links = new List<(string, string)> { ("self", $"{baseUrl}/{query.Type.Name}{Self(query)}") };
        if (next is not null)
        {
            links.Add(("next", $"{baseUrl}/{query.NextPage(next)}"));
        }

        using var bundle = new BundleWriter(output, "searchset", total, links);
        foreach (var (resources, mode) in ((List<Found>, string)[])[(found, "match"), (included, "include")])
        {
            foreach (var resource in resources)
            {
                bundle.Add(new BundleEntry { FullUrl = $"{baseUrl}/{resource.Type}/{resource.Id}", Resource = resource.Json, SearchMode = mode });
            }
        }

        bundle.End();
    }

    private static string Self(DirectoryQuery query) => query.Asked.Count == 0
        ? ""
        : "?" + string.Join('&', query.Asked.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, IEnumerable<NpgsqlParameter> parameters)
    {
#pragma warning disable CA2100 // conditions are texts of this assembly; values are parameters
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = TimeoutSeconds };
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters.ToArray());
        return command;
    }
}
