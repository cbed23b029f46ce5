using Sante.Fhir.Definitions;

namespace Sante.Fhir.Tests;

/// <summary>What the compiled definitions hold, against facts of R4 that can be read in the specification.</summary>
public sealed class DefinitionsTests
{
    [Fact]
    public void Compartments_AreTheFiveOfR4() =>
        Assert.Equal(["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"], R4.Current.Compartments.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void CompartmentOfPatient_NamesParametersThatExist()
    {
        var patient = R4.Current.Compartments["Patient"];
        Assert.Equal(["subject", "performer"], patient.Members.Single(member => member.Type == "Observation").Parameters);
        Assert.DoesNotContain(patient.Members, member => member.Type == "Organization");
        var unknown = patient.Members.SelectMany(member => member.Parameters.Select(code => (member.Type, Code: code)))
            .Where(pair => pair.Code != "{def}" && !R4.Current.Set.SearchParameters.Exists(one => one.Base == pair.Type && one.Code == pair.Code));
        Assert.Empty(unknown);
    }

    [Fact]
    public void CompositeParameters_HaveTypedComponents()
    {
        var composites = R4.Current.Set.SearchParameters.Where(one => one.Type == "composite").ToList();
        var code = composites.Single(one => one is { Base: "Observation", Code: "code-value-quantity" });
        Assert.Equal([("token", "code"), ("quantity", "value.as(Quantity)")], code.Components.Select(part => (part.Type, part.Expression)));
        // The two whose parts have no definition in the package are listed here.
        Assert.All(composites.Where(one => one.Components.Exists(part => part.Type.Length == 0)), one => Assert.Equal("", string.Join(' ', one.Base, one.Code)));
    }

    [Fact]
    public void SearchParameters_AreThoseOfR4_NotItsTeachingExamples()
    {
        Assert.Equal("Resource.id", R4.Current.Set.SearchParameters.Single(one => one is { Base: "Resource", Code: "_id" }).Expression);
        Assert.Equal("http://hl7.org/fhir/SearchParameter/clinical-code", R4.Current.Set.SearchParameters.Single(one => one is { Base: "Observation", Code: "code" }).Url);
    }

    [Fact]
    public void Types_HaveTheirParents()
    {
        Assert.Equal("DomainResource", R4.Current.Types["Observation"].Parent);
        Assert.Equal("BackboneElement", R4.Current.Types["Observation.component"].Parent);
        Assert.Equal("uri", R4.Current.Types["canonical"].Parent);
        Assert.Equal("Quantity", R4.Current.Types["Age"].Parent);
    }

    [Fact]
    public void Invariants_StandWhereTheSpecificationHasThem()
    {
        Assert.Contains(R4.Current.Types["Observation"].Invariants, one => one is { Key: "obs-7", IsError: true });
        Assert.Contains(R4.Current.Types["Observation"].Invariants, one => one is { Key: "dom-6", IsError: false });
        Assert.Contains(R4.Current.Types["Observation.referenceRange"].Invariants, one => one.Key == "obs-3");
        Assert.Contains(R4.Current.Types["Reference"].Invariants, one => one.Key == "ref-1");
        Assert.DoesNotContain(R4.Current.Types["Observation"].Elements.SelectMany(element => element.Invariants), one => one.Key is "ele-1" or "ref-1");
    }

    [Fact]
    public void Profiles_HaveOnlyInvariantsOfTheirOwn()
    {
        var vitalSigns = R4.Current.Profile("http://hl7.org/fhir/StructureDefinition/vitalsigns")!;
        Assert.Equal(["vs-2"], vitalSigns.Root.Invariants.Select(one => one.Key));
        Assert.Contains(vitalSigns.Root.Children, child => child.Element == "component" && child.Invariants.Exists(one => one.Key == "vs-3"));
    }

    [Fact]
    public void Extensions_KnowTheirContexts() =>
        Assert.Equal(["element:Patient"], R4.Current.Profile("http://hl7.org/fhir/StructureDefinition/patient-birthPlace")!.Contexts);

    [Fact]
    public void Bindings_HaveTheirStrength()
    {
        var elements = R4.Current.Types["Observation"].Elements.ToDictionary(element => element.Name, StringComparer.Ordinal);
        Assert.Equal(BindingStrength.Required, elements["status"].Binding?.Strength);
        Assert.Equal(BindingStrength.Preferred, elements["category"].Binding?.Strength);
        Assert.Equal(BindingStrength.Extensible, elements["dataAbsentReason"].Binding?.Strength);
    }
}
