using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sante.Foundations.Identities;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>Citizens named by INS: in feeds, in searches, known and unknown.</summary>
public sealed class InsTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    /// <summary>Well formed, of test persons, and nobody's here.</summary>
    private const string UnknownIns = "urn:oid:1.2.250.1.213.1.4.8|279035121518989";

    private static int births;

    private async Task<EnteredIdentity> NewbornAsync()
    {
        var number = Interlocked.Increment(ref births);
        var traits = StrictTraits.TryCreate($"DURAND{(char)('A' + number)}", ["ZOE"], "2026-11-02", "F", "75101");
        var registry = Fixture.Api.Services.GetRequiredService<InsRegistry>();
        var entered = await registry.EnterAsync(new NewIdentity(traits.Value, "Zoé DURAND", ByBirth: true), Guid.NewGuid().ToString("N"), People.Registry);
        Assert.Null(entered.Refusal);
        var holder = new Sante.Kernel.Actor(Sante.Kernel.ActorKind.Citizen, new("urn:sante:patient", entered.Value.Patient), "Zoé DURAND");
        Assert.Null((await Family.Grain<IAccountGrain>(Fixture.Api.Services, entered.Value.Space).ActAsync(new OpenAccount(holder))).Refusal);
        return entered.Value;
    }

    private static string Oid(EnteredIdentity identity) => "urn:oid:" + identity.Matricule.Oid;

    private static string Token(EnteredIdentity identity) => $"{Oid(identity)}|{identity.Matricule.Matricule}";

    [Fact]
    public async Task Document_FedByIns_IsFoundByIns()
    {
        var newborn = await NewbornAsync();
        var subject = $$"""{"identifier":{"system":"{{Oid(newborn)}}","value":"{{newborn.Matricule.Matricule}}"} }""";

        var fed = await Hospital.PostAsync("/Observation", Contents.Observation("", subject: subject));
        var found = await Hospital.GetAsync($"/Observation?patient.identifier={Token(newborn)}");
        var posted = await Hospital.SendAsync(HttpMethod.Post, "/Observation/_search", $"subject.identifier={Uri.EscapeDataString(Token(newborn))}",
            ("Content-Type", "application/x-www-form-urlencoded"));
        var byPatient = await Hospital.GetAsync($"/Observation?patient=Patient/{newborn.Patient}");

        Assert.Equal(HttpStatusCode.Created, fed.Status);
        Assert.Equal([fed.LocatedId], found.Ids);
        Assert.Equal([fed.LocatedId], posted.Ids);
        Assert.Equal([fed.LocatedId], byPatient.Ids);
    }

    [Fact]
    public async Task Patient_ReadAndFoundByItsHolder()
    {
        var newborn = await NewbornAsync();
        var holder = As(new(Sante.Kernel.ActorKind.Citizen, new("urn:sante:patient", newborn.Patient), "Zoé DURAND"));

        var read = await holder.GetAsync($"/Patient/{newborn.Patient}");
        var found = await holder.GetAsync($"/Patient?identifier={Token(newborn)}");

        Assert.Equal("Patient", read.Json["resourceType"]!.GetValue<string>());
        Assert.Equal([newborn.Patient], found.Ids);
    }

    [Fact]
    public async Task Professional_NamingAKnownOrUnknownIns_HearsTheSame()
    {
        var newborn = await NewbornAsync();
        var doctor = As(Family.NewDoctor());

        var known = await doctor.GetAsync($"/DocumentReference?patient.identifier={Token(newborn)}");
        var unknown = await doctor.GetAsync($"/DocumentReference?patient.identifier={UnknownIns}");

        Assert.Equal((HttpStatusCode.Forbidden, "access-not-authorised"), (known.Status, known.Code));
        Assert.Equal((known.Status, known.Text), (unknown.Status, unknown.Text));
    }

    [Fact]
    public async Task Feed_ForAnUnknownIns_Is422()
    {
        var subject = """{"identifier":{"system":"urn:oid:1.2.250.1.213.1.4.8","value":"279035121518989"}}""";

        var refused = await Hospital.PostAsync("/Observation", Contents.Observation("", subject: subject));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "ins-unknown"), (refused.Status, refused.Code));
    }
}
