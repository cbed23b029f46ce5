using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Sante.Identity.Protocol;

namespace Sante.Identity.Tests;

/// <summary>The table of errors for developers and the code are the same, both ways.</summary>
public sealed partial class OAuthErrorCatalogueTests
{
    [Fact]
    public async Task Catalogue_HasEveryErrorAndNoOther()
    {
        var made = typeof(OAuthErrors).GetProperties(BindingFlags.Public | BindingFlags.Static).Select(property => (OAuthError)property.GetValue(null)!)
            .Select(error => (error.Code, error.Error)).Order().ToArray();
        var listed = Row().Matches(await File.ReadAllTextAsync(Path.Combine(Root(), "eng", "oauth-errors.md"), TestContext.Current.CancellationToken))
            .Select(row => (row.Groups[1].Value, row.Groups[2].Value)).Order().ToArray();
        Assert.True(made.Length > 30);
        Assert.Equal(made, listed);
    }

    [Fact]
    public void Descriptions_AreAscii() => Assert.All(
        typeof(OAuthErrors).GetProperties(BindingFlags.Public | BindingFlags.Static).Select(property => (OAuthError)property.GetValue(null)!),
        error => Assert.All(error.Description, letter => Assert.InRange(letter, ' ', '~')));

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));

    [GeneratedRegex("^\\| `([a-z-]+)` \\| `([a-z_]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
