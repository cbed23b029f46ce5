using System.ComponentModel;
using System.Diagnostics;

namespace Sante.AppHost.Embedded.Postgres;

/// <summary>
/// Who runs PostgreSQL. PostgreSQL refuses to run as root, so root hands over to <c>postgres</c>, else <c>nobody</c>:
/// every file of the cluster is then made by a child of that user, never by root.
/// </summary>
internal sealed record ClusterUser(string? Name)
{
    public static ClusterUser Current { get; } = Choose();

    /// <summary>Whether the cluster belongs to a user other than the one of this process.</summary>
    public bool IsOther => Name is not null;

    /// <summary>Runs a program to its end as this user.</summary>
    /// <returns>Exit code, and what it wrote to both outputs.</returns>
    public async Task<(int ExitCode, string Output)> RunAsync(
        string workingDirectory, string program, IReadOnlyList<string> arguments, string? input = null, CancellationToken cancel = default)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        if (Name is not null)
        {
            start.UserName = Name;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancel);
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var errors = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, (await output + await errors).Trim());
    }

    /// <summary>Makes or replaces a file of mode 0600 owned by this user.</summary>
    public async Task WriteFileAsync(string path, string content, CancellationToken cancel = default)
    {
        if (!IsOther)
        {
            await SecretFile.WriteAsync(path, content, cancel);
            return;
        }

        var folder = Path.GetDirectoryName(path)!;
        var (exitCode, output) = await RunAsync(folder, "/bin/sh", ["-c", "umask 077; rm -f \"$0\"; cat > \"$0\"", path], content, cancel);
        if (exitCode != 0)
        {
            throw new PostgresUnavailableException($"{path}: {output}");
        }
    }

    private static ClusterUser Choose()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return new ClusterUser((string?)null);
        }

        foreach (var name in (string[])["postgres", "nobody"])
        {
            try
            {
                using var probe = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exit 0"]) { UserName = name, WorkingDirectory = "/" });
                probe!.WaitForExit();
                if (probe.ExitCode == 0)
                {
                    return new ClusterUser(name);
                }
            }
            catch (Win32Exception)
            {
                // No such user, or the container forbids changing users: the next one.
            }
        }

        throw new PostgresUnavailableException(
            "PostgreSQL does not run as root, and neither user 'postgres' nor 'nobody' can be used here. Start as an ordinary user.");
    }
}

/// <summary>Files that only their owner reads.</summary>
public static class SecretFile
{
    /// <summary>Makes or replaces a file, mode 0600 from its first byte.</summary>
    public static async Task WriteAsync(string path, string content, CancellationToken cancel = default)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(content.AsMemory(), cancel);
    }

    /// <summary>Makes a folder of mode 0700 when it is missing.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
