using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>What searches of <c>/fhir</c> refuse beyond the grammar.</summary>
internal static class SearchRefusals
{
    public static Refusal CursorInvalid { get; } = new("cursor-invalid", RefusalKind.Invalid, "Ce curseur de page n’est pas de cette recherche.");
    public static Refusal TraceOrder { get; } = new("search-parameter-not-supported", RefusalKind.Invalid, "La trace se lit de la ligne la plus récente à la plus ancienne.");
    public static Refusal TraceAlone { get; } = new("search-parameter-not-supported", RefusalKind.Invalid, "La trace se lit seule : sans _include ni _revinclude, sans chaîne ni _has.");
    public static Refusal SortOfSeveral { get; } = new("search-parameter-not-supported", RefusalKind.Invalid, "Une recherche sur plusieurs types les donne l'un après l'autre, sans _sort.");
    public static Refusal EverythingParameter { get; } = new("search-parameter-unknown", RefusalKind.Invalid, "$everything se restreint par _since, _type et _count.");
    public static Refusal HistoryValue { get; } = new("search-value-invalid", RefusalKind.Invalid, "La valeur de _since ou de _count n'est pas lisible.");
    public static Refusal HistoryParameter { get; } = new("search-parameter-unknown", RefusalKind.Invalid, "Un historique se restreint par _since et _count.");
    public static Refusal TraceTooLong { get; } = new("search-too-broad", RefusalKind.Invalid, "Cette trace est trop longue pour être comptée : nommez moins, ou lisez-la page par page.");
}
