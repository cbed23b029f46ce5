using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Npgsql;

namespace Sante.AppHost.Embedded.Postgres;

/// <summary>Names of the roles on one server; <c>sante_api</c>… on a private one, with the server's prefix on a borrowed one.</summary>
public sealed record SanteRoles(string Migrator, string Api, string Keys, string Identity, string ReadOnly, string Operator)
{
    public static SanteRoles On(PostgresServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        var prefix = server.NamePrefix;
        return new($"{prefix}sante_migrator", $"{prefix}sante_api", $"{prefix}sante_keys", $"{prefix}sante_identity", $"{prefix}sante_readonly", $"{prefix}sante_operator");
    }

    public IReadOnlyList<string> All => [Migrator, Api, Keys, Identity, ReadOnly, Operator];
}

/// <summary>
/// The three databases of the platform on one server, and who may enter which (house §7): main (migrator, api, readonly, operator),
/// keys (migrator, keys), identity (migrator, identity). Tables are granted by the migrations, except that <c>readonly</c>
/// reads every table of main.
/// </summary>
public sealed partial class SanteDatabases
{
    private readonly IReadOnlyDictionary<string, string> passwords;
    private readonly string admin;

    private SanteDatabases(PostgresServer server, IReadOnlyDictionary<string, string> passwords)
    {
        this.passwords = passwords;
        admin = server.AdminConnectionString;
        Roles = SanteRoles.On(server);
        (MainName, KeysName, IdentityName) = (server.NamePrefix + "sante", server.NamePrefix + "sante_keys", server.NamePrefix + "sante_identity");
    }

    public SanteRoles Roles { get; }

    public string MainName { get; }

    public string KeysName { get; }

    public string IdentityName { get; }

    /// <summary>Makes the roles (or gives existing ones new random passwords). No database is made.</summary>
    public static async Task<SanteDatabases> CreateRolesAsync(PostgresServer server, CancellationToken cancel = default)
    {
        var roles = SanteRoles.On(server);
        var passwords = roles.All.ToDictionary(role => role, _ => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
        await using var connection = new NpgsqlConnection(server.AdminConnectionString);
        await connection.OpenAsync(cancel);
        var existing = await ReadNamesAsync(connection, "SELECT rolname FROM pg_roles", cancel);
        foreach (var (role, password) in passwords)
        {
            var verb = existing.Contains(role) ? "ALTER" : "CREATE";
            await ExecuteAsync(connection, $"{verb} ROLE {Quote(role)} LOGIN NOCREATEDB NOCREATEROLE PASSWORD '{password}'", cancel);
        }

        // An administrator that is no superuser must be a member of the owner to give databases to it.
        if (!await IsSuperuserAsync(connection, cancel))
        {
            await ExecuteAsync(connection, $"GRANT {Quote(roles.Migrator)} TO CURRENT_USER", cancel);
        }

        return new SanteDatabases(server, passwords);
    }

    /// <summary>Makes roles and the three databases, keeping those that exist.</summary>
    public static async Task<SanteDatabases> ProvisionAsync(PostgresServer server, CancellationToken cancel = default)
    {
        var databases = await CreateRolesAsync(server, cancel);
        await using var connection = new NpgsqlConnection(server.AdminConnectionString);
        await connection.OpenAsync(cancel);
        var existing = await ReadNamesAsync(connection, "SELECT datname FROM pg_database", cancel);
        var roles = databases.Roles;
        foreach (var (name, allowed) in databases.Entries())
        {
            if (!existing.Contains(name))
            {
                await databases.CreateDatabaseAsync(name, template: null, cancel);
            }

            await databases.AdmitAsync(name, allowed, readable: allowed.Contains(roles.ReadOnly), cancel);
        }

        return databases;
    }

    /// <summary>Drops every database and role of this server's names. On a private server, remove the server instead.</summary>
    public static async Task DropAsync(PostgresServer server, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        await using var connection = new NpgsqlConnection(server.AdminConnectionString);
        await connection.OpenAsync(cancel);
        var ours = await ReadNamesAsync(connection, "SELECT datname FROM pg_database WHERE NOT datistemplate", cancel);
        foreach (var name in ours.Where(name => name.StartsWith(server.NamePrefix + "sante", StringComparison.Ordinal)))
        {
            await ExecuteAsync(connection, $"DROP DATABASE IF EXISTS {Quote(name)} WITH (FORCE)", cancel);
        }

        var existing = await ReadNamesAsync(connection, "SELECT rolname FROM pg_roles", cancel);
        foreach (var role in SanteRoles.On(server).All.Where(existing.Contains))
        {
            await ExecuteAsync(connection, $"DROP ROLE {Quote(role)}", cancel);
        }
    }

    /// <summary>Connection string of one role for one database.</summary>
    public string ConnectionString(string role, string database) => new NpgsqlConnectionStringBuilder(admin)
    {
        Username = role,
        Password = passwords[role],
        Database = database,
        Pooling = true,
    }.ConnectionString;

    /// <summary>Makes one database owned by the migrator, empty or as a copy of a template nobody is connected to.</summary>
    public async Task CreateDatabaseAsync(string name, string? template, CancellationToken cancel = default)
    {
        await using var connection = new NpgsqlConnection(admin);
        await connection.OpenAsync(cancel);
        var source = template is null ? "template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'" : Quote(template);
        await ExecuteAsync(connection, $"CREATE DATABASE {Quote(name)} OWNER {Quote(Roles.Migrator)} TEMPLATE {source}", cancel);
    }

    /// <summary>Lets the owner and these roles connect to one database, and nobody else.</summary>
    /// <param name="readable">Whether <c>readonly</c> may read the tables that the migrator will make in it.</param>
    public async Task AdmitAsync(string database, IReadOnlyList<string> allowed, bool readable, CancellationToken cancel = default)
    {
        await using (var connection = new NpgsqlConnection(admin))
        {
            await connection.OpenAsync(cancel);
            await ExecuteAsync(connection, $"REVOKE ALL ON DATABASE {Quote(database)} FROM PUBLIC", cancel);
            await ExecuteAsync(connection, $"GRANT CONNECT ON DATABASE {Quote(database)} TO {string.Join(", ", allowed.Select(Quote))}", cancel);
        }

        await using var inside = new NpgsqlConnection(ConnectionString(Roles.Migrator, database) + ";Pooling=false");
        await inside.OpenAsync(cancel);
        await ExecuteAsync(inside, "REVOKE CREATE ON SCHEMA public FROM PUBLIC", cancel);
        if (readable)
        {
            await ExecuteAsync(inside, $"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {Quote(Roles.ReadOnly)}", cancel);
            await ExecuteAsync(inside, $"ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO {Quote(Roles.ReadOnly)}", cancel);
        }
    }

    /// <summary>Name of each database with the roles that may connect.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<string> Allowed)> Entries() =>
    [
        (MainName, [Roles.Migrator, Roles.Api, Roles.ReadOnly, Roles.Operator]),
        (KeysName, [Roles.Migrator, Roles.Keys]),
        (IdentityName, [Roles.Migrator, Roles.Identity]),
    ];

    private static async Task<HashSet<string>> ReadNamesAsync(NpgsqlConnection connection, string query, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static async Task<bool> IsSuperuserAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT rolsuper FROM pg_roles WHERE rolname = current_user", connection);
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    // Identifiers cannot be parameters of DDL; only our own plain names come here, and anything else is refused.
#pragma warning disable CA2100
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
#pragma warning restore CA2100

    private static string Quote(string name) =>
        PlainName().IsMatch(name) ? "\"" + name + "\"" : throw new ArgumentException($"Not a plain name: {name}", nameof(name));

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    private static partial Regex PlainName();
}
