using System.Security.Cryptography;

namespace Sante.Ledger.Keys;

/// <summary>Wraps and unwraps the roots of spaces. A file in development; a KMS or HSM implements the same three members.</summary>
public interface IMasterKey
{
    /// <summary>The version that new roots are wrapped under; older versions stay readable.</summary>
    int CurrentVersion { get; }

    /// <summary>Wraps a 32-byte root under <see cref="CurrentVersion"/>, bound to <paramref name="context"/>.</summary>
    byte[] Wrap(ReadOnlySpan<byte> root, ReadOnlySpan<byte> context);

    /// <summary>Unwraps; throws <see cref="CryptographicException"/> when version, context or bytes are wrong.</summary>
    byte[] Unwrap(int version, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> context);

    /// <summary>32 bytes derived for one platform-wide use (tokens of actors, of the registry), the same on every host.</summary>
    byte[] Derive(string use);
}

/// <summary>
/// Master keys read from a file of mode 0600, one line per version: <c>version base64(32 bytes)</c>; the highest version wraps.
/// Derivations use the lowest version, so that tokens stay findable across rotations.
/// </summary>
public sealed class FileMasterKey : IMasterKey
{
    private readonly SortedDictionary<int, byte[]> keys = [];

    private FileMasterKey() { }

    public int CurrentVersion => keys.Keys.Last();

    private const UnixFileMode OfOthers = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>
    /// Reads the file. Throws <see cref="InvalidDataException"/> when it holds no usable key or, on Unix, when its mode is wider than 0600: a key that
    /// others could read may have been read.
    /// </summary>
    public static FileMasterKey Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) != 0)
            throw new InvalidDataException("The master key file must be its owner's alone, mode 0600: change the mode, and the key if others could read it.");
        var master = new FileMasterKey();
        foreach (var line in File.ReadLines(path).Where(l => l.Length > 0))
        {
            var parts = line.Split(' ', 2);
            var key = parts.Length == 2 ? Convert.FromBase64String(parts[1].Trim()) : [];
            if (key.Length != 32 || !int.TryParse(parts[0], out var version))
                throw new InvalidDataException("A master key line is: version, space, base64 of 32 bytes.");
            master.keys[version] = key;
        }
        return master.keys.Count > 0 ? master : throw new InvalidDataException("The master key file holds no key.");
    }

    /// <summary>Creates the file with one random key of version 1, mode 0600, unless it exists.</summary>
    public static void CreateIfMissing(string path)
    {
        if (File.Exists(path))
            return;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(path, options);
        file.WriteLine($"1 {Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}");
    }

    public byte[] Wrap(ReadOnlySpan<byte> root, ReadOnlySpan<byte> context) => Sealing.Seal(keys[CurrentVersion], root, context);

    public byte[] Unwrap(int version, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> context) =>
        keys.TryGetValue(version, out var key)
            ? Sealing.Open(key, wrapped, context)
            : throw new CryptographicException($"No master key of version {version}.");

    public byte[] Derive(string use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, keys.Values.First(), 32, info: System.Text.Encoding.UTF8.GetBytes("sante/platform/" + use));
}
