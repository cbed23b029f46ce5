using System.Security.Cryptography;
using System.Text;

namespace Sante.AppHost.Embedded.Postgres;

/// <summary>Where the clone of the repository lies, and the short name made from it.</summary>
public static class ClonePath
{
    /// <summary>The first folder at or above the running program that holds <c>Directory.Packages.props</c>.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>24 hexadecimal characters of the SHA-256 of a full path.</summary>
    public static string Hash(string path) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(path))))[..24];

    private static string Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                return folder.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }
}
