using System.Globalization;

namespace Sante.AppHost.Embedded.Postgres;

/// <summary>
/// The folder of one cluster, mode 0700. An ordinary user has it inside the clone; root has it under the system's temporary
/// directory (its user may be unable to enter the clone), named after a hash of the clone's path and linked from there.
/// </summary>
internal sealed class ClusterFolder
{
    private readonly ClusterUser user;

    private ClusterFolder(ClusterUser user, string path) => (this.user, Path) = (user, path);

    public string Path { get; }

    public string Data => System.IO.Path.Combine(Path, "data");

    public string Log => System.IO.Path.Combine(Path, "postgres.log");

    /// <summary>Where the folder of these options is or will be.</summary>
    public static string Place(PostgresOptions options, ClusterUser user)
    {
        var link = System.IO.Path.Combine(options.StateDirectory, options.Name);
        return user.IsOther ? System.IO.Path.Combine("/tmp", "sante-" + ClonePath.Hash(link)) : link;
    }

    /// <summary>Whether something lies there, a dangling link included.</summary>
    public static bool Exists(PostgresOptions options, ClusterUser user) => Lies(Place(options, user));

    /// <summary>Opens the folder, made when it is missing.</summary>
    /// <exception cref="PostgresUnavailableException">It exists and is a link, has another owner or is open to others.</exception>
    public static async Task<ClusterFolder> OpenAsync(PostgresOptions options, ClusterUser user, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.StateDirectory);
        var folder = new ClusterFolder(user, Place(options, user));
        if (!user.IsOther)
        {
            SecretFile.CreateFolder(folder.Path);
        }
        else
        {
            await folder.MakeAsOtherAsync(cancel);
            Link(System.IO.Path.Combine(options.StateDirectory, options.Name), folder.Path);
        }

        await folder.CheckOwnerAsync(cancel);
        return folder;
    }

    public async Task RemoveAsync(PostgresOptions options)
    {
        if (user.IsOther)
        {
            await user.RunAsync("/", "/bin/rm", ["-rf", "--", Path]);
            File.Delete(System.IO.Path.Combine(options.StateDirectory, options.Name));
        }
        else if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private static bool Lies(string path) => System.IO.Path.Exists(path) || new DirectoryInfo(path).LinkTarget is not null;

    private static void Link(string link, string target)
    {
        if (new DirectoryInfo(link).LinkTarget == target)
        {
            return;
        }

        File.Delete(link);
        Directory.CreateSymbolicLink(link, target);
    }

    private async Task MakeAsOtherAsync(CancellationToken cancel)
    {
        if (Lies(Path))
        {
            return;
        }

        var (exitCode, output) = await user.RunAsync("/", "/bin/mkdir", ["-m", "700", "--", Path], cancel: cancel);
        if (exitCode != 0)
        {
            throw new PostgresUnavailableException($"The folder of the cluster cannot be made by user '{user.Name}': {output}");
        }
    }

    private async Task CheckOwnerAsync(CancellationToken cancel)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if (new DirectoryInfo(Path).LinkTarget is not null)
        {
            throw new PostgresUnavailableException($"{Path} is a link, not a folder of ours: refused. Remove it and start again.");
        }

        string[] format = OperatingSystem.IsLinux() ? ["-c", "%u"] : ["-f", "%u"];
        var (_, owner) = await user.RunAsync("/", "stat", [.. format, Path], cancel: cancel);
        var (_, self) = await user.RunAsync("/", "id", ["-u"], cancel: cancel);
        if (!int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out _) || owner != self)
        {
            throw new PostgresUnavailableException($"{Path} exists with another owner (uid {owner}): refused. Remove it and start again.");
        }

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        if ((File.GetUnixFileMode(Path) & Others) != 0)
        {
            throw new PostgresUnavailableException($"{Path} is open to other users: refused. Remove it and start again.");
        }
    }
}
