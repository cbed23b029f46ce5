using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Sante.Ledger.Keys;

/// <summary>
/// The index of a workbench is in clear: its key comes from the workbench's number, which is no secret. So every host computes the same tokens for all
/// its spaces, and remembers those that it uses often.
/// </summary>
internal static class SharedIndex
{
    private const int MostRemembered = 50_000;
    private static readonly ConcurrentDictionary<(Guid Workbench, string Parameter, string Value), long> Known = new();

    public static byte[] KeyOf(Guid workbench) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, workbench.ToByteArray(bigEndian: true), 32, info: "sante/workbench/index"u8.ToArray());

    public static long TokenOf(Guid workbench, byte[] key, string parameter, string value)
    {
        if (Known.TryGetValue((workbench, parameter, value), out var known))
            return known;
        if (Known.Count >= MostRemembered)
            Known.Clear();
        var token = Sealing.Token(key, parameter, value);
        Known[(workbench, parameter, value)] = token;
        return token;
    }

    /// <summary>The token bound to one space: a bijective mix (that of SplitMix64, Steele et al. 2014), then positive.</summary>
    public static long Salted(ulong salt, long token)
    {
        unchecked
        {
            var mixed = ((ulong)token ^ salt) + 0x9E3779B97F4A7C15UL;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            return (long)(mixed ^ (mixed >> 31)) & long.MaxValue;
        }
    }
}
