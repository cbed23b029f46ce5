namespace Sante.Fhir.Search;

/// <summary>One value by which a resource is found, under one parameter.</summary>
/// <param name="Parameter">The parameter's code.</param>
public abstract record IndexValue(string Parameter)
{
    /// <summary>
    /// The texts under which this value can be found by equality, for a keyed index; empty when it cannot. They match the texts of
    /// <see cref="Narrowing.Keys"/> by plain equality.
    /// </summary>
    public virtual IEnumerable<string> Keys => [];

    /// <summary>A mask: index values are personal.</summary>
    public sealed override string ToString() => $"{Parameter}=…";
}

/// <summary>A code, identifier or boolean.</summary>
/// <param name="Parameter">The parameter's code.</param>
/// <param name="System">The system; null when the element has none.</param>
/// <param name="Code">The code or value; null when only a text or system is there.</param>
/// <param name="IsImplied">A plain code, whose system its definition implies: any system in a query is taken.</param>
/// <param name="Text">Display or text, for <c>:text</c>.</param>
public sealed record TokenValue(string Parameter, string? System, string? Code, bool IsImplied, string? Text) : IndexValue(Parameter)
{
    /// <inheritdoc/>
    public override IEnumerable<string> Keys
    {
        get
        {
            if (Code is not null)
            {
                yield return TokenKey.AnySystem(Parameter, Code);
                if (IsImplied)
                {
                    yield return TokenKey.Implied(Parameter, Code);
                }
                else if (System is not null)
                {
                    yield return TokenKey.Exact(Parameter, System, Code);
                }
            }
        }
    }

    /// <summary>Of an identifier: the codings of its type, for <c>:of-type</c>.</summary>
    public IReadOnlyList<(string? System, string? Code)> Types { get; init; } = [];
}

/// <summary>An interval of instants: first tick and tick after the last, UTC; open ends are <see cref="long.MinValue"/> and <see cref="long.MaxValue"/>.</summary>
public sealed record DateValue(string Parameter, long LowTicks, long HighTicks) : IndexValue(Parameter);

/// <summary>A text, as written and folded (<see cref="TextFolding"/>).</summary>
public sealed record TextValue(string Parameter, string Text, string Folded) : IndexValue(Parameter);

/// <summary>A URI, or a canonical without its version.</summary>
public sealed record UriValue(string Parameter, string Uri) : IndexValue(Parameter)
{
    /// <inheritdoc/>
    public override IEnumerable<string> Keys => [TokenKey.Reference(Parameter, Uri)];

    /// <summary>Of a canonical: the version after the bar.</summary>
    public string? Version { get; init; }
}

/// <summary>A number.</summary>
public sealed record NumberValue(string Parameter, decimal Value) : IndexValue(Parameter);

/// <summary>A quantity; unit as a coded unit, or as text.</summary>
public sealed record QuantityValue(string Parameter, decimal Value, string? System, string? Code, string? Unit) : IndexValue(Parameter)
{
    /// <summary>The same in canonical units.</summary>
    public CanonicalQuantity Canonical => CanonicalQuantity.Of(Value, System, Code, Unit);
}

/// <summary>A place on the globe, in degrees.</summary>
public sealed record PlaceValue(string Parameter, double Latitude, double Longitude) : IndexValue(Parameter);

/// <summary>One repetition of a composite: the values of each part.</summary>
public sealed record CompositeValue(string Parameter, IReadOnlyList<IReadOnlyList<IndexValue>> Parts) : IndexValue(Parameter);

/// <summary>A reference, literal or by identifier.</summary>
/// <param name="Parameter">The parameter's code.</param>
/// <param name="Type">Resource type, when the text or <c>Reference.type</c> tells it.</param>
/// <param name="Id">Id, for <c>Type/id</c> and absolute URLs that end so.</param>
/// <param name="Url">The reference as written, without version; null for a purely logical one.</param>
/// <param name="IdentifierSystem">System of <c>Reference.identifier</c>.</param>
/// <param name="IdentifierValue">Value of <c>Reference.identifier</c>.</param>
public sealed record ReferenceValue(string Parameter, string? Type, string? Id, string? Url, string? IdentifierSystem, string? IdentifierValue) : IndexValue(Parameter)
{
    /// <inheritdoc/>
    public override IEnumerable<string> Keys
    {
        get
        {
            // Contained resources have one key for them all: a chain can only look inside.
            if (Url is not null && !Url.StartsWith('#'))
            {
                yield return TokenKey.Reference(Parameter, Url);
            }

            if (Url?.StartsWith('#') == true || Inline.Exists)
            {
                yield return TokenKey.Reference(Parameter, Contained);
            }

            if (IdentifierValue is not null)
            {
                yield return TokenKey.AnySystem($"{Parameter}:identifier", IdentifierValue);
                if (IdentifierSystem is not null)
                {
                    yield return TokenKey.Exact($"{Parameter}:identifier", IdentifierSystem, IdentifierValue);
                }
            }
        }
    }

    /// <summary>Of a canonical: the version after the bar.</summary>
    public string? Version { get; init; }

    /// <summary>The text of the key of contained resources.</summary>
    internal const string Contained = "#";

    /// <summary>Names a resource of this server: <c>Type/id</c>.</summary>
    public bool IsLocal => Type is not null && Id is not null && Url is not null && Url.Length == Type.Length + Id.Length + 1;

    /// <summary>The resource itself, where it stands in the element (first entry of a Bundle).</summary>
    internal FhirNode Inline { get; init; }
}

/// <summary>The texts that keyed indexes are made of; injective, as parameter names hold no <c>\n</c>.</summary>
internal static class TokenKey
{
    public static string AnySystem(string parameter, string code) => $"{parameter}\nc\n{code}";

    public static string Exact(string parameter, string system, string code) => $"{parameter}\nsc\n{system.Length}\n{system}{code}";

    public static string Implied(string parameter, string code) => $"{parameter}\nic\n{code}";

    public static string Reference(string parameter, string url) => $"{parameter}\nr\n{url}";
}
