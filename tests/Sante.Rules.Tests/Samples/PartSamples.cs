using static Sante.Rules.Tests.Samples.Sample;

namespace Sante.Rules.Tests.Samples;

/// <summary>Projects, parts and permits.</summary>
public static class PartSamples
{
    public static IReadOnlyList<Sample> All { get; } =
    [
        Bad("project-references", "src/Sante.Fhir/Sante.Fhir.csproj", Project("Microsoft.NET.Sdk", """<ProjectReference Include="../Sante.Ledger/Sante.Ledger.csproj" />""")),
        Bad("project-references", "src/Sante.Kernel/Sante.Kernel.csproj", Project("Microsoft.NET.Sdk", """<PackageReference Include="Npgsql" />""")),
        Bad("project-references", "src/Sante.Ledger/Sante.Ledger.csproj", Project("Microsoft.NET.Sdk", """<FrameworkReference Include="Microsoft.AspNetCore.App" />""")),
        Bad("project-references", "src/Sante.Ledger/Sante.Ledger.csproj", Project("Microsoft.NET.Sdk.Web", "")),
        Bad("project-references", "src/Sante.Identity/Sante.Identity.csproj", Project("Microsoft.NET.Sdk.Web", """<ProjectReference Include="..\Sante.Space\Sante.Space.csproj" />""")),
        Bad("project-references", "src/Sante.Foundations/Sante.Foundations.csproj", Project("Microsoft.NET.Sdk", """<ProjectReference Include="../Sante.Space/Sante.Space.csproj" />""")),
        Bad("project-references", "src/Sante.New/Sante.New.csproj", Project("Microsoft.NET.Sdk", "")),
        Good("project-references", "src/Sante.Ledger/Sante.Ledger.csproj", Project("Microsoft.NET.Sdk", """<ProjectReference Include="../Sante.Kernel/Sante.Kernel.csproj" /><PackageReference Include="Npgsql" />""")),
        Good("project-references", "tests/Sante.Any.Tests/Sante.Any.Tests.csproj", Project("Microsoft.NET.Sdk", """<ProjectReference Include="../../src/Sante.Ledger/Sante.Ledger.csproj" />""")),
        Bad("project-global-usings", "src/Sante.Space/Sante.Space.csproj", Project("Microsoft.NET.Sdk", """<Using Include="Sante.Ledger" />""")),
        Bad("project-global-usings", "src/Sante.Space/Usings.cs", "global using Npgsql;"),
        Good("project-global-usings", "src/Sante.Space/Sante.Space.csproj", Project("Microsoft.NET.Sdk", """<Using Include="Orleans" />""")),

        Bad("kernel-uses-nothing", "src/Sante.Kernel/Ins.cs", "using Npgsql;"),
        Bad("kernel-uses-nothing", "src/Sante.Kernel/Ins.cs", "class A { Sante.Ledger.Ledger l; }"),
        Good("kernel-uses-nothing", "src/Sante.Kernel/Ins.cs", "using System.Text; // not Npgsql\nnamespace Sante.Kernel;"),
        Bad("kernel-is-pure", "src/Sante.Kernel/CivilDate.cs", "class A { DateTimeOffset now = DateTimeOffset.UtcNow; }"),
        Bad("kernel-is-pure", "src/Sante.Kernel/RecordId.cs", "class A { Guid id = Guid.NewGuid(); }"),
        Bad("kernel-is-pure", "src/Sante.Kernel/RecordId.cs", """class A { string id = $"a{Guid.NewGuid()}"; }"""),
        Good("kernel-is-pure", "src/Sante.Kernel/Embedded/Factory.cs", "class A { async Task B() => await C(); }"),
        Bad("fhir-knows-no-citizen", "src/Sante.Fhir/Json/A.cs", "using Sante.Ledger;"),
        Bad("fhir-knows-no-citizen", "src/Sante.Fhir/Json/A.cs", "class A { object Of(HttpContext web) => web; }"),
        Good("fhir-knows-no-citizen", "src/Sante.Fhir/Json/A.cs", """namespace Sante.Fhir; class A { string s = "Npgsql"; }"""),
        Bad("ledger-knows-no-fhir", "src/Sante.Ledger/A.cs", "using Sante.Fhir;"),
        Bad("ledger-knows-no-fhir", "src/Sante.Ledger/A.cs", "class A : Orleans.Grain;"),
        Good("ledger-knows-no-fhir", "src/Sante.Ledger/A.cs", "using Npgsql; namespace Sante.Ledger;"),
        Bad("foundations-know-no-space", "src/Sante.Foundations/Ins/A.cs", "using Sante.Space;"),
        Good("foundations-know-no-space", "src/Sante.Foundations/Ins/A.cs", "using Sante.Kernel; class A { SpaceId Space; }"),
        Bad("foundations-web-in-endpoints", "src/Sante.Foundations/Ins/InsRegistry.cs", "using Microsoft.AspNetCore.Http;"),
        Good("foundations-web-in-endpoints", "src/Sante.Foundations/Ins/InsEndpoints.cs", "using Microsoft.AspNetCore.Http;"),
        Bad("foundations-ledger-in-ins", "src/Sante.Foundations/Rpps/RppsReader.cs", "using Sante.Ledger;"),
        Good("foundations-ledger-in-ins", "src/Sante.Foundations/Ins/InsRegistry.cs", "using Sante.Ledger;"),
        Bad("identity-holds-no-health-data", "src/Sante.Identity/A.cs", "using Sante.Space;"),
        Good("identity-holds-no-health-data", "src/Sante.Identity/A.cs", "using Npgsql; using Sante.Kernel;"),
        Bad("simulators-speak-http", "src/Sante.Simulators/Story.cs", "using Sante.Ledger;"),
        Bad("simulators-speak-http", "src/Sante.Simulators/Story.cs", "using Npgsql;"),
        Good("simulators-speak-http", "src/Sante.Simulators/Story.cs", "using Sante.Fhir; using System.Net.Http;"),
        Bad("portal-speaks-http", "src/Sante.Portal/A.cs", "using Sante.Ledger;"),
        Good("portal-speaks-http", "src/Sante.Portal/A.cs", "using System.Net.Http;"),
        Bad("apphost-knows-process-names", "AppHost/Embedded/Run.cs", "using Sante.Kernel;"),
        Good("apphost-knows-process-names", "AppHost/Program.cs", """builder.AddProject<Projects.Sante_Api>("Sante.Api");"""),
        Bad("service-defaults-no-domain-word", "ServiceDefaults/Health.cs", "class PatientHealth;"),
        Bad("service-defaults-no-domain-word", "ServiceDefaults/Health.cs", "using Sante.Kernel;"),
        Good("service-defaults-no-domain-word", "ServiceDefaults/Health.cs", "namespace Sante.ServiceDefaults; // says nothing of a Patient\nclass Health;"),
        Bad("no-wall-clock", "src/Sante.Identity/A.cs", "var now = DateTime.UtcNow;"),
        Bad("no-wall-clock", "src/Sante.Identity/A.cs", "var today = System.DateTime . Today;"),
        Good("no-wall-clock", "src/Sante.Identity/A.cs", "var now = time.GetUtcNow();"),

        Bad("permits-are-made-in-one-place", "src/Sante.Ledger/Ledger.cs", "var permit = new DisclosePermit(space, 1, 1, at);"),
        Bad("permits-are-made-in-one-place", "src/Sante.Ledger/Ledger.cs", "EvaluatePermit permit = new(space, 1, null, rule);"),
        Bad("permits-are-made-in-one-place", "src/Sante.Ledger/Permits.cs", "public sealed class DisclosePermit { public DisclosePermit(SpaceId space) { } }"),
        Bad("permits-are-made-in-one-place", "src/Sante.Ledger/Permits.cs", "public sealed record EvaluatePermit;"),
        Good("permits-are-made-in-one-place", "src/Sante.Ledger/Permits.cs", "public sealed class DisclosePermit { internal DisclosePermit(SpaceId space) { } static DisclosePermit Of() => new DisclosePermit(s); }"),
        Bad("evaluate-follows-a-decision", "src/Sante.Space/FhirApi/Read.cs", "var permit = Permits.Evaluate(space, 1, null, rule);"),
        Good("evaluate-follows-a-decision", "src/Sante.Space/Access/AccessGrain.cs", "var permit = Permits.Evaluate(space, 1, null, rule);"),
        Bad("disclose-follows-the-trace", "src/Sante.Ledger/ResourceRows.cs", "return Permits.Disclose(request, verdict);"),
        Good("disclose-follows-the-trace", "src/Sante.Ledger/Ledger.cs", "return Permits.Disclose(request, verdict);"),
    ];

    private static string Project(string sdk, string items) => $"""<Project Sdk="{sdk}"><ItemGroup>{items}</ItemGroup></Project>""";
}
