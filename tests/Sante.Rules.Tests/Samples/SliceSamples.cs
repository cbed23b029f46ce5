using static Sante.Rules.Tests.Samples.Sample;

namespace Sante.Rules.Tests.Samples;

/// <summary>Slices of Sante.Space: file suffixes and arrows.</summary>
public static class SliceSamples
{
    private const string Consent = "src/Sante.Space/Consent/";
    private const string Pure = "slice-decisions-are-pure";

    public static IReadOnlyList<Sample> All { get; } =
    [
        Bad(Pure, Consent + "Consent.cs", "class A { DateTimeOffset At() => DateTimeOffset.UtcNow; }"),
        Bad(Pure, Consent + "Consent.cs", "class A(TimeProvider time);"),
        Bad(Pure, Consent + "Consent.cs", "class A { Guid id = Guid.CreateVersion7(); }"),
        Bad(Pure, Consent + "Consent.cs", "class A { int n = Random.Shared.Next(); }"),
        Bad(Pure, Consent + "Consent.cs", "class A { string s = File.ReadAllText(p); }"),
        Bad(Pure, Consent + "Consent.cs", "class A { async Task B() { } }"),
        Bad(Pure, Consent + "Consent.cs", "using Sante.Ledger;"),
        Bad(Pure, Consent + "Consent.cs", "class A { void B() => Ledger.CommitAsync(request); }"),
        Bad(Pure, Consent + "Consent.cs", "using Sante.Fhir;"),
        Bad(Pure, Consent + "Consent.cs", "class A(IConsentGrain grain);"),
        Bad(Pure, Consent + "ConsentEvents.cs", "using Npgsql;"),
        Bad(Pure, "src/Sante.Space/Messaging/Anything.cs", "using Microsoft.AspNetCore.Http;"),
        Bad(Pure, "src/Sante.Space/SpaceWords.cs", "class A { DateTimeOffset At() => DateTimeOffset.UtcNow; }"),
        Good(Pure, "src/Sante.Space/SpaceServices.cs", "using Sante.Ledger; using Orleans;"),
        Good(Pure, Consent + "Consent.cs", "using Sante.Kernel; // the ledger's UtcNow is elsewhere\nclass A { object Decide(object state, DateTimeOffset now) => now; }"),
        Good(Pure, Consent + "ConsentGrain.cs", "using Orleans; using Sante.Ledger;"),
        Good(Pure, "src/Sante.Space/FhirApi/Read.cs", "using Microsoft.AspNetCore.Http; using Sante.Fhir;"),

        Bad("grains-know-no-wire", Consent + "ConsentGrain.cs", "using Microsoft.AspNetCore.Http;"),
        Bad("grains-know-no-wire", Consent + "ConsentGrain.cs", "using Sante.Fhir;"),
        Bad("grains-know-no-wire", "src/Sante.Space/SpaceGrain.cs", "class A { NpgsqlConnection c; }"),
        Good("grains-know-no-wire", Consent + "ConsentGrain.cs", "using Orleans; using Sante.Ledger; partial class SpaceGrain : Grain, IConsentGrain;"),
        Bad("front-ends-never-write", Consent + "ConsentEndpoints.cs", "await ledger.CommitAsync(write);"),
        Bad("front-ends-never-write", "src/Sante.Space/FhirApi/Create.cs", "var write = new WriteRequest(space, 1);"),
        Bad("front-ends-never-write", Consent + "ConsentFhir.cs", "using Npgsql;"),
        Good("front-ends-never-write", Consent + "ConsentEndpoints.cs", "using Microsoft.AspNetCore.Http; class A(IConsentGrain grain);"),
        Bad("views-know-no-grain", Consent + "ConsentView.cs", "class A(IConsentGrain grain);"),
        Bad("views-know-no-grain", Consent + "ConsentView.cs", "class A(HttpContext web);"),
        Good("views-know-no-grain", Consent + "ConsentView.cs", "using Npgsql;"),
        Bad("work-knows-no-wire", "src/Sante.Space/Work/SpaceWorker.cs", "class A(HttpContext web);"),
        Good("work-knows-no-wire", "src/Sante.Space/Work/SpaceWorker.cs", "using Orleans; using Sante.Ledger; class A(IGrainFactory grains);"),
        Bad("fhir-store-knows-no-web", "src/Sante.Space/Record/FhirStore.cs", "class A(HttpContext web);"),
        Bad("fhir-store-knows-no-web", "src/Sante.Space/FhirStore/Rows.cs", "class A(IGrainFactory grains);"),
        Good("fhir-store-knows-no-web", "src/Sante.Space/Record/FhirStore.cs", "using Npgsql; using Sante.Fhir; using Sante.Ledger;"),

        Arrow("Account", "Consent", bad: true),
        Arrow("Consent", "Access", bad: true),
        Arrow("Entourage", "Consent", bad: true),
        Arrow("Access", "Agenda", bad: true),
        Arrow("Access", "Consent", bad: false),
        Arrow("Access", "Entourage", bad: false),
        Arrow("Access", "Account", bad: false),
        Arrow("Access", "Record", bad: false),
        Arrow("Notices", "Consent", bad: false),
        Arrow("Consent", "Notices", bad: true),
        Arrow("Access", "Trace", bad: true),
        new("slice-arrows", false, ("src/Sante.Space/Consent/ConsentGrain.cs", "class G { AgendaState a; }"), ("src/Sante.Space/Agenda/Agenda.cs", "record AgendaState;")),

        new("slice-size", true, [.. Enumerable.Range(0, 5).Select(n => ($"{Consent}Part{n}.cs", new string('\n', 290)))]),
        new("slice-size", false, [.. Enumerable.Range(0, 4).Select(n => ($"{Consent}Part{n}.cs", new string('\n', 250)))]),
    ];

    private static Sample Arrow(string from, string to, bool bad) => new("slice-arrows", bad,
        ($"src/Sante.Space/{from}/{from}.cs", $"record {from}State({to}State Other);"),
        ($"src/Sante.Space/{to}/{to}.cs", $"record {to}State;"));
}
