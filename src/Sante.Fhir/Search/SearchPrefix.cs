namespace Sante.Fhir.Search;

/// <summary>Comparison prefixes (http://hl7.org/fhir/R4/search.html#prefix).</summary>
public enum SearchPrefix
{
    /// <summary>Equal: the value lies within what was asked.</summary>
    Eq,
    /// <summary>Not equal.</summary>
    Ne,
    /// <summary>Greater.</summary>
    Gt,
    /// <summary>Less.</summary>
    Lt,
    /// <summary>Greater or equal.</summary>
    Ge,
    /// <summary>Less or equal.</summary>
    Le,
    /// <summary>Starts after.</summary>
    Sa,
    /// <summary>Ends before.</summary>
    Eb,
    /// <summary>Approximately.</summary>
    Ap,
}
