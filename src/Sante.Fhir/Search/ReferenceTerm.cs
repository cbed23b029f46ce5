using Sante.Fhir.Definitions;

namespace Sante.Fhir.Search;

/// <summary><c>Type/id</c>, <c>id</c> or a URL.</summary>
/// <param name="Types">The types that an id alone may be of; empty when <paramref name="Url"/> says it.</param>
/// <param name="Id">The id; null for a URL that is not ours.</param>
/// <param name="Url">The reference without version, for URLs and <c>Type/id</c>.</param>
/// <param name="Version">Of a canonical.</param>
internal sealed record ReferenceTerm(IReadOnlyList<string> Types, string? Id, string? Url, string? Version) : SearchTerm
{
    public override bool Matches(IndexValue value)
    {
        if (value is not ReferenceValue reference)
        {
            return false;
        }

        if (Url is not null)
        {
            return Url == reference.Url && (Version is null || Version == reference.Version);
        }

        return Id == reference.Id && reference.IsLocal && Types.Contains(reference.Type!);
    }

    public override bool Narrow(SearchParameter parameter, string code, NarrowingList into)
    {
        if (Url is not null)
        {
            // Contained resources share one key, and inside another resource "#a" is another one.
            into.Keys.Add(TokenKey.Reference(code, Url.StartsWith('#') ? ReferenceValue.Contained : Url));
            into.IsExact &= Version is null && !Url.StartsWith('#');
            return true;
        }

        foreach (var type in Types)
        {
            into.Keys.Add(TokenKey.Reference(code, $"{type}/{Id}"));
        }

        return true;
    }

    /// <summary>The types that an id alone may be of under a parameter.</summary>
    public static IReadOnlyList<string> TypesOf(SearchParameter parameter) => parameter.Targets.Count > 0 ? parameter.Targets : R4.Current.Resources.Keys;
}

/// <summary>Any of these resources, each <c>Type/id</c>: what a search inside the search found.</summary>
internal sealed record ReferenceSetTerm(IReadOnlySet<string> References) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is ReferenceValue { Url: { } url } && References.Contains(url);

    public override bool Narrow(SearchParameter parameter, string code, NarrowingList into)
    {
        foreach (var reference in References)
        {
            into.Keys.Add(TokenKey.Reference(code, reference));
        }

        return true;
    }
}

/// <summary><c>:identifier</c> on a reference.</summary>
internal sealed record ReferenceIdentifierTerm(TokenTerm Token) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is ReferenceValue { IdentifierValue: not null } reference
        && Token.Matches(reference.IdentifierSystem, reference.IdentifierValue, false);

    public override bool Narrow(SearchParameter parameter, string code, NarrowingList into) => Token.Narrow(parameter, $"{code}:identifier", into);
}

/// <summary>One alternative of a composite: every part holds for one and the same repetition.</summary>
internal sealed record CompositeTerm(IReadOnlyList<SearchTerm> Parts) : SearchTerm
{
    public override bool Matches(IndexValue value)
    {
        if (value is not CompositeValue composite)
        {
            return false;
        }

        for (var at = 0; at < Parts.Count; at++)
        {
            var found = false;
            foreach (var one in composite.Parts[at])
            {
                found |= Parts[at].Matches(one);
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A part that is a code or reference narrows under its own parameter.</summary>
    public override bool Narrow(SearchParameter parameter, string code, NarrowingList into)
    {
        for (var at = 0; at < Parts.Count; at++)
        {
            if (Parts[at] is TokenTerm or ReferenceTerm && parameter.Components[at].Parameter is { } part && NarrowPart(Parts[at], part, into))
            {
                into.IsExact = false;
                return true;
            }
        }

        return false;
    }

    private static bool NarrowPart(SearchTerm term, SearchParameter part, NarrowingList into)
    {
        foreach (var stored in part.StoredUnder)
        {
            if (!term.Narrow(stored, stored.Code, into))
            {
                return false;
            }
        }

        return true;
    }
}
