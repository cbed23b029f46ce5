using System.Collections.Frozen;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Search;

/// <summary>Which reference parameters put a resource into a compartment (http://hl7.org/fhir/R4/compartmentdefinition.html).</summary>
public static class Compartments
{
    private static readonly Lazy<FrozenDictionary<string, FrozenSet<string>>> Patient = new(() => R4.Current.Compartments["Patient"].Members
        .ToFrozenDictionary(member => member.Type, member => Stored(member.Type, member.Parameters).ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal));

    /// <summary>
    /// Codes of the parameters by which a resource of this type is of a patient's compartment, as <see cref="SearchIndex"/> and <see cref="Narrowing"/> name
    /// them; empty when it never is.
    /// </summary>
    public static FrozenSet<string> PatientParameters(string type) => Patient.Value.GetValueOrDefault(type, FrozenSet<string>.Empty);

    private static IEnumerable<string> Stored(string type, IEnumerable<string> codes)
    {
        var table = SearchParameters.Of(type);
        return codes.Where(code => code != "{def}").SelectMany(code => table.TryGetValue(code, out var parameter) ? [code, parameter.IndexedAs.Code] : new[] { code });
    }
}
