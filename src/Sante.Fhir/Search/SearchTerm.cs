namespace Sante.Fhir.Search;

/// <summary>One of the alternatives of a condition.</summary>
internal abstract record SearchTerm
{
    public abstract bool Matches(IndexValue value);

    /// <summary>Adds what every matching value has on an index; false when there is no such thing.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="code">Its code, or that of its identifiers: <c>subject:identifier</c>.</param>
    /// <param name="into">Where to add.</param>
    public virtual bool Narrow(SearchParameter parameter, string code, NarrowingList into) => false;
}

/// <summary>What the alternatives of one condition add up to.</summary>
internal sealed class NarrowingList
{
    public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);
    public List<DateWindow> Windows { get; } = [];
    public List<string> Prefixes { get; } = [];
    public List<NumberWindow> Numbers { get; } = [];
    public bool IsExact { get; set; } = true;

    public Narrowing ToNarrowing(string parameter) => new(parameter, [.. Keys], Windows) { Prefixes = Prefixes, Numbers = Numbers, IsExact = IsExact };
}

/// <summary><c>code</c>, <c>system|code</c>, <c>|code</c>, <c>system|</c>.</summary>
internal sealed record TokenTerm(string? System, string? Code) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is TokenValue token && Matches(token.System, token.Code, token.IsImplied);

    public bool Matches(string? system, string? code, bool isImplied) =>
        (Code is null ? code is not null || system is not null : string.Equals(Code, code, StringComparison.Ordinal))
        && (System is null || isImplied || (System.Length == 0 ? system is null : System == system));

    public override bool Narrow(SearchParameter parameter, string code, NarrowingList into)
    {
        if (Code is null)
        {
            return false;
        }

        var isIdentifier = parameter.Type == SearchType.Reference;
        if (System is null or "" || (parameter.IsImplied && !parameter.IsExplicit && !isIdentifier))
        {
            into.Keys.Add(TokenKey.AnySystem(code, Code));
            into.IsExact &= System != "";
            return true;
        }

        into.Keys.Add(TokenKey.Exact(code, System, Code));
        if (parameter.IsImplied && !isIdentifier)
        {
            into.Keys.Add(TokenKey.Implied(code, Code));
        }

        return true;
    }
}

/// <summary><c>:in</c>, <c>:above</c>, <c>:below</c>: one of these codes.</summary>
internal sealed record TokenSetTerm(IReadOnlySet<(string System, string Code)> Codes) : SearchTerm
{
    /// <summary>Sets larger than this are not worth as many keys.</summary>
    private const int MaxKeys = 200;

    private readonly HashSet<string> bare = [.. Codes.Select(code => code.Code)];

    public override bool Matches(IndexValue value) => value is TokenValue { Code: { } code } token
        && (token.IsImplied ? bare.Contains(code) : token.System is { } system && Codes.Contains((system, code)));

    public override bool Narrow(SearchParameter parameter, string code, NarrowingList into) =>
        Codes.Count <= MaxKeys && Codes.All(one => new TokenTerm(one.System, one.Code).Narrow(parameter, code, into));
}

/// <summary><c>:of-type</c>: an identifier of a type: <c>system|code|value</c>.</summary>
internal sealed record OfTypeTerm(string System, string Code, string Value) : SearchTerm
{
    public override bool Matches(IndexValue value)
    {
        if (value is not TokenValue token || token.Code != Value)
        {
            return false;
        }

        foreach (var (system, code) in token.Types)
        {
            if (code == Code && (system ?? "") == System)
            {
                return true;
            }
        }

        return false;
    }

    public override bool Narrow(SearchParameter parameter, string code, NarrowingList into)
    {
        into.Keys.Add(TokenKey.AnySystem(code, Value));
        into.IsExact = false;
        return true;
    }
}

/// <summary><c>:text</c> on a token: a word of the display or text begins so (R4: "starts with" over text that goes with the code).</summary>
internal sealed record TokenTextTerm(string Folded) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is TokenValue { Text: { } text } && TextFolding.Fold(text).StartsWith(Folded, StringComparison.Ordinal);
}

internal enum TextMode
{
    StartsWith,
    Exact,
    Contains,
}

internal sealed record TextTerm(string Text, string Folded, TextMode Mode) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is TextValue text && Mode switch
    {
        TextMode.Exact => text.Text == Text,
        TextMode.Contains => text.Folded.Contains(Folded, StringComparison.Ordinal),
        _ => text.Folded.StartsWith(Folded, StringComparison.Ordinal),
    };

    public override bool Narrow(SearchParameter parameter, string code, NarrowingList into)
    {
        if (Mode == TextMode.Contains || Folded.Length == 0)
        {
            return false;
        }

        into.Prefixes.Add(Folded.Length <= SortValue.MaxText ? Folded : Folded[..SortValue.MaxText]);
        into.IsExact &= Mode == TextMode.StartsWith && Folded.Length <= SortValue.MaxText;
        return true;
    }
}

internal enum UriMode
{
    Exact,
    Below,
    Above,
}

/// <summary>A URI; of a canonical, the version only when one is asked.</summary>
internal sealed record UriTerm(string Uri, UriMode Mode) : SearchTerm
{
    private readonly (string Url, string? Version) canonical = ReferenceText.Canonical(Uri);

    public override bool Matches(IndexValue value) => value is UriValue uri && Mode switch
    {
        UriMode.Below => uri.Uri == Uri || uri.Uri.StartsWith(Uri.TrimEnd('/') + "/", StringComparison.Ordinal),
        UriMode.Above => uri.Uri == Uri || Uri.StartsWith(uri.Uri.TrimEnd('/') + "/", StringComparison.Ordinal),
        _ => uri.Version is null ? uri.Uri == Uri : uri.Uri == canonical.Url && (canonical.Version is null || canonical.Version == uri.Version),
    };

    public override bool Narrow(SearchParameter parameter, string code, NarrowingList into)
    {
        if (Mode != UriMode.Exact)
        {
            return false;
        }

        into.Keys.Add(TokenKey.Reference(code, Uri));
        into.Keys.Add(TokenKey.Reference(code, canonical.Url));
        into.IsExact &= canonical.Version is null;
        return true;
    }
}
