using Microsoft.IdentityModel.Tokens;
using Sante.Identity.Keys;

namespace Sante.Identity.Tests;

/// <summary>What is sealed opens with the same key at the same place, and nowhere else.</summary>
public sealed class SealingKeyTests : IDisposable
{
    private static readonly byte[] Content = "contenu"u8.ToArray();
    private readonly string folder = Directory.CreateTempSubdirectory("sante-key-").FullName;

    private string Path => System.IO.Path.Combine(folder, "identity.key");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Open_AtTheSamePlaceWithTheSameFile_GivesTheContent()
    {
        using var first = SealingKey.FromFile(Path, create: true);
        using var again = SealingKey.FromFile(Path, create: false);
        Assert.Equal(Content, again.Open(first.Seal(Content, "sessions/1"), "sessions/1"));
        Assert.Equal(first.HashOf("sub"), again.HashOf("sub"));
    }

    [Fact]
    public void Seal_Twice_GivesDifferentBoxesWithoutTheContent()
    {
        using var key = SealingKey.FromFile(Path, create: true);
        var (one, two) = (key.Seal(Content, "a"), key.Seal(Content, "a"));
        Assert.NotEqual(one, two);
        Assert.Equal(-1, one.AsSpan().IndexOf(Content));
    }

    [Fact]
    public void Open_AtAnotherPlace_Fails()
    {
        using var key = SealingKey.FromFile(Path, create: true);
        Assert.ThrowsAny<SecurityTokenException>(() => key.Open(key.Seal(Content, "sessions/1"), "sessions/2"));
    }

    [Fact]
    public void Open_WithOneBitChangedAnywhere_Fails()
    {
        using var key = SealingKey.FromFile(Path, create: true);
        var box = key.Seal(Content, "a");
        Assert.All(Enumerable.Range(0, box.Length), index =>
        {
            var changed = box.ToArray();
            changed[index] ^= 1;
            Assert.ThrowsAny<SecurityTokenException>(() => key.Open(changed, "a"));
        });
    }

    [Fact]
    public void Open_WithAnotherKey_Fails()
    {
        using var key = SealingKey.FromFile(Path, create: true);
        using var other = new SealingKey(new byte[SealingKey.KeyBytes]);
        Assert.ThrowsAny<SecurityTokenException>(() => other.Open(key.Seal(Content, "a"), "a"));
    }

    [Fact]
    public void FromFile_Created_IsReadableByItsOwnerAlone()
    {
        SealingKey.FromFile(Path, create: true).Dispose();
        Assert.Single(Directory.GetFiles(folder));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        }
    }

    [Fact]
    public void FromFile_MissingOutsideDevelopment_Fails() => Assert.Throws<InvalidOperationException>(() => SealingKey.FromFile(Path, create: false));

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    public void FromFile_WithoutThirtyTwoBytes_Fails(string text)
    {
        File.WriteAllText(Path, text);
        Assert.Throws<InvalidOperationException>(() => SealingKey.FromFile(Path, create: true));
    }
}
