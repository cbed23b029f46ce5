using System.Text;
using Sante.Fhir;
using Sante.Fhir.Check;
using Sante.Foundations.Identities;
using Sante.Kernel;

namespace Sante.Foundations.Tests;

/// <summary>What the foundations serve is checked against the profiles that it claims, by the checker of <c>/fhir</c>.</summary>
public sealed class ConformanceTests(DirectoryServer server) : IClassFixture<DirectoryServer>
{
    [Theory]
    [InlineData("Practitioner", "as-dp-practitioner")]
    [InlineData("PractitionerRole", "fr-core-practitioner-role")]
    [InlineData("Organization", "as-dp-organization")]
    public async Task Resources_OfTheDirectory_KeepTheirProfiles(string type, string profile)
    {
        var resources = DirectoryServer.Entries(await server.GetAsync(type + "?_count=200"));

        Assert.Equal(200, resources.Count);
        Assert.Contains(resources, resource => resource.GetRawText().Contains(profile, StringComparison.Ordinal));
        // The slice of the FINESS category is told from its neighbours by a value set (JDV_J129) that the checker does not hold: it takes it for
        // another one, which needs an extension. The profile asks none of this slice.
        Assert.DoesNotContain(
            resources.SelectMany(resource => Refusing(Encoding.UTF8.GetBytes(resource.GetRawText()))),
            issue => !issue.Contains(" at Organization.type[2].extension:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metadata_IsACapabilityStatement() =>
        Assert.Empty(Refusing(Encoding.UTF8.GetBytes((await server.GetAsync("metadata")).GetRawText())));

    [Theory]
    [InlineData(true, "fr-core-patient-ins")]
    [InlineData(false, "fr-core-patient")]
    public void Patient_OfAnIdentity_KeepsItsProfile(bool byBirth, string profile)
    {
        var traits = StrictTraits.TryCreate("D'AEION", ["ZOE", "MARIE"], "2026-11-20", "F", "01053").Value;
        var ins = Ins.OfNumber("2261101053007", InsOid.NirTest, InsEnvironment.Development).Value;
        var by = new ActorIdentifier("urn:sante:platform", "tests");
        var create = new CreateIdentity(traits, "Zoé D'AËION", ins, "7-00000000000000000000000000", [], byBirth, null, by);
        var identity = IdentityLife.Decide(IdentityState.Zero, create, new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero)).Value.Aggregate(IdentityState.Zero, IdentityLife.Evolve);

        var json = PatientFhir.Write(identity);

        Assert.Contains(profile + "\"", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
        Assert.Equal(byBirth, Encoding.UTF8.GetString(json).Contains(ins.Reveal(), StringComparison.Ordinal));
        Assert.Empty(Refusing(json));
    }

    private static List<string> Refusing(byte[] json)
    {
        Assert.True(FhirJson.Parse(json).TryGet(out var resource, out var broken), string.Join(' ', broken));
        return [.. FhirCheck.Check(resource).Where(issue => issue.Refuses).Select(issue => $"{issue.Code} at {issue.Expression}: {issue.Text}")];
    }
}
