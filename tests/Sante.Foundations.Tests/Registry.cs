using System.Text;
using Npgsql;
using Sante.Foundations.Identities;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Keys;
using Sante.Testing;

namespace Sante.Foundations.Tests;

/// <summary>The registry on its own databases, with spaces that are bare ledger rows: lines are "act:caller", so that tests can read them.</summary>
internal sealed class Registry : IAsyncDisposable, ISpaceBirths, IRegistryLines
{
    private readonly TestDatabase databases;
    private readonly NpgsqlDataSource main;
    private readonly NpgsqlDataSource keys;
    private readonly string masterKey = Path.GetTempFileName();
    private readonly World world;

    private Registry(TestDatabase databases)
    {
        this.databases = databases;
        (main, keys) = (NpgsqlDataSource.Create(databases.Main), NpgsqlDataSource.Create(databases.Keys));
        File.Delete(masterKey);
        FileMasterKey.CreateIfMissing(masterKey);
        world = new World(main);
        Ledger = new Ledger.Ledger(main, new KeyStore(keys, FileMasterKey.Read(masterKey)), world);
        Ins = new InsRegistry(main, Ledger, this, this, new InsOptions(InsEnvironment.Development));
    }

    public Ledger.Ledger Ledger { get; }

    public InsRegistry Ins { get; }

    public NpgsqlDataSource Main => main;

    /// <summary>Births told to the spaces.</summary>
    public List<SpaceBirth> Births { get; } = [];

    /// <summary>When true the spaces refuse to begin, as while their database is away.</summary>
    public bool SpacesAway { get; set; }

    public static async Task<Registry> StartAsync() => await StartAsync(await TestDatabase.CreateAsync(typeof(Ledger.Ledger).Assembly, typeof(InsRegistry).Assembly));

    public static async Task<Registry> StartAsync(TestDatabase databases)
    {
        var registry = new Registry(databases);
        await registry.world.StartAsync();
        return registry;
    }

    public async Task<Outcome<SpaceId>> BeginAsync(SpaceBirth birth, CancellationToken cancel = default)
    {
        if (SpacesAway)
        {
            return new Refusal("database-unavailable", RefusalKind.Unavailable, "Indisponible.");
        }

        Births.Add(birth);
        var begun = await Ledger.CommitAsync(new WriteRequest(birth.Space, 1) { BirthSlot = SlotMap.SlotOf(birth.Space), Lines = ["born"u8.ToArray()] }, cancel);
        return begun.Then<SpaceId>(_ => birth.Space);
    }

    public ReadOnlyMemory<byte> LineOf(Actor by, RegistryAct act) => Encoding.UTF8.GetBytes($"{act}:{by.Identifier.Value}");

    /// <summary>The lines of a space, oldest first.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync(SpaceId space)
    {
        var found = new List<string>();
        var spaceKeys = (await Ledger.Keys.FindAsync(space))!;
        await using var command = main.CreateCommand("SELECT row_id, body FROM ledger.trace WHERE space_id = $1 ORDER BY seq");
        command.Parameters.Add(new() { Value = space.Value });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            found.Add(Encoding.UTF8.GetString(spaceKeys.Open(SealedTable.Trace, reader.GetGuid(0), reader.GetFieldValue<byte[]>(1))));
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await world.DisposeAsync();
        await main.DisposeAsync();
        await keys.DisposeAsync();
        await databases.DisposeAsync();
        File.Delete(masterKey);
    }
}
