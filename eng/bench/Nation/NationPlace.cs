using System.Buffers.Binary;
using Npgsql;
using Sante.AppHost.Embedded.Postgres;
using Sante.Foundations;
using Sante.Kernel;
using Sante.Ledger.Keys;
using Sante.ServiceDefaults.Migrations;
using Sante.Space;

namespace Sante.Bench.Nation;

/// <summary>What the load generator knows of a citizen: Patient.id, Observations, and whom he let in.</summary>
internal sealed record NationEntry(int Number, string Patient, IReadOnlyList<string> Observations)
{
    public int Carer => Number % NationCarers.Count;
}

/// <summary>Where a nation of some size lies on this machine: a private cluster, the master key, and the list of its public ids.</summary>
internal sealed class NationPlace(int spaces)
{
    private const int IdBytes = 16;
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"sante-bench-nation-{spaces}");

    public string Folder => folder;
    public string MasterKeyFile => Path.Combine(folder, "master.key");
    public bool IsFilled => File.Exists(ListPath);
    /// <summary>Where PostgreSQL's files are.</summary>
    public string ClusterFolder => PostgresCluster.FolderOf(Options(crashSafe: true));

    private string ListPath => Path.Combine(folder, "citizens.bin");

    private PostgresOptions Options(bool crashSafe) => new(folder, "postgres") { CrashSafe = crashSafe };

    /// <summary>Starts the cluster; without sync to disk only while it is filled.</summary>
    public async Task<(PostgresServer Server, SanteDatabases Databases)> StartAsync(bool crashSafe = true)
    {
        Directory.CreateDirectory(folder);
        FileMasterKey.CreateIfMissing(MasterKeyFile);
        var server = await PostgresCluster.StartAsync(Options(crashSafe));
        return (server, await SanteDatabases.ProvisionAsync(server));
    }

    public static async Task MigrateAsync(SanteDatabases databases)
    {
        var (roles, slices) = (databases.Roles, new[] { typeof(Ledger.Ledger).Assembly, typeof(IInsLookup).Assembly, typeof(SpaceGrain).Assembly });
        var names = new MigrationRoles(roles.Migrator, roles.Api, roles.Keys, roles.Identity, roles.ReadOnly);
        await SqlMigrations.RunAsync(databases.ConnectionString(roles.Migrator, databases.MainName), SqlMigrations.Main, slices, names);
        await SqlMigrations.RunAsync(databases.ConnectionString(roles.Migrator, databases.KeysName), SqlMigrations.Keys, slices, names);
    }

    /// <summary>Removes cluster, key and list.</summary>
    public async Task RemoveAsync()
    {
        if (Directory.Exists(folder))
        {
            await PostgresCluster.RemoveAsync(Options(crashSafe: true));
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes the list: its presence says that the nation is whole.</summary>
    public void Write(IReadOnlyList<NationCitizen> citizens)
    {
        var unfinished = ListPath + ".part";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            Span<byte> number = stackalloc byte[IdBytes];
            foreach (var citizen in citizens)
            {
                BinaryPrimitives.WriteInt32BigEndian(number, citizen.Slot);
                BinaryPrimitives.WriteInt32BigEndian(number[4..], citizen.Observations.Count);
                file.Write(number[..8]);
                foreach (var id in citizen.Observations.Prepend(citizen.Patient))
                {
                    BinaryPrimitives.WriteUInt128BigEndian(number, id.Number);
                    file.Write(number);
                }
            }
        }

        File.Move(unfinished, ListPath, overwrite: true);
    }

    public IReadOnlyList<NationEntry> Read()
    {
        var bytes = File.ReadAllBytes(ListPath).AsSpan();
        var entries = new List<NationEntry>(spaces);
        while (bytes.Length > 0)
        {
            var (slot, count) = (BinaryPrimitives.ReadInt32BigEndian(bytes), BinaryPrimitives.ReadInt32BigEndian(bytes[4..]));
            bytes = bytes[8..];
            var ids = new string[count + 1];
            for (var i = 0; i <= count; i++)
                ids[i] = RecordId.Of(slot, BinaryPrimitives.ReadUInt128BigEndian(bytes[(i * IdBytes)..])).ToString();
            bytes = bytes[((count + 1) * IdBytes)..];
            entries.Add(new NationEntry(entries.Count, ids[0], ids[1..]));
        }

        return entries;
    }
}
