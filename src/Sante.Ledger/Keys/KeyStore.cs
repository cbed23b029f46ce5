using System.Collections.Concurrent;
using System.Security.Cryptography;
using Npgsql;
using Sante.Kernel;
using Sante.Ledger.Reading;

namespace Sante.Ledger.Keys;

/// <summary>
/// Roots in their own database, wrapped by the master key. Derived keys are kept in a bounded cache, each with the access version that had been
/// seen before its roots were read: a space whose content root is destroyed has its access version raised next, so a host that still holds the
/// key can record, hence release, nothing by it, and reads the roots again with the state that it then loads.
/// </summary>
public sealed class KeyStore(NpgsqlDataSource database, IMasterKey master, int cacheLimit = 20_000)
{
    internal const short ContentKind = 1;
    internal const short TraceKind = 2;
    /// <summary>Every space begins with it: roots read at any time are as new as that.</summary>
    private const long FirstVersion = 1;
    /// <summary>Roots made ahead for a workbench; those that are never used are destroyed with it.</summary>
    private const int MadeAhead = 64;
    private readonly ConcurrentDictionary<SpaceId, (SpaceKeys Keys, long Seen)> cache = new();
    private readonly ConcurrentDictionary<Guid, ConcurrentQueue<SpaceId>> ready = new();
    private static readonly SemaphoreSlim Making = new(1, 1);
    private readonly Lookups<Guid, List<StoredRoot>> roots = new(owners => ReadRootsAsync(database, owners));

    /// <summary>The master key, for platform-wide tokens.</summary>
    public IMasterKey Master => master;

    /// <summary>Makes and stores the two roots of a new space; durable when it returns. Asking twice returns the first roots.</summary>
    public async Task<SpaceKeys> CreateAsync(SpaceId space, CancellationToken cancel = default)
    {
        await CreateAllAsync([space], cancel: cancel);
        return await FindAsync(space, cancel) ?? throw new InvalidOperationException("The roots just written are not there.");
    }

    /// <summary>The same for many spaces in one statement; <paramref name="workbench"/>: the one that they are of, for good.</summary>
    public async Task CreateAllAsync(IReadOnlyList<SpaceId> spaces, Guid? workbench = null, CancellationToken cancel = default)
    {
        var owners = new Guid[spaces.Count * 2];
        var kinds = new short[owners.Length];
        var wrapped = new byte[owners.Length][];
        for (var i = 0; i < owners.Length; i++)
        {
            owners[i] = spaces[i / 2].Value;
            kinds[i] = i % 2 == 0 ? ContentKind : TraceKind;
            wrapped[i] = master.Wrap(RandomNumberGenerator.GetBytes(32), Context(owners[i], kinds[i]));
        }
        await using var command = database.CreateCommand("""
            INSERT INTO keys.root (owner, kind, master_version, wrapped, workbench)
            SELECT r.owner, r.kind, $4, r.wrapped, $5 FROM unnest($1, $2, $3) r(owner, kind, wrapped) ON CONFLICT DO NOTHING
            """);
        command.Parameters.Add(new() { Value = owners });
        command.Parameters.Add(new() { Value = kinds });
        command.Parameters.Add(new() { Value = wrapped });
        command.Parameters.Add(new() { Value = master.CurrentVersion });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = workbench, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>
    /// A new space of a workbench whose roots are durable already: they are made ahead, many in one statement, so that a patient's birth waits for none.
    /// </summary>
    public async ValueTask<SpaceId> TakeNewSpaceAsync(Guid workbench, CancellationToken cancel = default)
    {
        var queue = ready.GetOrAdd(workbench, _ => new ConcurrentQueue<SpaceId>());
        while (true)
        {
            if (queue.TryDequeue(out var space))
                return space;
            await Making.WaitAsync(cancel);
            try
            {
                if (!queue.IsEmpty)
                    continue;
                var spaces = Enumerable.Range(0, MadeAhead).Select(_ => new SpaceId(Randomness.NewId())).ToList();
                await CreateAllAsync(spaces, workbench, cancel);
                spaces.ForEach(queue.Enqueue);
            }
            finally
            {
                Making.Release();
            }
        }
    }

    /// <summary>Destroys every root of a workbench's spaces, content and trace; durable and idempotent.</summary>
    public async Task DestroyWorkbenchAsync(Guid workbench, CancellationToken cancel = default)
    {
        ready.TryRemove(workbench, out _);
        await using var command = database.CreateCommand("UPDATE keys.root SET wrapped = NULL, destroyed_at = clock_timestamp() WHERE workbench = $1 AND wrapped IS NOT NULL");
        command.Parameters.Add(new() { Value = workbench });
        await command.ExecuteNonQueryAsync(cancel);
        foreach (var (space, known) in cache)
            if (known.Keys.Workbench == workbench)
                Forget(space);
    }

    /// <summary>The keys of a space, or null when no root was ever made for it; for what no decision rests on.</summary>
    public ValueTask<SpaceKeys?> FindAsync(SpaceId space, CancellationToken cancel = default) => FindAsync(space, FirstVersion, cancel);

    /// <summary>The same, from roots read after <paramref name="seen"/>, an access version of that space, had been seen to stand.</summary>
    public async ValueTask<SpaceKeys?> FindAsync(SpaceId space, long seen, CancellationToken cancel = default)
    {
        if (cache.TryGetValue(space, out var known) && known.Seen >= seen)
            return known.Keys;
        if (await roots.FindAsync(space.Value, cancel) is not { } found)
            return null;
        byte[]? content = null, trace = null;
        Guid? workbench = null;
        foreach (var root in found)
        {
            workbench = root.Workbench;
            if (root.Wrapped is null)
                continue;
            var plain = master.Unwrap(root.MasterVersion, root.Wrapped, Context(space.Value, root.Kind));
            if (root.Kind == ContentKind)
                content = plain;
            else if (root.Kind == TraceKind)
                trace = plain;
        }
        var keys = new SpaceKeys(space, content, trace, workbench);
        if (cache.Count >= cacheLimit)
            DropSome();
        cache[space] = (keys, seen);
        return keys;
    }

    private static async Task<Dictionary<Guid, List<StoredRoot>>> ReadRootsAsync(NpgsqlDataSource database, IReadOnlyCollection<Guid> owners)
    {
        await using var command = database.CreateCommand("SELECT owner, kind, master_version, wrapped, workbench FROM keys.root WHERE owner = ANY ($1)");
        command.Parameters.Add(new() { Value = owners.ToArray() });
        await using var reader = await command.ExecuteReaderAsync();
        var found = new Dictionary<Guid, List<StoredRoot>>();
        while (await reader.ReadAsync())
        {
            var owner = reader.GetGuid(0);
            if (!found.TryGetValue(owner, out var of))
                found[owner] = of = [];
            of.Add(new StoredRoot(reader.GetInt16(1), reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<byte[]>(3), reader.IsDBNull(4) ? null : reader.GetGuid(4)));
        }

        return found;
    }

    private sealed record StoredRoot(short Kind, int MasterVersion, byte[]? Wrapped, Guid? Workbench);

    /// <summary>Destroys the content root for good; the row stays as the receipt. Durable and idempotent. The caller raises the access version after it.</summary>
    public async Task DestroyContentAsync(SpaceId space, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("""
            UPDATE keys.root SET wrapped = NULL, destroyed_at = clock_timestamp() WHERE owner = $1 AND kind = $2 AND wrapped IS NOT NULL
            """);
        command.Parameters.Add(new() { Value = space.Value });
        command.Parameters.Add(new() { Value = ContentKind });
        await command.ExecuteNonQueryAsync(cancel);
        Forget(space);
    }

    /// <summary>Drops the cached keys of a space: the next use reads its roots again.</summary>
    public void Forget(SpaceId space) => cache.TryRemove(space, out _);

    // Any tenth will do: a dropped key costs one look-up by primary key.
    private void DropSome()
    {
        foreach (var space in cache.Keys.Take(Math.Max(1, cacheLimit / 10)))
            cache.TryRemove(space, out _);
    }

    /// <summary>What a wrapped root is bound to.</summary>
    internal static byte[] Context(Guid owner, short kind)
    {
        var context = new byte[18];
        owner.TryWriteBytes(context, bigEndian: true, out _);
        context[16] = (byte)(kind >> 8);
        context[17] = (byte)kind;
        return context;
    }
}
