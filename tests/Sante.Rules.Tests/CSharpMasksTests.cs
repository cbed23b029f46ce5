using Sante.Rules.Tests.Source;

namespace Sante.Rules.Tests;

public class CSharpMasksTests
{
    [Theory]
    [InlineData("a // b\nc", "a     \nc")]
    [InlineData("a /* b\n */ c", "a     \n    c")]
    [InlineData("x = \"//not\"; y", "x = \"     \"; y")]
    [InlineData("x = \"{\"; y", "x = \" \"; y")]
    [InlineData("x = \"a\\\"b\"; y", "x = \"    \"; y")]
    [InlineData("x = @\"a\\\"; y", "x = @\"  \"; y")]
    [InlineData("x = @\"a\"\"b\"; y", "x = @\"    \"; y")]
    [InlineData("x = $\"a{b}c\"; y", "x = $\" {b} \"; y")]
    [InlineData("x = $\"a{{b}}c\"; y", "x = $\"       \"; y")]
    [InlineData("x = $\"{f(\"z\")}c\"; y", "x = $\"{f(\" \")} \"; y")]
    [InlineData("x = \"\"\"a \"b\" c\"\"\"; y", "x = \"\"\"       \"\"\"; y")]
    [InlineData("x = $$\"\"\"{a} {{b}}\"\"\"; y", "x = $$\"\"\"    {{b}}\"\"\"; y")]
    [InlineData("c = '\"'; d = '\\''; y", "c = ' '; d = '  '; y")]
    public void Code_HasNeitherCommentsNorStrings(string text, string code) => Assert.Equal(code, CSharpMasks.Of(text).Code);

    [Fact]
    public void OtherMasks_KeepTheirPart()
    {
        var masks = CSharpMasks.Of("a(\"s\"); // c");

        Assert.Equal("a(\"s\");     ", masks.CodeAndStrings);
        Assert.Equal("a(\" \"); // c", masks.CodeAndComments);
    }
}
