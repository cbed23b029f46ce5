using System.Text.RegularExpressions;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Tests;

public sealed partial class CatalogueTests
{
    [Fact]
    public void IssueCodes_InTheSourceAndInTheList_AreTheSame()
    {
        var root = Repository();
        var listed = File.ReadLines(Path.Combine(root, "eng/fhir-issues.md")).Select(line => Row().Match(line)).Where(row => row.Success).Select(row => row.Groups[1].Value).ToHashSet();
        var source = string.Concat(Directory.EnumerateFiles(Path.Combine(root, "src/Sante.Fhir"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText));
        var literals = Literal().Matches(source).Select(match => match.Groups[1].Value).ToHashSet();
        // Two codes are made of an extension's name and an ending.
        Assert.All(listed, code => Assert.True(literals.Contains(code) || code.EndsWith("-required", StringComparison.Ordinal) || code.EndsWith("-forbidden", StringComparison.Ordinal), code));
        var made = Made().Matches(source).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(made);
        Assert.Empty(made.Except(listed));
    }

    [Fact]
    public void Definitions_BindingsWithoutCodes_AreAllInTheReport()
    {
        var report = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "NOT-CHECKED.md"));
        var unknown = R4.Current.Set.ValueSets.Where(set => set.Membership == Membership.Unknown).ToList();
        Assert.NotEmpty(unknown);
        Assert.All(unknown, set => Assert.Contains($"| {set.Url} |", report, StringComparison.Ordinal));
    }

    [Fact]
    public void Definitions_HoldAllResourceTypesOfR4() => Assert.Equal(147, R4.Current.Resources.Count + 1);

    [Theory]
    [InlineData("http://interopsante.org/fhir/StructureDefinition/FrPatient", "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient")]
    [InlineData("http://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ins", "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ins")]
    [InlineData("https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ins|2.1.0", "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ins")]
    public void Profile_ByAnOldCanonical_IsThePresentOne(string canonical, string present) => Assert.Equal(present, R4.Current.Profile(canonical)?.Url);

    [Fact]
    public void Profiles_OfMesures_AreMarkedOurs() => Assert.All(
        R4.Current.Profiles.Where(profile => profile.Url.Contains("/ig/fhir/mesures/", StringComparison.Ordinal)), profile => Assert.StartsWith("sante-2026", profile.Version, StringComparison.Ordinal));

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "global.json")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"^\| ([a-z0-9-]+) \|")]
    private static partial Regex Row();

    [GeneratedRegex("\"([a-z0-9]+(?:-[a-z0-9]+)*)\"")]
    private static partial Regex Literal();

    // The code is the argument after the issue type, in every way an issue is made.
    [GeneratedRegex("(?:Error|Warn|Note)\\([^;\"]*?\"[a-z-]+\",\\s*\"([a-z0-9]+(?:-[a-z0-9]+)+)\"")]
    private static partial Regex Made();
}
