using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space.Workbench;

/// <inheritdoc cref="IWorkbenches"/>
internal sealed partial class Workbenches(Ledger.Ledger ledger) : IWorkbenches
{
    /// <summary>Ours: a bound on what a script that forgets to wipe can leave; a few more when several are made at the same moment.</summary>
    private const int MostWorkbenches = 1000;

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, (WorkbenchServer Workbench, long Stamp)> known = new();

    public async ValueTask<WorkbenchServer?> FindAsync(string name, CancellationToken cancel = default)
    {
        if (known.TryGetValue(name, out var found) && Stopwatch.GetElapsedTime(found.Stamp) < Remembered)
            return found.Workbench;
        if (!Name().IsMatch(name) || await ledger.Workbenches.FindAsync(name, cancel) is not var (number, home))
        {
            known.TryRemove(name, out _);
            return null;
        }
        return Keep(name, number, home);
    }

    public async Task<Outcome<(WorkbenchServer Workbench, bool Created)>> CreateAsync(string name, CancellationToken cancel = default)
    {
        if (!Name().IsMatch(name))
            return WorkbenchRefusals.NameInvalid;
        try
        {
            if (await ledger.Workbenches.FindAsync(name, cancel) is null && await ledger.Workbenches.CountAsync(cancel) >= MostWorkbenches)
                return WorkbenchRefusals.TooMany;
            var (number, home, created) = await ledger.Workbenches.CreateAsync(name, cancel);
            return (Keep(name, number, home), created);
        }
        catch (Exception e) when (Infrastructure.IsLost(e) && !cancel.IsCancellationRequested)
        {
            return Ledger.Ledger.Unavailable;
        }
    }

    public async Task<Outcome<bool>> WipeAsync(string name, CancellationToken cancel = default)
    {
        try
        {
            known.TryRemove(name, out _);
            return Name().IsMatch(name) && await ledger.Workbenches.WipeAsync(name, cancel);
        }
        catch (Exception e) when (Infrastructure.IsLost(e) && !cancel.IsCancellationRequested)
        {
            return Ledger.Ledger.Unavailable;
        }
        finally
        {
            known.TryRemove(name, out _);
        }
    }

    private WorkbenchServer Keep(string name, Guid number, SpaceId home)
    {
        var workbench = new WorkbenchServer(name, number, home);
        known[name] = (workbench, Stopwatch.GetTimestamp());
        return workbench;
    }

    [GeneratedRegex("^[a-z0-9-]{1,64}$")]
    private static partial Regex Name();
}

/// <summary>Composes the workbenches of one host.</summary>
public static class WorkbenchStoreServices
{
    public static IServiceCollection AddWorkbenchStore(this IServiceCollection services) => services
        .AddSingleton<IWorkbenches, Workbenches>()
        .AddSingleton<IWorkbenchStore, WorkbenchStore>();
}
