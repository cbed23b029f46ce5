using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Sante.Kernel;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Api;

/// <summary>Bris de glace from the INS in the caller's hand, against the real registry.</summary>
public sealed class EmergencyApiTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private Task<HttpResponseMessage> As(Actor actor, HttpMethod method, string url, object? body = null) =>
        fixture.Api.AsAsync(fixture.Tokens, actor, method, url, body);

    /// <summary>An identity of the registry, with a family name that no other test has.</summary>
    private async Task<JsonElement> EnterAsync(string given, DateOnly birthOn, params string[] parents)
    {
        var body = new
        {
            familyName = string.Concat(Guid.NewGuid().ToByteArray().Select(b => (char)('A' + (b % 26)))),
            givenNames = new[] { given },
            birthDate = birthOn.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            sex = "F",
            birthPlaceCode = "75056",
            birthCountryCode = "99100",
            parents,
        };
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/identities/births") { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", fixture.Tokens.For(People.Hospital, "system/ins.birth"));
        var answer = await fixture.Api.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.JsonAsync();
    }

    /// <summary>A child born by the registry, opened by her mother: matricule, its system, Patient.id.</summary>
    private async Task<(string Ins, string System, string Patient, Actor Mother)> BornAsync()
    {
        var parent = (await EnterAsync("Jeanne", new(1994, 5, 6))).GetProperty("patientId").GetString()!;
        var mother = new Actor(ActorKind.Citizen, new(ActorIdentifier.PatientSystem, parent), "Jeanne Durand");
        var born = await EnterAsync("Zoé", CivilDate.At(DateTimeOffset.UtcNow), parent);
        var patient = born.GetProperty("patientId").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await As(mother, HttpMethod.Post, $"/api/spaces/{patient}/account/open")).StatusCode);
        return (born.GetProperty("ins").GetString()!, born.GetProperty("insSystem").GetString()!, patient, mother);
    }

    private Task<HttpResponseMessage> BreakAsync(Actor doctor, string ins, string system, string reason = "inconsciente", string place = "rue des Lilas") =>
        As(doctor, HttpMethod.Post, "/api/emergencies", new { ins, insSystem = system, reason, place });

    [Fact]
    public async Task Break_OpensForFourHours_IsTold_AndEndsWhenClosed()
    {
        var child = await BornAsync();
        var doctor = Family.NewDoctor("Dr Eva Blanc");
        var answer = await BreakAsync(doctor, child.Ins, child.System);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var emergency = await answer.JsonAsync();
        Assert.Equal(child.Patient, emergency.GetProperty("patientId").GetString());

        // The same again keeps the first term.
        var again = await (await BreakAsync(doctor, child.Ins, child.System)).JsonAsync();
        Assert.Equal(emergency.GetProperty("emergencyId").GetGuid(), again.GetProperty("emergencyId").GetGuid());
        Assert.Equal(emergency.GetProperty("endsAt").GetDateTimeOffset(), again.GetProperty("endsAt").GetDateTimeOffset());

        var url = $"/api/emergencies/{child.Patient}/{emergency.GetProperty("emergencyId").GetGuid()}";
        Assert.Equal(HttpStatusCode.OK, (await As(child.Mother, HttpMethod.Delete, url)).StatusCode);
        var trace = await (await As(child.Mother, HttpMethod.Get, $"/api/spaces/{child.Patient}/trace")).JsonAsync();
        Assert.Contains(trace.GetProperty("lines").EnumerateArray(), l =>
            l.GetProperty("sentence").GetString()!.StartsWith("Urgence (bris de glace) : Le Dr Eva Blanc (cabinet des Lilas) a ouvert un accès en urgence le ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Break_UnknownBlockedOrOpposed_AnswersTheSame()
    {
        var (blocked, opposed) = (await BornAsync(), await BornAsync());
        var doctor = Family.NewDoctor();
        await As(blocked.Mother, HttpMethod.Put, $"/api/spaces/{blocked.Patient}/blocks/rpps:{doctor.Identifier.Value}", new { name = doctor.Name });
        await As(opposed.Mother, HttpMethod.Put, $"/api/spaces/{opposed.Patient}/emergency/opposition", new { brisDeGlace = true, centre15 = false });
        var nobody = Ins.OfNumber("2991275056998", InsOid.NirTest, InsEnvironment.Development).Value;

        var answers = new List<string>();
        foreach (var (ins, system) in new[] { (blocked.Ins, blocked.System), (opposed.Ins, opposed.System), (nobody.Reveal(), nobody.Oid.System) })
        {
            var answer = await BreakAsync(doctor, ins, system);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            var json = await answer.JsonAsync();
            answers.Add(JsonSerializer.Serialize(json.EnumerateObject().Where(p => p.Name != "traceId").ToDictionary(p => p.Name, p => p.Value)));
        }

        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Close_OfAForgedPatient_OrOfOneWithoutABrisDeGlaceOfMine_AnswersTheSame()
    {
        var child = await BornAsync();
        var doctor = Family.NewDoctor();
        var log = await fixture.LinesOfAsync(doctor);
        var answers = new List<string>();
        foreach (var patient in new[] { child.Patient, Family.NewIds().Patient.ToString(), "nonsense" })
        {
            var answer = await As(doctor, HttpMethod.Delete, $"/api/emergencies/{patient}/{Guid.NewGuid()}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            var json = await answer.JsonAsync();
            answers.Add(JsonSerializer.Serialize(json.EnumerateObject().Where(p => p.Name != "traceId").ToDictionary(p => p.Name, p => p.Value)));
        }

        Assert.Single(answers.Distinct());
        Assert.Contains("space-unknown", answers[0], StringComparison.Ordinal);
        // Misses stay in the caller's own log, equal ones of a minute together.
        Assert.Equal(log + 1, await fixture.LinesOfAsync(doctor));
    }

    [Fact]
    public async Task Break_WithoutReason_OrWithAWrongMatricule_IsTheCallersFault_AndSaysSo()
    {
        var child = await BornAsync();
        var doctor = Family.NewDoctor();
        Assert.Equal("emergency-reason-missing", await (await BreakAsync(doctor, child.Ins, child.System, reason: " ")).CodeAsync());
        Assert.Equal("emergency-place-missing", await (await BreakAsync(doctor, child.Ins, child.System, place: "")).CodeAsync());
        Assert.Equal("ins-key-wrong", await (await BreakAsync(doctor, child.Ins[..13] + (child.Ins.EndsWith("01", StringComparison.Ordinal) ? "02" : "01"), child.System)).CodeAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await As(child.Mother, HttpMethod.Post, "/api/emergencies", new { })).StatusCode);
    }
}
