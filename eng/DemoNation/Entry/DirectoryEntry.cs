using Npgsql;
using Sante.DirectoryFiles;
using Sante.Foundations.Files;
using Sante.Foundations.FinessDirectory;
using Sante.Foundations.RppsDirectory;
using Sante.Kernel;

namespace Sante.DemoNation;

/// <summary>The professionals and structures enter as the national files do: written in their layout, read by the loaders.</summary>
internal static class DirectoryEntry
{
    /// <summary>Loads both files; rows read.</summary>
    /// <param name="carers">The nation's.</param>
    /// <param name="migrator">Connection string of the migrator role, as the loaders need it.</param>
    /// <param name="today">Date of the files.</param>
    public static async Task<long> LoadAsync(Carers carers, string migrator, DateOnly today, CancellationToken cancel)
    {
        await using var database = NpgsqlDataSource.Create(migrator);
        using var finess = new MemoryStream();
        await FinessFile.WriteAsync(finess, carers.Directory, today);
        finess.Position = 0;
        var structures = Whole(await new FinessLoader(database).LoadAsync(finess, "demo-nation-finess.csv", mayShrink: true, cancel: cancel));
        using var rpps = new MemoryStream();
        await RppsFile.WriteAsync(rpps, carers.All.Select(carer => carer.Person));
        rpps.Position = 0;
        return structures + Whole(await new RppsLoader(database).LoadAsync(rpps, "demo-nation-rpps.txt", mayShrink: true, cancel: cancel));
    }

    private static long Whole(Outcome<LoadReport> loaded) => loaded.TryGet(out var report, out var refusal) && report.Problems.Wrong == 0
        ? report.Rows
        : throw new InvalidOperationException($"The demo directory was not loaded: {refusal?.Code ?? "wrong rows"}.");
}
