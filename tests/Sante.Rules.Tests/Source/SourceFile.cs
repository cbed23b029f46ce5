namespace Sante.Rules.Tests.Source;

/// <summary>One text file of the repository, or a sample of one. C# is seen in three masks of equal length, so that offsets agree.</summary>
/// <param name="Path">Relative to the repository's root, with forward slashes.</param>
/// <param name="Text">As it stands in the file.</param>
public sealed record SourceFile(string Path, string Text)
{
    private readonly Lazy<CSharpMasks> masks = new(() => CSharpMasks.Of(Text));

    /// <summary>Code alone: comments and the contents of strings are blanks.</summary>
    public string Code => masks.Value.Code;

    /// <summary>Code and strings; comments are blanks.</summary>
    public string CodeAndStrings => masks.Value.CodeAndStrings;

    /// <summary>Code and comments; the contents of strings are blanks.</summary>
    public string CodeAndComments => masks.Value.CodeAndComments;

    /// <summary>File name with extension.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>File name up to its first dot.</summary>
    public string Stem => Name[..(Name.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? dot : Name.Length)];

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public int LineCount => Text.AsSpan().Count('\n') + (Text.EndsWith('\n') ? 0 : 1);

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>A violation at an offset of the text.</summary>
    public Violation At(int offset, string what) => new(Path, Text.AsSpan(0, offset).Count('\n') + 1, what);
}

/// <summary>Where a rule is broken, and how.</summary>
public sealed record Violation(string Path, int Line, string What)
{
    public override string ToString() => $"{Path}:{Line}: {What}";
}
