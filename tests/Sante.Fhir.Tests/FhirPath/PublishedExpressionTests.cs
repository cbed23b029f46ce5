using Sante.Fhir.Definitions;
using Sante.Fhir.FhirPath;

namespace Sante.Fhir.Tests.FhirPath;

/// <summary>The expressions that R4 and the French guides publish.</summary>
public class PublishedExpressionTests
{
    [Fact]
    public void Invariants_OfAllTypes_AreRead()
    {
        var expressions = R4.Current.Set.Types.SelectMany(type => type.Invariants.Concat(type.Elements.SelectMany(element => element.Invariants)))
            .Select(invariant => invariant.Expression).Where(expression => expression.Length > 0).Distinct().ToList();

        Assert.True(expressions.Count > 150);
        Assert.DoesNotContain(expressions, expression => FhirPathExpression.Parse(expression).Refusal is not null);
    }

    [Fact]
    public void SearchParameters_AreRead()
    {
        var expressions = R4.Current.Set.SearchParameters.Select(parameter => parameter.Expression).Where(expression => expression.Length > 0).Distinct().ToList();

        Assert.True(expressions.Count > 20);
        Assert.DoesNotContain(expressions, expression => FhirPathExpression.Parse(expression).Refusal is not null);
    }
}
