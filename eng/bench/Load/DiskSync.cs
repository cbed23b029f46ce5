using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sante.Bench.Load;

/// <summary>What the disk does, and putting it in the state of a machine that has just started.</summary>
internal static partial class DiskSync
{
    private const int DontNeed = 4;

    /// <summary>Writes of 8 KiB with a sync each, per second, over half a second: what one writer alone can commit.</summary>
    public static double PerSecond(string folder)
    {
        var path = Path.Combine(folder, "sync-probe");
        var block = new byte[8192];
        var count = 0;
        var watch = Stopwatch.StartNew();
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            for (; watch.Elapsed < TimeSpan.FromSeconds(0.5); count++)
            {
                file.Position = 0;
                file.Write(block);
                file.Flush(flushToDisk: true);
            }
        }

        File.Delete(path);
        return count / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Puts the files of a stopped cluster out of the operating system's page cache (posix_fadvise(2)), and nobody else's.</summary>
    public static void Forget(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(file);
            if (Advise(file, 0, 0, DontNeed) is var error and not 0)
                throw new IOException($"posix_fadvise: error {error}");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
