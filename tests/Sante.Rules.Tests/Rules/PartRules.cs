using Sante.Rules.Tests.Source;

namespace Sante.Rules.Tests.Rules;

/// <summary>House §5 by part: which names a file may not contain, whatever its project could reach.</summary>
public static class PartRules
{
    // A name counts with or without its first namespace, as code inside the namespace Sante may leave it out.
    public const string AspNet = @"\bMicrosoft\.AspNetCore\b|\bIEndpointRouteBuilder\b|\bRouteGroupBuilder\b|\bHttpContext\b|\bHttpRequest\b|\bHttpResponse\b|\bIResult\b|\bResults\s*\.\s*[A-Z]|\bTypedResults\b|\bWebApplication\b";
    public const string Grains = @"\bOrleans\b|\bIGrain\w*|\bI[A-Z]\w*Grain\b|\bSpaceGrain\b|\bEmbeddedGrainFactory\b";
    public const string Npgsql = @"\bNpgsql\w*";
    public const string Ledger = @"\bSante\.Ledger\b|\bLedger\s*\.\s*[A-Z]\w*";
    public const string Fhir = @"\bSante\.Fhir\b|(?<![\w.])Fhir\s*\.\s*[A-Z]\w*";
    public const string Space = @"\bSante\.Space\b";
    public const string Foundations = @"\bSante\.Foundations\b|(?<![\w.])Foundations\s*\.\s*[A-Z]\w*";
    public const string Clock = @"\b(?:DateTime|DateTimeOffset)\s*\.\s*(?:UtcNow|Now|Today)\b|\bTimeProvider\b|\bStopwatch\b|\bEnvironment\s*\.\s*TickCount\w*";
    public const string Randomness = @"\bGuid\s*\.\s*(?:NewGuid|CreateVersion7)\b|\bRandom\b|\bRandomNumberGenerator\b";
    public const string Effects = @"\b(?:File|Directory|FileStream|StreamReader|StreamWriter|HttpClient|Socket|Console|Process|Environment)\s*\.\s*[A-Z]|\bnew\s+(?:FileStream|StreamReader|StreamWriter|HttpClient|Socket|Process)\b|\basync\b|\bawait\b|\bTask\b|\bThread\b";

    private static readonly (string Name, Func<SourceFile, bool> Of, string Pattern, string What)[] Forbidden =
    [
        ("kernel-uses-nothing", file => file.IsUnder("src/Sante.Kernel"), $@"{AspNet}|{Npgsql}|\bSante\.(?!Kernel\b)[A-Z]\w*|\bMicrosoft\.(?!Win32)\w+", "Kernel uses the base class library alone"),
        ("kernel-is-pure", file => file.IsUnder("src/Sante.Kernel") && !file.IsUnder("src/Sante.Kernel/Embedded"), $"{Clock}|{Randomness}|{Effects}", "Kernel takes instants and randomness from its callers"),
        ("fhir-knows-no-citizen", file => file.IsUnder("src/Sante.Fhir"), $"{AspNet}|{Npgsql}|{Grains}|{Ledger}|{Space}|{Foundations}|{Clock}", "Fhir uses Kernel alone"),
        ("ledger-knows-no-fhir", file => file.IsUnder("src/Sante.Ledger"), $"{AspNet}|{Grains}|{Fhir}|{Space}|{Foundations}", "Ledger uses Kernel and Npgsql"),
        ("foundations-know-no-space", file => file.IsUnder("src/Sante.Foundations"), $"{Space}|{Grains}", "Foundations never use Space"),
        ("foundations-web-in-endpoints", file => file.IsUnder("src/Sante.Foundations") && !file.Stem.EndsWith("Endpoints", StringComparison.Ordinal), AspNet, "ASP.NET in XEndpoints only"),
        ("foundations-ledger-in-ins", file => file.IsUnder("src/Sante.Foundations") && !file.IsUnder("src/Sante.Foundations/Ins"), Ledger, "only the INS registry uses the Ledger (record 0011)"),
        ("identity-holds-no-health-data", file => file.IsUnder("src/Sante.Identity"), $"{Space}|{Ledger}|{Fhir}|{Foundations}|{Grains}", "Identity uses Kernel and its own database"),
        ("simulators-speak-http", file => file.IsUnder("src/Sante.Simulators"), $"{Space}|{Ledger}|{Foundations}|{Grains}|{Npgsql}", "Simulators use Kernel, Fhir and HTTP"),
        ("portal-speaks-http", file => file.IsUnder("src/Sante.Portal"), $"{Space}|{Ledger}|{Foundations}|{Grains}|{Npgsql}|{Fhir}", "the Portal uses the API over HTTP"),
        ("apphost-knows-process-names", file => file.IsUnder("AppHost"), @"\bSante\.(?!AppHost\b)[A-Z]\w*", "AppHost knows process names only"),
        ("service-defaults-no-domain-word", file => file.IsUnder("ServiceDefaults"), @"\bSante\.(?!ServiceDefaults\b)[A-Z]\w*|\w*(?:Patient|Citizen|Consent|SpaceId|Rpps|Finess|Mssante|Fhir|Entourage)\w*|\bIns\b|\bDmp\b", "no domain word in ServiceDefaults"),
        // Security time is TimeProvider's, platform time the Ledger's World (house idea 8).
        ("no-wall-clock", file => file.IsUnder("src") && file.Path != "src/Sante.Ledger/World.cs", @"\b(?:DateTime|DateTimeOffset)\s*\.\s*(?:UtcNow|Now|Today)\b", "time comes from TimeProvider or the Ledger"),
    ];

    public static IReadOnlyList<Rule> All { get; } =
    [
        .. Forbidden.Select(row => new Rule(row.Name, tree => tree.CSharp.Where(row.Of).SelectMany(file => Scan.Words(file, row.Pattern, row.What)))),
    ];
}
