using Npgsql;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Keys;

// A host to be killed: writes lines into the spaces of its standard input from many tasks at once and prints
// "space number" for each line only once it was acknowledged. It never ends by itself.
await using var main = NpgsqlDataSource.Create(Environment.GetEnvironmentVariable("WRITER_MAIN")!);
await using var keyDatabase = NpgsqlDataSource.Create(Environment.GetEnvironmentVariable("WRITER_KEYS")!);
await using var world = new World(main);
await world.StartAsync();
await using var ledger = new Ledger(main, new KeyStore(keyDatabase, FileMasterKey.Read(Environment.GetEnvironmentVariable("WRITER_MASTER")!)), world);
var spaces = Console.In.ReadLine()!.Split(' ').Select(s => new SpaceId(Guid.Parse(s))).ToArray();
var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
await Task.WhenAll(Enumerable.Range(0, 64).Select(async task =>
{
    for (var i = task; ; i++)
    {
        var space = spaces[i % spaces.Length];
        var body = System.Text.Encoding.UTF8.GetBytes($"{task} {i}");
        var answer = await ledger.CommitAsync(new WriteRequest(space, 1)
        {
            Lines = [body],
            Resources = [new NewResource(Randomness.NewId(), 0, "Observation", body, [new IndexToken("code", "a")], [])],
        });
        if (answer.Value.IsAccepted)
            output.WriteLine($"{space.Value} {answer.Value.FirstLine}");
    }
}));
