using System.Globalization;

namespace Sante.AppHost.Embedded.Postgres;

/// <summary>A folder that holds <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>.</summary>
public sealed record PostgresBinaries(string Folder)
{
    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];

    public string Initdb => Program("initdb");

    public string PgCtl => Program("pg_ctl");

    /// <summary>Looks in <c>PATH</c>, then Debian's folders (newest version first), then the usual places of the other systems.</summary>
    public static PostgresBinaries? Find(string? path = null)
    {
        var folders = (path ?? Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(UsualPlaces());
        return folders.Select(folder => new PostgresBinaries(folder)).FirstOrDefault(found => found.IsComplete);
    }

    /// <summary>The message when nothing was found, with the one line that installs PostgreSQL on this system.</summary>
    public static string InstallAdvice() =>
        "PostgreSQL was not found (SANTE_POSTGRES, PATH, the usual folders, docker or podman)." + Environment.NewLine
        + "Install it with:  " + InstallLine();

    private bool IsComplete => Programs.All(name => File.Exists(Program(name)));

    private string Program(string name) => Path.Combine(Folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    private static IEnumerable<string> UsualPlaces()
    {
        string[] parents = OperatingSystem.IsWindows()
            ? [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL")]
            : ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/Applications/Postgres.app/Contents/Versions", "/Library/PostgreSQL"];
        var versioned = parents.Where(Directory.Exists)
            .SelectMany(parent => Directory.EnumerateDirectories(parent))
            .Where(folder => Version(folder) > 0)
            .OrderByDescending(Version)
            .Select(folder => Path.Combine(folder, "bin"));
        return versioned.Concat(["/opt/homebrew/bin", "/usr/local/bin", "/usr/local/pgsql/bin", "/usr/pgsql/bin", "/usr/libexec/postgresql"]);
    }

    /// <summary>15 for <c>15</c> and <c>postgresql@15</c>, 9.6 for <c>9.6</c>, 0 for other folders.</summary>
    private static double Version(string folder)
    {
        var name = Path.GetFileName(folder);
        var digits = name.StartsWith("postgresql@", StringComparison.Ordinal) ? name["postgresql@".Length..] : name;
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    private static string InstallLine()
    {
        if (OperatingSystem.IsMacOS())
        {
            return "brew install postgresql@17";
        }

        if (OperatingSystem.IsWindows())
        {
            return "winget install PostgreSQL.PostgreSQL.17";
        }

        if (File.Exists("/etc/alpine-release"))
        {
            return "apk add postgresql";
        }

        return File.Exists("/usr/bin/dnf") ? "sudo dnf install -y postgresql-server"
            : File.Exists("/usr/bin/pacman") ? "sudo pacman -S --noconfirm postgresql"
            : "sudo apt-get install -y postgresql";
    }
}
