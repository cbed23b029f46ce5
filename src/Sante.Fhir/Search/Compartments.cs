using System.Collections.Frozen;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Search;

/// <summary>Which reference parameters put a resource into a compartment (http://hl7.org/fhir/R4/compartmentdefinition.html).</summary>
public static class Compartments
{
    private static readonly Lazy<FrozenDictionary<string, FrozenSet<string>>> Patient = new(() => R4.Current.Compartments["Patient"].Members
        .ToFrozenDictionary(member => member.Type, member => member.Parameters.Where(code => code != "{def}").ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal));

    /// <summary>Codes of the parameters by which a resource of this type is of a patient's compartment; empty when it never is.</summary>
    public static FrozenSet<string> PatientParameters(string type) => Patient.Value.GetValueOrDefault(type, FrozenSet<string>.Empty);
}
