using System.Runtime.Versioning;
using Sante.Ledger.Keys;

namespace Sante.Ledger.Tests;

/// <summary>The file of the master key is its owner's alone (house §7).</summary>
[UnsupportedOSPlatform("windows")]
public sealed class MasterKeyTests
{
    private static string NewPath() => Path.Combine(Path.GetTempPath(), $"sante-test-{Guid.NewGuid():N}.key");

    [Fact]
    public void Key_JustMade_IsTheOwnersAloneAndIsRead()
    {
        var path = NewPath();
        FileMasterKey.CreateIfMissing(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(1, FileMasterKey.Read(path).CurrentVersion);
        File.Delete(path);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Key_ThatOthersCanReachTheFileOf_IsNotRead(UnixFileMode tooMuch)
    {
        var path = NewPath();
        FileMasterKey.CreateIfMissing(path);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | tooMuch);
        Assert.Contains("0600", Assert.Throws<InvalidDataException>(() => FileMasterKey.Read(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }
}
