using static Sante.Rules.Tests.Samples.Sample;

namespace Sante.Rules.Tests.Samples;

/// <summary>Build files.</summary>
public static class BuildSamples
{
    private const string Project = "src/Sante.Any/Sante.Any.csproj";

    public static IReadOnlyList<Sample> All { get; } =
    [
        Bad("nuget-has-no-sources", "NuGet.config", """<configuration><packageSources><add key="a" value="https://example.org" /></packageSources></configuration>"""),
        Bad("nuget-has-no-sources", "src/nuget.config", "<configuration><config><clear/></config></configuration>"),
        Good("nuget-has-no-sources", "NuGet.config", """<configuration><packageRestore><add key="enabled" value="True" /></packageRestore></configuration>"""),
        Bad("nowarn-says-why", Project, "<Project><PropertyGroup><NoWarn>$(NoWarn);CA1707</NoWarn></PropertyGroup></Project>"),
        Bad("nowarn-says-why", Project, "<Project><PropertyGroup><!-- CA1707: test names --><NoWarn>$(NoWarn);CA1707;CA1515</NoWarn></PropertyGroup></Project>"),
        Good("nowarn-says-why", Project, "<Project><PropertyGroup><!-- CA1707: test names --><NoWarn>$(NoWarn);CA1707</NoWarn></PropertyGroup></Project>"),
        Bad("suppressions-say-why", "src/Sante.Any/A.cs", "#pragma warning disable CA1000\nclass A;"),
        Bad("suppressions-say-why", "src/Sante.Any/A.cs", """[SuppressMessage("Design", "CA1000")] class A;"""),
        Bad("suppressions-say-why", ".editorconfig", "[*.cs]\ndotnet_diagnostic.CA1000.severity = none\n"),
        Good("suppressions-say-why", "src/Sante.Any/A.cs", """
            #pragma warning disable CA1000 // the type argument is the point of it
            [SuppressMessage("Design", "CA1000", Justification = "as above")] class A;
            """),
        Good("suppressions-say-why", "src/Sante.Any/A.cs", "// The text is our own, never input.\n#pragma warning disable CA2100\nclass A;"),
        Good("suppressions-say-why", ".editorconfig", "[*.cs]\n# French words stay.\ndotnet_diagnostic.CA1716.severity = none\n"),
        Bad("versions-are-central", Project, """<Project><ItemGroup><PackageReference Include="Npgsql" Version="10.0.0" /></ItemGroup></Project>"""),
        Good("versions-are-central", Project, """<Project><ItemGroup><PackageReference Include="Npgsql" /></ItemGroup></Project>"""),
    ];
}
