using Sante.Kernel;

namespace Sante.Fhir.Terminology;

/// <summary>The decisions of <c>$validate-code</c>.</summary>
internal static class CodeCheck
{
    public static Outcome<CodeVerdict> InSet(TerminologyLibrary library, ValidateCodeQuery query, ValueSet set)
    {
        var content = new SetContent(library);
        var unknown = false;
        foreach (var (system, code, display) in query.Codings)
        {
            var holds = content.Contains(set, system, code);
            if (content.IsTooCostly)
            {
                return Terminologies.TooCostly;
            }

            if (holds == Holds.Yes)
            {
                return Right(ConceptOf(library, set, system, code), display, query.DisplayLanguage);
            }

            unknown |= holds == Holds.Unknown;
        }

        return unknown ? new Refusal("value-set-not-expandable", RefusalKind.Invalid, "Ce jeu de valeurs repose sur des codes qui ne sont pas à disposition de la plateforme.")
            : new CodeVerdict(false, $"Le code n’appartient pas au jeu de valeurs {set.Url}.", null);
    }

    public static Outcome<CodeVerdict> InSystem(TerminologyLibrary library, ValidateCodeQuery query)
    {
        var known = false;
        foreach (var (system, code, display) in query.Codings)
        {
            if (system is null || library.System(system) is not { } found)
            {
                continue;
            }

            if (found.Find(code) is { } concept)
            {
                return Right(concept, display, query.DisplayLanguage);
            }

            known |= found.IsComplete;
        }

        return known ? new CodeVerdict(false, "Le code n’existe pas dans ce système de codes.", null)
            : new Refusal("code-system-unknown", RefusalKind.Unknown, "Ce système de codes n’est pas à disposition de la plateforme.");
    }

    // The code is right; a display that is none of the concept's makes the coding wrong.
    private static CodeVerdict Right(Concept? concept, string? display, string? language)
    {
        var right = concept?.DisplayIn(language);
        var wrong = display is not null && concept?.Display is not null && !Same(display, concept.Display) && !concept.Designations.Any(one => Same(display, one.Value));
        return wrong ? new CodeVerdict(false, "Le libellé donné n’est pas celui du code.", right) : new CodeVerdict(true, null, right);
    }

    private static bool Same(string left, string right) => string.Equals(left.Trim(), right.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>The concept as the set lists it, else as its system has it.</summary>
    private static Concept? ConceptOf(TerminologyLibrary library, ValueSet set, string? system, string code)
    {
        foreach (var include in set.Includes)
        {
            if (include.System is { } url && (system is null || include.IsOf(system)))
            {
                var listed = include.Codes?.GetValueOrDefault(code);
                if (listed is { Display: not null })
                {
                    return listed;
                }

                if ((listed is not null || include.Codes is null) && library.System(url)?.Find(code) is { } concept)
                {
                    return concept;
                }
            }
        }

        return system is null ? null : library.System(system)?.Find(code);
    }
}
