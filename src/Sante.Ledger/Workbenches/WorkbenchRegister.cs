using Npgsql;
using Sante.Kernel;
using Sante.Ledger.Keys;

namespace Sante.Ledger.Workbenches;

/// <summary>The workbenches that there are. Throws on lost infrastructure.</summary>
public sealed class WorkbenchRegister(NpgsqlDataSource database, KeyStore keys)
{
    /// <summary>Number and home space of a workbench, or null.</summary>
    public async Task<(Guid Number, SpaceId Home)?> FindAsync(string name, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("SELECT workbench_id, home_space FROM ledger.workbench WHERE name = $1");
        command.Parameters.Add(new() { Value = name });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetGuid(0), new SpaceId(reader.GetGuid(1))) : null;
    }

    /// <summary>How many there are.</summary>
    public async Task<long> CountAsync(CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("SELECT count(*) FROM ledger.workbench");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Finds or makes it; durable when it returns.</summary>
    public async Task<(Guid Number, SpaceId Home, bool Created)> CreateAsync(string name, CancellationToken cancel = default)
    {
        if (await FindAsync(name, cancel) is var (known, knownHome))
            return (known, knownHome, false);
        var (number, home) = (Randomness.NewId(), new SpaceId(Randomness.NewId()));
        await keys.CreateAllAsync([home], number, cancel);
        await using var command = database.CreateCommand("SELECT workbench_id, home_space, created FROM ledger.create_workbench($1, $2, $3, $4)");
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = number });
        command.Parameters.Add(new() { Value = home.Value });
        command.Parameters.Add(new() { Value = (short)SlotMap.SlotOf(home) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetGuid(0), new SpaceId(reader.GetGuid(1)), reader.GetBoolean(2));
    }

    /// <summary>Wipes rows, then keys: what a lost connection leaves behind after the first step has no row that names it. False when there is none.</summary>
    public async Task<bool> WipeAsync(string name, CancellationToken cancel = default)
    {
        await using var command = database.CreateCommand("SELECT ledger.wipe_workbench($1)");
        command.CommandTimeout = 300;
        command.Parameters.Add(new() { Value = name });
        if (await command.ExecuteScalarAsync(cancel) is not Guid number)
            return false;
        await keys.DestroyWorkbenchAsync(number, cancel);
        return true;
    }
}
