using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Sante.ServiceDefaults.Migrations;

/// <summary>Names of the database roles, put into migrations in place of <c>${migrator}</c>, <c>${api}</c>, <c>${keys}</c>, <c>${identity}</c>, <c>${readonly}</c>, <c>${operator}</c>.</summary>
public sealed partial record MigrationRoles(
    string Migrator = "sante_migrator",
    string Api = "sante_api",
    string Keys = "sante_keys",
    string Identity = "sante_identity",
    string ReadOnly = "sante_readonly",
    string Operator = "sante_operator")
{
    internal string Substitute(SqlMigration migration) => Variable().Replace(migration.Sql, found => found.Groups[1].Value switch
    {
        "migrator" => Plain(Migrator),
        "api" => Plain(Api),
        "keys" => Plain(Keys),
        "identity" => Plain(Identity),
        "readonly" => Plain(ReadOnly),
        "operator" => Plain(Operator),
        var other => throw new InvalidOperationException($"{migration.Id}: unknown variable ${{{other}}}."),
    });

    private static string Plain(string role) =>
        PlainName().IsMatch(role) ? role : throw new InvalidOperationException($"Not a plain role name: {role}");

    [GeneratedRegex(@"\$\{([A-Za-z_]+)\}")]
    private static partial Regex Variable();

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    private static partial Regex PlainName();
}

/// <summary>One embedded SQL file.</summary>
/// <param name="Id"><c>yyyyMMddHHmm_slice</c>: its place in the order, and its name in the record of applied files.</param>
/// <param name="Database"><c>main</c>, <c>keys</c> or <c>identity</c>.</param>
/// <param name="Sql">The text with <c>\n</c> line ends, variables not yet replaced.</param>
public sealed record SqlMigration(string Id, string Database, string Sql)
{
    /// <summary>SHA-256 of <see cref="Sql"/>, lower-case hexadecimal.</summary>
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
}

/// <summary>
/// Brings a database up to date with the SQL files embedded in assemblies. A file's folder says its database:
/// <c>…/Migrations/yyyyMMddHHmm_slice.sql</c> main, <c>…/Migrations/Keys/…</c> keys, <c>…/Migrations/Identity/…</c> identity.
/// Files run in the order of their names, each in a transaction of its own, once, under an advisory lock (several hosts may start together).
/// </summary>
public static partial class SqlMigrations
{
    public const string Main = "main";
    public const string Keys = "keys";
    public const string Identity = "identity";

    // Any number will do, as long as nothing else in these databases uses it.
    private const long LockNumber = 7_261_115_997_116_101;

    /// <summary>The files of one database in the order in which they run.</summary>
    /// <exception cref="InvalidOperationException">Two files have the same name.</exception>
    public static IReadOnlyList<SqlMigration> Find(string database, IEnumerable<Assembly> assemblies)
    {
        ArgumentNullException.ThrowIfNull(assemblies);
        var found = assemblies.Distinct()
            .SelectMany(assembly => assembly.GetManifestResourceNames().Select(name => (assembly, name, match: ResourceName().Match(name))))
            .Where(file => file.match.Success && DatabaseOf(file.match) == database)
            .Select(file => new SqlMigration(file.match.Groups["id"].Value, database, Read(file.assembly, file.name)))
            .OrderBy(file => file.Id, StringComparer.Ordinal)
            .ToList();
        var twice = found.GroupBy(file => file.Id).FirstOrDefault(same => same.Count() > 1);
        return twice is null ? found : throw new InvalidOperationException($"Two migrations are named {twice.Key}.");
    }

    /// <summary>Runs what is missing. Idempotent; safe to run from several processes at once.</summary>
    /// <param name="connectionString">Of the migrator, who then owns what the files make.</param>
    /// <returns>How many files ran.</returns>
    /// <exception cref="InvalidOperationException">A file that already ran was changed since, or names an unknown variable.</exception>
    /// <exception cref="PostgresException">A file failed; it changed nothing, the ones before it stay.</exception>
    public static async Task<int> RunAsync(
        string connectionString, string database, IEnumerable<Assembly> assemblies, MigrationRoles roles, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(roles);
        var files = Find(database, assemblies);
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(unpooled);
        await connection.OpenAsync(cancel);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockNumber})", cancel);
        await ExecuteAsync(
            connection,
            "CREATE TABLE IF NOT EXISTS public.schema_migrations (id text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
            cancel);
        var applied = await ReadAppliedAsync(connection, cancel);
        var count = 0;
        foreach (var file in files)
        {
            if (!applied.TryGetValue(file.Id, out var sha256))
            {
                await ApplyAsync(connection, file, roles, cancel);
                count++;
            }
            else if (sha256 != file.Sha256)
            {
                throw new InvalidOperationException($"Migration {file.Id} was changed after it ran. Write a new file instead.");
            }
        }

        return count;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, SqlMigration file, MigrationRoles roles, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await ExecuteAsync(connection, roles.Substitute(file), cancel);
        await using var record = new NpgsqlCommand("INSERT INTO public.schema_migrations (id, sha256) VALUES ($1, $2)", connection)
        {
            Parameters = { new() { Value = file.Id }, new() { Value = file.Sha256 } },
        };
        await record.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private static async Task<Dictionary<string, string>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT id, sha256 FROM public.schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
        {
            applied.Add(reader.GetString(0), reader.GetString(1));
        }

        return applied;
    }

    private static string DatabaseOf(Match match) => match.Groups["folder"].Value switch
    {
        "Keys" => Keys,
        "Identity" => Identity,
        _ => Main,
    };

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    // The text is a file of our own assemblies, never input.
#pragma warning disable CA2100
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(cancel);
    }
#pragma warning restore CA2100

    [GeneratedRegex(@"(?:^|\.)Migrations\.(?:(?<folder>Keys|Identity)\.)?(?<id>[0-9]{12}_[A-Za-z0-9_\-]+)\.sql$")]
    private static partial Regex ResourceName();
}
