using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sante.DemoNation;
using Sante.Fhir;
using Sante.Fhir.Check;
using Sante.Kernel;

namespace Sante.System.Tests.DemoNation;

/// <summary>The demo nation before it enters a database: what it is made of, and that its content is what the interface would accept.</summary>
public sealed class NationModelTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);
    private static readonly Lazy<(Nation Nation, List<SpacePage> Pages)> Told = new(() => Tell(1));

    [Fact]
    public void Nation_HasTheFamiliesThatTheStoryAndTheScenariosNeed()
    {
        var nation = Told.Value.Nation;

        Assert.InRange(nation.Citizens.Count, 200, 320);
        Assert.All(Enum.GetValues<HouseholdKind>(), kind => Assert.Contains(nation.Households, household => household.Kind == kind));
        Assert.Contains(nation.Citizens, citizen => citizen.AgeOn(Today) == 17 && citizen.AgeOn(Today.AddDays(14)) == 18);
        Assert.Contains(nation.Citizens, citizen => citizen.AgeOn(Today) == 18 && citizen.AgeOn(Today.AddDays(-14)) == 17);
        Assert.All(nation.Households.Where(h => h.Kind is HouseholdKind.TwoParents or HouseholdKind.SingleParent or HouseholdKind.Separated),
            household => Assert.All(household.Dependants, child => Assert.All(household.Adults, parent => Assert.True(parent.BirthOn.AddYears(17) < child.BirthOn))));
    }

    [Fact]
    public void Citizens_BearDistinctTestMatriculesWithRightKeysAndRealBirthPlaces()
    {
        var citizens = Told.Value.Nation.Citizens;

        Assert.Equal(citizens.Count, citizens.Select(citizen => citizen.Ins.Reveal()).Distinct().Count());
        Assert.Equal(citizens.Count, citizens.Select(citizen => citizen.Space).Distinct().Count());
        Assert.All(citizens, citizen =>
        {
            Assert.Equal("1.2.250.1.213.1.4.10", citizen.Ins.Oid.Oid);
            Assert.True(Ins.TryParse(citizen.Ins.Reveal(), InsOid.NirTest, InsEnvironment.Development).TryGet(out _, out _));
            Assert.Equal(citizen.BirthPlace.Code, citizen.Ins.Reveal().Substring(5, 5));
            Assert.Equal(SlotMap.SlotOf(citizen.Space), citizen.Patient.Slot);
        });
    }

    [Fact]
    public void Directory_HasFiveHundredProfessionalsAndSixtyStructuresWithRightKeys()
    {
        var carers = Told.Value.Nation.Carers;

        Assert.Equal(500, carers.All.Count);
        Assert.Equal(60, carers.Sites.Count);
        Assert.Equal(500, carers.All.Select(carer => carer.Identifier).Distinct().Count());
        Assert.All(carers.All, carer => Assert.True(Rpps.TryParse(carer.Person.Identifier).Value.HasValidKey));
        Assert.All(carers.Sites, site => Assert.True(Finess.TryParse(site.Finess).Value.HasValidKey));
        Assert.Equal(2, carers.FamilyDoctor.Workplaces.Count);
        Assert.Equal(carers.Hospital.Finess, carers.FamilyDoctor.Workplaces[0].Structure.Identifier.Value);
        Assert.Null(carers.FamilyDoctor.Workplaces[1].Site);
        Assert.DoesNotContain(carers.EmergencyDoctor.Workplaces.Concat(carers.OtherDoctor.Workplaces), place => place.Structure.Identifier.Value == carers.Hospital.Finess);
    }

    [Fact]
    public void SameSeedAndDay_TellTheSameLivesByteForByte()
    {
        Assert.Equal(Digest(Told.Value.Pages), Digest(Tell(1).Pages));
        Assert.NotEqual(Digest(Told.Value.Pages), Digest(Tell(2).Pages));
    }

    [Fact]
    public void EveryResource_PassesTheCheckWithItsProfile()
    {
        var contents = Told.Value.Pages.SelectMany(page => page.Page.Contents).ToList();

        var wrong = new List<string>();
        foreach (var content in contents)
        {
            Assert.True(FhirJson.Parse(content.Body).TryGet(out var resource, out _));
            Assert.Equal(content.Type, resource.Type);
            Assert.True(content.Type == "Binary" || resource.Profiles.Count > 0, $"{content.Type} claims no profile");
            wrong.AddRange(FhirCheck.Check(resource).Where(issue => issue.Refuses).Select(issue => $"{issue.Code} {issue.Expression}: {issue.Text}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Distinct()));
        Assert.InRange(contents.Count(content => content.Type == "Observation"), 2_000, 4_000);
        Assert.InRange(contents.Count(content => content.Type == "DocumentReference"), 250, 700);
        Assert.All(
            (string[])["Patient", "Observation", "Device", "DiagnosticReport", "List", "DocumentReference", "Binary"],
            type => Assert.Contains(contents, content => content.Type == type));
    }

    [Fact]
    public void EveryDocument_HasAPdfWhoseSizeHashAndTableAreRight()
    {
        var contents = Told.Value.Pages.SelectMany(page => page.Page.Contents).ToDictionary(content => content.Id.ToString());

        foreach (var document in contents.Values.Where(content => content.Type == "DocumentReference"))
        {
            using var reference = JsonDocument.Parse(document.Body);
            var attachment = reference.RootElement.GetProperty("content")[0].GetProperty("attachment");
            using var binary = JsonDocument.Parse(contents[attachment.GetProperty("url").GetString()!["Binary/".Length..]].Body);
            var pdf = binary.RootElement.GetProperty("data").GetBytesFromBase64();

            Assert.Equal(attachment.GetProperty("size").GetInt32(), pdf.Length);
#pragma warning disable CA5350 // FHIR R4 Attachment.hash is SHA-1 by definition.
            Assert.Equal(attachment.GetProperty("hash").GetString(), Convert.ToBase64String(SHA1.HashData(pdf)));
#pragma warning restore CA5350
            AssertIsPdf(pdf);
        }
    }

    [Fact]
    public void Pdf_OfManyLines_HasAsManyPagesAsItNeeds()
    {
        var pdf = Pdf.Write("Essai (œuvre) \\ de mise en page", Enumerable.Range(1, 100).Select(n => $"Ligne {n} : né à Nîmes, 3 € …"), DateTimeOffset.UnixEpoch);

        AssertIsPdf(pdf);
        var text = Encoding.Latin1.GetString(pdf);
        Assert.Contains("/Count 3>>", text, StringComparison.Ordinal);
        Assert.Contains("(Essai (\u009cuvre\\) \\\\ de mise en page)Tj".Replace("(\u009c", "\\(\u009c", StringComparison.Ordinal), text, StringComparison.Ordinal);
    }

    [Fact]
    public void Lives_HaveConsentsBlocksHiddenDocumentsAppointmentsAndRefusals()
    {
        var pages = Told.Value.Pages;
        var events = pages.SelectMany(page => page.Page.Events).Select(e => JsonDocument.Parse(e.Body).RootElement.GetProperty("$type").GetString()).CountBy(name => name!).ToDictionary();
        var lines = pages.SelectMany(page => page.Page.Lines).Select(line => Encoding.UTF8.GetString(line.Span)).ToList();

        Assert.All(
            (string[])["account-begun", "opening-letter-sent", "account-opened", "opening-refused", "account-closed", "majority-reached", "representative-declared",
                "medecin-traitant-declared", "care-team-member-added", "trusted-person-named", "consent-granted", "consent-revoked", "consent-expired", "actor-blocked",
                "document-hidden", "document-labelled", "paired", "appointment-pushed", "appointment-status-changed", "emergency-opposition-set"],
            name => Assert.True(events.GetValueOrDefault(name) > 0, $"no {name}"));
        Assert.Contains(lines, line => line.Contains("\"allowed\":false", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("\"action\":\"deposit\"", StringComparison.Ordinal));
        Assert.All(pages.Where(page => page.Page.Contents.Any(content => content.Type != "Patient")), page => Assert.NotEmpty(page.Page.Lines));
    }

    private static (Nation Nation, List<SpacePage> Pages) Tell(int seed)
    {
        var nation = new Nation(seed, Today);
        var pages = new NationPages(nation);
        return (nation, [.. Enumerable.Range(0, nation.Calendar.Eras.Count).SelectMany(pages.Tell)]);
    }

    private static string Digest(IEnumerable<SpacePage> pages)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var page in pages)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{page.Era}/{page.Citizen.Space}/{page.Citizen.Ins.Reveal()}/{page.AccessVersion}/{page.StateVersion}"));
            foreach (var part in page.Page.Events.Select(e => e.Body).Concat(page.Page.Lines).Concat(page.Page.Contents.Select(c => (ReadOnlyMemory<byte>)c.Body)))
            {
                hash.AppendData(part.Span);
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Header, trailer, and each place of the table leads to the object of that number (ISO 32000-1 §7.5).</summary>
    private static void AssertIsPdf(byte[] pdf)
    {
        var text = Encoding.Latin1.GetString(pdf);
        Assert.StartsWith("%PDF-1.7\n", text, StringComparison.Ordinal);
        Assert.EndsWith("%%EOF\n", text, StringComparison.Ordinal);
        var table = int.Parse(text[(text.LastIndexOf("startxref\n", StringComparison.Ordinal) + 10)..^7], CultureInfo.InvariantCulture);
        var rows = text[table..].Split('\n');
        Assert.Equal("xref", rows[0]);
        var count = int.Parse(rows[1].Split(' ')[1], CultureInfo.InvariantCulture);
        for (var number = 1; number < count; number++)
        {
            Assert.Equal(19, rows[2 + number].Length);
            var place = int.Parse(rows[2 + number][..10], CultureInfo.InvariantCulture);
            Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{number} 0 obj\n"), text[place..], StringComparison.Ordinal);
        }

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"/Size {count}/Root 1 0 R"), text, StringComparison.Ordinal);
    }
}
