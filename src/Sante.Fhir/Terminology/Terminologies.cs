using Sante.Fhir.Search;
using Sante.Kernel;

namespace Sante.Fhir.Terminology;

/// <summary>
/// Terminology operations over the compiled code systems and value sets of R4 and of the French guides (http://hl7.org/fhir/R4/terminology-service.html).
/// SNOMED CT, LOINC, UCUM and others that are no part of the sources are not at hand: sets that need all of them cannot be expanded. Pure and thread-safe.
/// </summary>
public static class Terminologies
{
    private const int MaxWords = 64;

    private static TerminologyLibrary Library => TerminologyLibrary.Current;

    /// <summary>Canonicals of the code systems at hand.</summary>
    public static IEnumerable<string> CodeSystems => Library.SystemUrls.Order(StringComparer.Ordinal);

    /// <summary>Canonicals of the value sets at hand.</summary>
    public static IEnumerable<string> ValueSets => Library.ValueSetUrls.Order(StringComparer.Ordinal);

    /// <summary>The codes of a value set, a page of them. Refusals: <c>value-set-unknown</c>, <c>value-set-not-expandable</c>, <c>value-set-too-costly</c>.</summary>
    public static Outcome<ValueSetExpansion> Expand(ExpandQuery query) => Set(query.Url, query.ValueSet).Then(set => Codes(set).Then<ValueSetExpansion>(codes =>
    {
        var words = Words(query.Filter ?? "");
        if (words.Length > MaxWords)
        {
            return TooCostly;
        }

        var matching = codes.FindAll(one => (!query.ActiveOnly || !one.Concept.IsInactive) && (words.Length == 0 || Matches(one.Concept, query.DisplayLanguage, words)));
        var page = matching.Skip(Math.Max(0, query.Offset)).Take(Math.Clamp(query.Count ?? ExpandQuery.MaxCodes, 0, ExpandQuery.MaxCodes)).ToList();
        return new ValueSetExpansion(query, set, matching.Count, page);
    }));

    /// <summary>A code of a code system. Refusals: <c>code-system-unknown</c>, <c>code-unknown</c>.</summary>
    public static Outcome<ConceptFound> Lookup(string system, string code, string? displayLanguage = null) =>
        System(system).Then<ConceptFound>(found => found.Find(code) is { } concept ? new ConceptFound(found, concept, displayLanguage) : CodeUnknown);

    /// <summary>Whether one of the codings is in the set (or system); false for an unknown code. Refusals: <c>value-set-unknown</c>, <c>value-set-not-expandable</c> when the answer needs codes that are not at hand, <c>value-set-too-costly</c>, <c>code-system-unknown</c>.</summary>
    public static Outcome<CodeVerdict> ValidateCode(ValidateCodeQuery query)
    {
        if (query.Url is null && query.ValueSet is null)
        {
            return CodeCheck.InSystem(Library, query);
        }

        return Set(query.Url, query.ValueSet).Then(set => CodeCheck.InSet(Library, query, set));
    }

    /// <summary><c>equivalent</c>, <c>subsumes</c> (A is over B), <c>subsumed-by</c> or <c>not-subsumed</c>. Refusals: <c>code-system-unknown</c>, <c>code-unknown</c>.</summary>
    public static Outcome<string> Subsumes(string system, string codeA, string codeB) => System(system).Then<string>(found =>
        (found.Find(codeA), found.Find(codeB)) switch
        {
            ({ } a, { } b) when a == b => "equivalent",
            ({ } a, { } b) => CodeSystem.IsA(b, a) ? "subsumes" : CodeSystem.IsA(a, b) ? "subsumed-by" : "not-subsumed",
            _ => CodeUnknown,
        });

    /// <summary>All codes of a value set, for the search modifiers <c>:in</c> and <c>:not-in</c>. Refusals as <see cref="Expand"/>.</summary>
    public static Outcome<IReadOnlyList<(string System, string Code)>> CodesOf(string valueSetUrl) =>
        Set(valueSetUrl, null).Then(Codes).Then(codes => Outcome.Of<IReadOnlyList<(string, string)>>([.. codes.Select(one => (one.System, one.Concept.Code))]));

    /// <summary>The code and all under it, for <c>:below</c>; empty when system or code is not at hand.</summary>
    public static IReadOnlyList<string> Below(string system, string code) => Closure(system, code, concept => concept.Children);

    /// <summary>The code and all over it, for <c>:above</c>; empty when system or code is not at hand.</summary>
    public static IReadOnlyList<string> Above(string system, string code) => Closure(system, code, concept => concept.Parents);

    /// <summary>Whether a coding is in a value set, as a check needs it: unknown when the set or its codes are not at hand.</summary>
    internal static Holds Contains(string valueSetUrl, string? system, string code) =>
        Library.Set(valueSetUrl) is { } set ? new SetContent(Library).Contains(set, system, code) : Holds.Unknown;

    private static List<string> Closure(string system, string code, Func<Concept, List<Concept>> next) =>
        Library.System(system)?.Find(code) is { } concept ? CodeSystem.Closure(concept, next).ConvertAll(one => one.Code) : [];

    internal static Refusal TooCostly => new("value-set-too-costly", RefusalKind.Invalid, "Ce jeu de valeurs, ou ce filtre, demande trop de travail pour une seule requête.");

    private static Refusal CodeUnknown => new("code-unknown", RefusalKind.Unknown, "Ce code n’existe pas dans ce système de codes.");

    private static Outcome<CodeSystem> System(string url) => Library.System(url.Split('|')[0]) is { } system ? system
        : new Refusal("code-system-unknown", RefusalKind.Unknown, "Ce système de codes n’est pas à disposition de la plateforme.");

    private static Outcome<ValueSet> Set(string? url, FhirResource? given) =>
        given is not null ? TerminologyReader.ValueSet(given.Root)
        : url is not null && Library.Set(url.Split('|')[0]) is { } set ? set
        : new Refusal("value-set-unknown", RefusalKind.Unknown, "Ce jeu de valeurs n’est pas connu de la plateforme.");

    private static Outcome<List<(string System, Concept Concept)>> Codes(ValueSet set)
    {
        var content = new SetContent(Library);
        return content.Enumerate(set, out _) is { } codes ? codes
            : content.IsTooCostly ? TooCostly
            : new Refusal("value-set-not-expandable", RefusalKind.Invalid, "Ce jeu de valeurs repose sur des codes qui ne sont pas à disposition de la plateforme : il ne peut pas être développé.");
    }

    private static string[] Words(string text) => TextFolding.Fold(text).Split([' ', '-', '/', '(', ')', ',', ';', '.', '\''], StringSplitOptions.RemoveEmptyEntries);

    private static bool Matches(Concept concept, string? language, string[] words)
    {
        var own = Words($"{concept.DisplayIn(language)} {concept.Code}");
        return words.All(word => own.Any(one => one.StartsWith(word, StringComparison.Ordinal)));
    }
}
