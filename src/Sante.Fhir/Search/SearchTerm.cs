using System.Globalization;

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

/// <summary>One of the alternatives of a condition.</summary>
internal abstract record SearchTerm
{
    public abstract bool Matches(IndexValue value);

    /// <summary>Keys one of which a matching value has; null when the term cannot be narrowed.</summary>
    public virtual IReadOnlyList<string>? Keys(string parameter) => null;
}

/// <summary><c>code</c>, <c>system|code</c>, <c>|code</c>, <c>system|</c>.</summary>
internal sealed record TokenTerm(string? System, string? Code) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is TokenValue token
        && (Code is null || string.Equals(Code, token.Code, StringComparison.Ordinal))
        && (System is null || token.IsImplied || (System.Length == 0 ? token.System is null : System == token.System));

    public override IReadOnlyList<string> Keys(string parameter) =>
        Code is null ? [TokenKey.SystemOnly(parameter, System!)]
        : System is null ? [TokenKey.AnySystem(parameter, Code)]
        : [TokenKey.Exact(parameter, System, Code), TokenKey.Implied(parameter, Code)];
}

/// <summary><c>:text</c> on a token: the display or text begins so.</summary>
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
}

internal enum UriMode
{
    Exact,
    Below,
    Above,
}

internal sealed record UriTerm(string Uri, UriMode Mode) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is UriValue uri && Mode switch
    {
        UriMode.Below => uri.Uri == Uri || uri.Uri.StartsWith(Uri.TrimEnd('/') + "/", StringComparison.Ordinal),
        UriMode.Above => uri.Uri == Uri || Uri.StartsWith(uri.Uri.TrimEnd('/') + "/", StringComparison.Ordinal),
        _ => uri.Uri == Uri,
    };

    public override IReadOnlyList<string>? Keys(string parameter) => Mode == UriMode.Exact ? [TokenKey.Reference(parameter, Uri)] : null;
}

/// <summary><c>Type/id</c>, <c>id</c> or a URL.</summary>
internal sealed record ReferenceTerm(string? Type, string? Id, string? Url) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is ReferenceValue reference
        && ((Url is not null && Url == reference.Url) || (Id is not null && Id == reference.Id && (Type is null || Type == reference.Type) && IsOurs(reference)));

    public override IReadOnlyList<string> Keys(string parameter) =>
        Id is null ? [TokenKey.Reference(parameter, Url!)]
        : Type is null ? [TokenKey.ReferenceId(parameter, Id)]
        : [TokenKey.Reference(parameter, $"{Type}/{Id}")];

    // Type/id asked for names our resource; a foreign server's URL that happens to end so does not.
    private static bool IsOurs(ReferenceValue reference) => reference.Url is null || !reference.Url.Contains("://", StringComparison.Ordinal);
}

/// <summary><c>:identifier</c> on a reference.</summary>
internal sealed record ReferenceIdentifierTerm(TokenTerm Token) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is ReferenceValue { IdentifierValue: not null } reference
        && Token.Matches(new TokenValue(reference.Parameter, reference.IdentifierSystem, reference.IdentifierValue, false, null));

    public override IReadOnlyList<string> Keys(string parameter) => Token.Keys($"{parameter}:identifier");
}

/// <summary>A date with its prefix; <see cref="ApproximationTicks"/> widens <c>ap</c>.</summary>
internal sealed record DateTerm(SearchPrefix Prefix, long Low, long High, long ApproximationTicks) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is DateValue date && Prefix switch
    {
        SearchPrefix.Eq => IsWithin(date),
        SearchPrefix.Ne => !IsWithin(date),
        SearchPrefix.Gt => date.HighTicks > High,
        SearchPrefix.Lt => date.LowTicks < Low,
        SearchPrefix.Ge => date.HighTicks > High || IsWithin(date),
        SearchPrefix.Le => date.LowTicks < Low || IsWithin(date),
        SearchPrefix.Sa => date.LowTicks >= High,
        SearchPrefix.Eb => date.HighTicks <= Low,
        _ => date.LowTicks < High + ApproximationTicks && date.HighTicks > Low - ApproximationTicks,
    };

    /// <summary>A window that every matching value lies in (not each value in it matches).</summary>
    public DateWindow? Window() => Prefix switch
    {
        SearchPrefix.Eq => new DateWindow(Low, long.MaxValue, long.MinValue, High),
        SearchPrefix.Gt => new DateWindow(long.MinValue, long.MaxValue, High + 1, long.MaxValue),
        SearchPrefix.Lt => new DateWindow(long.MinValue, Low - 1, long.MinValue, long.MaxValue),
        SearchPrefix.Ge => new DateWindow(long.MinValue, long.MaxValue, Low + 1, long.MaxValue),
        SearchPrefix.Le => new DateWindow(long.MinValue, High - 1, long.MinValue, long.MaxValue),
        SearchPrefix.Sa => new DateWindow(High, long.MaxValue, long.MinValue, long.MaxValue),
        SearchPrefix.Eb => new DateWindow(long.MinValue, long.MaxValue, long.MinValue, Low),
        SearchPrefix.Ap => new DateWindow(long.MinValue, High + ApproximationTicks - 1, Low - ApproximationTicks + 1, long.MaxValue),
        _ => null,
    };

    private bool IsWithin(DateValue date) => Low <= date.LowTicks && date.HighTicks <= High;
}

/// <summary>A number with its prefix; equality admits what rounds to it (half of the last digit given).</summary>
internal sealed record NumberTerm(SearchPrefix Prefix, decimal Number, decimal Half) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is NumberValue number && IsMatch(number.Value);

    public bool IsMatch(decimal value) => Prefix switch
    {
        SearchPrefix.Eq => value >= Number - Half && value < Number + Half,
        SearchPrefix.Ne => value < Number - Half || value >= Number + Half,
        SearchPrefix.Gt or SearchPrefix.Sa => value > Number,
        SearchPrefix.Lt or SearchPrefix.Eb => value < Number,
        SearchPrefix.Ge => value >= Number,
        SearchPrefix.Le => value <= Number,
        _ => Math.Abs(value - Number) <= Math.Max(Half, Math.Abs(Number) / 10),
    };

    /// <summary>Half of the last digit's worth: 5.40 → 0.005; 1e2 → 50.</summary>
    public static decimal HalfOf(string text)
    {
        var exponentAt = text.IndexOfAny(['e', 'E']);
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var exponent = exponentAt < 0 ? 0 : int.Parse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var places = (point < 0 ? 0 : mantissa.Length - point - 1) - exponent;
        return 0.5m * (decimal)Math.Pow(10, Math.Clamp(-places, -27, 27));
    }
}

/// <summary><c>number|system|code</c>, <c>number||code</c> or a number alone. Units are compared as written, not converted.</summary>
internal sealed record QuantityTerm(NumberTerm Number, string? System, string? Code) : SearchTerm
{
    public override bool Matches(IndexValue value) => value is QuantityValue quantity && Number.IsMatch(quantity.Value)
        && (System is null || System == quantity.System) && (Code is null || Code == quantity.Code || (System is null && Code == quantity.Unit));
}

/// <summary>Bounds in ticks, all inclusive: first tick of a value in [LowFrom, LowTo], tick after its last in [HighFrom, HighTo].</summary>
/// <param name="LowFrom">Least first tick.</param>
/// <param name="LowTo">Greatest first tick.</param>
/// <param name="HighFrom">Least tick after the last.</param>
/// <param name="HighTo">Greatest tick after the last.</param>
public readonly record struct DateWindow(long LowFrom, long LowTo, long HighFrom, long HighTo);
