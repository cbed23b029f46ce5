using System.Reflection;
using Npgsql;
using Sante.ServiceDefaults.Migrations;

namespace Sante.Testing;

/// <summary>
/// Fresh databases main, keys and identity for one test class, migrated with the files of the assemblies it names.
/// Connection strings are per role and pooled (at most 20 connections each).
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<string, string> names;

    internal TestDatabase(TestCluster cluster, IReadOnlyDictionary<string, string> names) => (Cluster, this.names) = (cluster, names);

    /// <summary>On the shared cluster of this process. <c>await using</c> or leave it to the end of the process.</summary>
    public static async Task<TestDatabase> CreateAsync(params Assembly[] assemblies) =>
        await (await TestCluster.SharedAsync()).CreateDatabaseAsync(assemblies);

    public TestCluster Cluster { get; }

    /// <summary>Main database as role api.</summary>
    public string Main => For(Cluster.Databases.Roles.Api, SqlMigrations.Main);

    /// <summary>Main database as its owner.</summary>
    public string MainMigrator => For(Cluster.Databases.Roles.Migrator, SqlMigrations.Main);

    /// <summary>Main database as the role that only reads.</summary>
    public string MainReadOnly => For(Cluster.Databases.Roles.ReadOnly, SqlMigrations.Main);

    /// <summary>Main database as the operators' role, which moves the clock and the facts outside spaces.</summary>
    public string MainOperator => For(Cluster.Databases.Roles.Operator, SqlMigrations.Main);

    /// <summary>Keys database as role keys.</summary>
    public string Keys => For(Cluster.Databases.Roles.Keys, SqlMigrations.Keys);

    /// <summary>Keys database as its owner.</summary>
    public string KeysMigrator => For(Cluster.Databases.Roles.Migrator, SqlMigrations.Keys);

    /// <summary>Identity database as role identity.</summary>
    public string Identity => For(Cluster.Databases.Roles.Identity, SqlMigrations.Identity);

    /// <summary>Identity database as its owner.</summary>
    public string IdentityMigrator => For(Cluster.Databases.Roles.Migrator, SqlMigrations.Identity);

    /// <summary>The same as a host gets them: <c>ConnectionStrings:sante</c> and its neighbours, migrator included.</summary>
    public IReadOnlyDictionary<string, string?> Configuration => new Dictionary<string, string?>
    {
        ["ConnectionStrings:sante"] = Main,
        ["ConnectionStrings:sante_keys"] = Keys,
        ["ConnectionStrings:sante_operator"] = MainOperator,
        ["ConnectionStrings:sante_identity"] = Identity,
        ["ConnectionStrings:sante_migrator"] = MainMigrator,
        ["ConnectionStrings:sante_keys_migrator"] = KeysMigrator,
        ["ConnectionStrings:sante_identity_migrator"] = IdentityMigrator,
    };

    public async ValueTask DisposeAsync()
    {
        if (Cluster.IsDedicated)
        {
            // It goes with its cluster.
            return;
        }

        await using var connection = new NpgsqlConnection(Cluster.Server.AdminConnectionString);
        await connection.OpenAsync();
        foreach (var name in names.Values)
        {
            // The name is our own (see TestCluster); DDL takes no parameters.
#pragma warning disable CA2100
            await using var command = new NpgsqlCommand($"DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)", connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        }
    }

    private string For(string role, string tag) =>
        new NpgsqlConnectionStringBuilder(Cluster.Databases.ConnectionString(role, names[tag])) { MaxPoolSize = 20 }.ConnectionString;
}
