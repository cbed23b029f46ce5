using Sante.Fhir.Definitions;
using Sante.Fhir.Terminology;

namespace Sante.Fhir.Check;

/// <summary>Extensible and preferred bindings (http://hl7.org/fhir/R4/terminologies.html#strength): a remark, never a refusal; silent where the codes are not at hand.</summary>
internal static class AdvisedBinding
{
    public static void Check(CheckRun run, FhirNode node, string type, Binding binding)
    {
        if (Contains(run, node, type, binding.ValueSet) != Holds.No)
        {
            return;
        }

        if (binding.Strength == BindingStrength.Extensible)
        {
            run.Warn(node, "code-invalid", "binding-extensible", $"Aucun code du jeu de valeurs {binding.ValueSet} : à n’omettre que s’il n’en a pas qui convienne.");
        }
        else
        {
            run.Note(FhirSeverity.Information, node, "code-invalid", "binding-preferred", binding.ValueSet, $"Un code du jeu de valeurs {binding.ValueSet} est préférable.");
        }
    }

    /// <summary>Whether one of the value's codes is in the set; unknown too when it has none.</summary>
    public static Holds Contains(CheckRun run, FhirNode node, string type, string valueSet)
    {
        if (type != "CodeableConcept")
        {
            return type is "Coding" or "Quantity" ? Contains(run, node, valueSet) : run.Contains(valueSet, default, node, plain: true);
        }

        var answer = Holds.Unknown;
        foreach (var coding in node["coding"u8].Items)
        {
            var one = Contains(run, coding, valueSet);
            if (one != Holds.No)
            {
                return one;
            }

            answer = one;
        }

        return answer;
    }

    private static Holds Contains(CheckRun run, FhirNode coding, string valueSet) => run.Contains(valueSet, coding["system"u8], coding["code"u8], plain: false);
}
