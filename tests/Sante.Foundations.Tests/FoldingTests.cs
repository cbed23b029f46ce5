using System.Text;
using Sante.Foundations.Files;

namespace Sante.Foundations.Tests;

public sealed class FoldingTests
{
    [Theory]
    [InlineData("D'Aëion-Lefèvre ", "D AEION LEFEVRE")]
    [InlineData("  Ça  va", "CA VA")]
    [InlineData("Œuvre Æthel Straße", "OEUVRE AETHEL STRASSE")]
    [InlineData("N'GUYỄN", "N GUYEN")]
    [InlineData("--", "")]
    [InlineData("", "")]
    public void Fold_NameAsWritten_IsUpperCaseWithoutSigns(string name, string folded)
    {
        Assert.Equal(folded, Folding.Fold(name));
        var bytes = Encoding.UTF8.GetBytes(name);
        var target = new byte[bytes.Length * 3 + 1];
        Assert.Equal(folded, Encoding.UTF8.GetString(target, 0, Folding.Fold(bytes, target)));
    }
}
