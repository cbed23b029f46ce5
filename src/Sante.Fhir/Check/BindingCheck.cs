using System.Text;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary>Required bindings (http://hl7.org/fhir/R4/terminologies.html#required). Without codes at hand: the warning <c>binding-not-checked</c>, never a silent pass.</summary>
internal sealed class BindingCheck(CheckRun run)
{
    private const string AnySystem = "*";

    public void Check(FhirNode node, string type, Binding binding)
    {
        if (!binding.IsRequired)
        {
            if (run.IsFullDepth)
            {
                AdvisedBinding.Check(run, node, type, binding);
            }

            return;
        }

        if (binding.Set is not { Membership: not Membership.Unknown } set)
        {
            run.Note(FhirSeverity.Warning, node, "not-supported", "binding-not-checked", binding.ValueSet,
                $"Les codes du jeu de valeurs {binding.ValueSet} ne sont pas à disposition : liaison obligatoire non vérifiée.");
            return;
        }

        if (!IsMember(node, type, set))
        {
            run.Error(node, "code-invalid", "binding-required", $"Le code n’appartient pas au jeu de valeurs obligatoire {binding.ValueSet}.");
        }
    }

    /// <summary>True when the value has a code of the set; a CodeableConcept needs one such coding.</summary>
    public static bool IsMember(FhirNode node, string type, ValueSetDef set)
    {
        switch (type)
        {
            case "CodeableConcept":
                foreach (var coding in node["coding"u8].Items)
                {
                    if (HasCode(coding["code"u8], coding["system"u8], false, set))
                    {
                        return true;
                    }
                }

                return false;
            case "Coding" or "Quantity" or "Age" or "Duration" or "Money" or "Count" or "Distance":
                return HasCode(node["code"u8], node["system"u8], false, set);
            default:
                return HasCode(node, default, true, set);
        }
    }

    // Of a plain code the set implies the system.
    private static bool HasCode(FhirNode code, FhirNode system, bool plain, ValueSetDef set)
    {
        const int usual = 256;
        Span<char> codeLetters = stackalloc char[usual];
        Span<char> systemLetters = stackalloc char[usual];
        if (code.Kind != FhirNodeKind.Text)
        {
            return false;
        }

        var text = code.TextIn(codeLetters);
        switch (set.Membership)
        {
            case Membership.MediaType:
                // CapabilityStatement and TestScript name formats by these words too.
                return text is "xml" or "json" or "ttl" or "none" || IsMediaType(text);
            case Membership.Currency:
                return text.Length == 3 && !text.ContainsAnyExceptInRange('A', 'Z');
            case Membership.Language:
                return text.Length is >= 2 and <= 35 && char.IsAsciiLetter(text[0]) && !ContainsForeign(text, '-');
            case Membership.UcumUnit:
                return !text.ContainsAnyExceptInRange('!', '~');
        }

        var from = plain ? default : system.TextIn(systemLetters);
        foreach (var list in set.Lists)
        {
            if ((plain || IsOf(list, from)) && list.Contains(text))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOf(CodeList list, ReadOnlySpan<char> system)
    {
        foreach (var known in list.Systems)
        {
            if (known == AnySystem || system.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMediaType(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        var end = text.IndexOf(';') is var semicolon and >= 0 ? semicolon : text.Length;
        return slash > 0 && slash < end - 1 && !ContainsForeign(text[..slash], '-', '.', '+') && !ContainsForeign(text[(slash + 1)..end].TrimEnd(), '-', '.', '+');
    }

    private static bool ContainsForeign(ReadOnlySpan<char> text, params ReadOnlySpan<char> admitted)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && !admitted.Contains(letter))
            {
                return true;
            }
        }

        return false;
    }
}
