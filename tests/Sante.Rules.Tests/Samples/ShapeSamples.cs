using static Sante.Rules.Tests.Samples.Sample;

namespace Sante.Rules.Tests.Samples;

/// <summary>Names, sizes and habits of code.</summary>
public static class ShapeSamples
{
    private const string Any = "src/Sante.Space/Any.cs";

    public static IReadOnlyList<Sample> All { get; } =
    [
        Bad("type-names-say-something", Any, "class ConsentManager;"),
        Bad("type-names-say-something", Any, "internal static class DateHelper { }"),
        Bad("type-names-say-something", Any, "public sealed record PatientDto(int A);"),
        Bad("type-names-say-something", Any, "public record struct SpaceInfo(int A);"),
        Good("type-names-say-something", Any, "class Information; class Database; class Base32; // a ConsentManager\nclass Commons;"),
        Bad("names-are-ascii", "src/Sante.Space/Médecin.cs", ""),
        Good("names-are-ascii", "Santé.sln", ""),
        Bad("files-are-short", Any, new string('\n', 301)),
        Bad("files-are-short", "src/Sante.Api/Program.cs", new string('\n', 81)),
        Bad("files-are-short", "AppHost/Program.cs", new string('\n', 101)),
        Bad("files-are-short", "README.md", "a" + new string('\n', 121) + "b"),
        Good("files-are-short", Any, string.Concat(Enumerable.Repeat("a\n", 300))),
        Good("files-are-short", "eng/notes.md", new string('\n', 1000)),
        Bad("methods-are-short", Any, "class A { public int B(int c)\n{\n" + new string('\n', 41) + "} }"),
        Bad("methods-are-short", Any, "class A { static async Task<Outcome<int>> BAsync<T>(T c) where T : new() {\n" + new string('\n', 45) + "} }"),
        Good("methods-are-short", Any, "internal sealed class A(int b)\n{\n" + new string('\n', 60) + "}"),
        Good("methods-are-short", Any, "class A { public int B(int c)\n{\n" + new string('\n', 38) + "} }"),
        Bad("migrations-are-dated", "src/Sante.Ledger/Migrations/0001_events.sql", "select 1;"),
        Bad("migrations-are-dated", "src/Sante.Ledger/Migrations/202613010000_events.sql", "select 1;"),
        Good("migrations-are-dated", "src/Sante.Ledger/Migrations/202611212000_events.sql", "select 1;"),

        Bad("no-bare-catch", Any, "try { A(); } catch { B(); }"),
        Bad("no-bare-catch", Any, "try { A(); } catch when (x) { B(); }"),
        Good("no-bare-catch", Any, "try { A(); } catch (IOException) { B(); } // catch { }"),
        Bad("no-empty-catch", Any, "try { A(); } catch (IOException) { }"),
        Bad("no-empty-catch", Any, "try { A(); } catch (IOException e) when (e.X(1)) {\n }"),
        Good("no-empty-catch", Any, "try { A(); } catch (IOException e) when (e.X(1)) {\n // It ended meanwhile.\n }"),
        Good("no-empty-catch", Any, "try { A(); } catch (IOException e) when (e.X(1)) { B(); }"),
        Bad("nothing-left-to-do", Any, "// TO" + "DO: later"),
        Bad("nothing-left-to-do", Any, "void A() => throw new NotImplemented" + "Exception();"),
        Good("nothing-left-to-do", Any, """var s = "TODO"; // todos"""),
        Bad("logging-is-generated", Any, """log.LogInformation("x {Y}", y);"""),
        Good("logging-is-generated", Any, """[LoggerMessage(1, LogLevel.Information, "x")] partial void LogStarted();"""),
        Bad("tests-are-never-skipped", "tests/Sante.Any.Tests/A.cs", """[Fact(Skip = "later")] public void A() { }"""),
        Bad("tests-are-never-skipped", "tests/Sante.Any.Tests/A.cs", """[Theory(DisplayName = "x", Skip = "later")] public void A() { }"""),
        Good("tests-are-never-skipped", "tests/Sante.Any.Tests/A.cs", """[Fact] public void A() { list.Skip(1); }"""),
        Bad("tests-never-sleep", "tests/Sante.Any.Tests/A.cs", "Thread.Sleep(100);"),
        Good("tests-never-sleep", "tests/Sante.Any.Tests/A.cs", "thread.Join(); // not Thread.Sleep(1)"),
        Bad("no-paths-of-this-machine", Any, "var p = \"/wo" + "rk/shared/data\";"),
        Bad("no-paths-of-this-machine", "eng/notes.md", "see /ro" + "ot/notes"),
        Good("no-paths-of-this-machine", Any, """var p = "/home/someone/clone"; var q = "a/b/work";"""),
    ];
}
