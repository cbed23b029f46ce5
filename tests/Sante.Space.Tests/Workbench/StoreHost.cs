using System.Text;
using Npgsql;
using Sante.Fhir;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Keys;
using Sante.Space.Workbench;
using Sante.Testing;

namespace Sante.Space.Tests.Workbench;

/// <summary>One front-end's store: own pools, writer and ears. Several on one database are several front-ends.</summary>
public sealed class StoreHost : IAsyncDisposable
{
    private static readonly string MasterKeyPath = CreateMasterKey();
    private readonly NpgsqlDataSource main;
    private readonly NpgsqlDataSource keys;
    private readonly World world;

    private StoreHost(string mainConnection, string keysConnection)
    {
        main = NpgsqlDataSource.Create(mainConnection);
        keys = NpgsqlDataSource.Create(keysConnection);
        world = new World(main);
        Ledger = new Ledger.Ledger(main, new KeyStore(keys, FileMasterKey.Read(MasterKeyPath)), world);
        Workbenches = new Space.Workbench.Workbenches(Ledger);
        Store = new WorkbenchStore(Ledger);
    }

    public Ledger.Ledger Ledger { get; }
    public IWorkbenches Workbenches { get; }
    public IWorkbenchStore Store { get; }

    public static Actor By { get; } = new(ActorKind.App, new ActorIdentifier(ActorIdentifier.ClientSystem, "editor"), "Éditeur");

    public static async Task<StoreHost> StartAsync(TestDatabase database, string? through = null)
    {
        var host = new StoreHost(through ?? database.Main, database.Keys);
        await host.world.StartAsync();
        return host;
    }

    public async Task<WorkbenchServer> MakeAsync() => (await Workbenches.CreateAsync($"w{Randomness.NewId():N}")).Value.Workbench;

    public static FhirResource Json(string json) => FhirJson.Parse(Encoding.UTF8.GetBytes(json)).Resource!;

    public static FhirResource Patient(string family, string? id = null, string? identifier = null) => Json(
        $$"""{"resourceType":"Patient"{{(id is null ? "" : $",\"id\":\"{id}\"")}}{{(identifier is null ? "" : $",\"identifier\":[{{\"system\":\"urn:t\",\"value\":\"{identifier}\"}}]")}},"name":[{"family":"{{family}}"}]}""");

    public static FhirResource Observation(string patient, string code = "8867-4", string date = "2026-03-03", decimal value = 70) => Json(
        $$$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"{{{code}}}"}]},"subject":{"reference":"{{{patient}}}"},"effectiveDateTime":"{{{date}}}","valueQuantity":{"value":{{{value}}},"system":"http://unitsofmeasure.org","code":"/min"}}""");

    public static SearchQuery Query(string type, string query) => SearchQuery.Parse(type, QueryPairs.Of(query)).Value;

    public async Task<WorkbenchWritten> WriteAsync(WorkbenchServer workbench, WorkbenchWrite write)
    {
        var answer = await Store.WriteAsync(workbench, By, [write]);
        Assert.Null(answer.Refused);
        return answer.Written[0];
    }

    public async Task<string> RefusalAsync(WorkbenchServer workbench, params WorkbenchWrite[] writes) =>
        (await Store.WriteAsync(workbench, By, writes)).Refused!.Refusal.Code;

    public async Task<IReadOnlyList<WorkbenchResource>> SearchAsync(WorkbenchServer workbench, string type, string query) =>
        (await Store.SearchAsync(workbench, By, Query(type, query))).Value.Matches;

    public async Task<T> QueryAsync<T>(string sql, params object[] values)
    {
        await using var command = main.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await world.DisposeAsync();
        await main.DisposeAsync();
        await keys.DisposeAsync();
    }

    private static string CreateMasterKey()
    {
        var path = Path.Combine(Path.GetTempPath(), $"sante-workbench-test-{Environment.ProcessId}.key");
        File.Delete(path);
        FileMasterKey.CreateIfMissing(path);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(path);
        return path;
    }
}

/// <summary>A database of its own for a test class, with two front-ends on it.</summary>
public class StoreFixture : IAsyncLifetime
{
    public TestDatabase Database { get; private set; } = null!;
    public StoreHost Host { get; private set; } = null!;
    public StoreHost Other { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync(typeof(Ledger.Ledger).Assembly);
        Host = await StoreHost.StartAsync(Database);
        Other = await StoreHost.StartAsync(Database);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Other.DisposeAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
