namespace Sante.Rules.Tests.Source;

/// <summary>The text files of the repository, without what is built or fetched; or a handful of samples.</summary>
public sealed class SourceTree(IEnumerable<SourceFile> files)
{
    private static readonly HashSet<string> Skipped = ["bin", "obj", ".git", "artifacts", "node_modules", ".vs", ".vscode", "TestResults"];

    private static readonly HashSet<string> TextExtensions =
        [".cs", ".csproj", ".props", ".targets", ".json", ".md", ".sql", ".config", ".sln", ".razor", ".resx", ".editorconfig", ".html", ".css", ".js", ".sh", ".txt", ""];

    public IReadOnlyList<SourceFile> Files { get; } = [.. files];

    public IEnumerable<SourceFile> CSharp => Files.Where(file => file.IsCSharp);

    /// <summary>C# of the parts that run: src, ServiceDefaults and AppHost.</summary>
    public IEnumerable<SourceFile> Product => CSharp.Where(file => file.IsUnder("src") || file.IsUnder("ServiceDefaults") || file.IsUnder("AppHost"));

    public IEnumerable<SourceFile> Projects => Files.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal));

    public static SourceTree Of(params IEnumerable<(string Path, string Text)> samples) =>
        new(samples.Select(sample => new SourceFile(sample.Path, sample.Text)));

    /// <summary>The repository that these tests were built from: the nearest folder above them with a <c>.ci/run</c>.</summary>
    public static SourceTree OfRepository()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(root.FullName, ".ci", "run")))
        {
            root = root.Parent ?? throw new DirectoryNotFoundException("No folder above the tests holds .ci/run.");
        }

        return new SourceTree(Walk(root).Select(file => Read(root, file)));
    }

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder) =>
        folder.EnumerateFiles().Concat(folder.EnumerateDirectories()
            .Where(sub => !Skipped.Contains(sub.Name) && sub.LinkTarget is null).SelectMany(Walk));

    /// <summary>Every file counts by its name; large and binary ones have no text here.</summary>
    private static SourceFile Read(DirectoryInfo root, FileInfo file)
    {
        var path = System.IO.Path.GetRelativePath(root.FullName, file.FullName).Replace('\\', '/');
        var readable = TextExtensions.Contains(file.Extension) && file.Length < 2_000_000;
        return new SourceFile(path, readable ? File.ReadAllText(file.FullName).ReplaceLineEndings("\n") : "");
    }
}
