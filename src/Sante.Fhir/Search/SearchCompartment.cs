using Sante.Fhir.Definitions;
using Sante.Kernel;

namespace Sante.Fhir.Search;

/// <summary>Compartments as conditions: one of the parameters that the definition lists refers to the owner.</summary>
internal static class SearchCompartment
{
    public static Outcome<SearchCondition> Condition(string owner, string id, string type)
    {
        var table = SearchParameters.Table(type);
        if (!R4.Current.Compartments.TryGetValue(owner, out var compartment) || !compartment.Members.Exists(member => member.Type == type))
        {
            return new Refusal("search-compartment-unknown", RefusalKind.Invalid, "Ce type de ressource n’est pas dans ce compartiment.");
        }

        List<SearchCondition> ways = [];
        foreach (var code in compartment.Members.Find(member => member.Type == type).Parameters)
        {
            if (code == "{def}")
            {
                ways.Add(new SearchCondition(table.ByCode["_id"], null, [new TokenTerm(null, id)]));
            }
            else if (table.TryGetValue(code, out var parameter) && parameter is { Type: SearchType.Reference, IsSupported: true })
            {
                ways.Add(new SearchCondition(parameter, null, [new ReferenceTerm([], id, $"{owner}/{id}", null)]));
            }
        }

        return ways is [var only] ? only : new SearchCondition(table.ByCode["_id"], null, []) { OneOf = ways };
    }
}
