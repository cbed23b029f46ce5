namespace Sante.Kernel;

/// <summary>
/// Number of a health or social structure: 9 letters or digits, beginning with the department (2A and 2B in Corsica,
/// 9A, 9B… overseas). Public, hence not masked. Source: FINESS open files; FR Core FINESS identifier.
/// </summary>
public sealed record Finess
{
    /// <summary>FHIR system.</summary>
    public const string System = "https://finess.esante.gouv.fr";

    private const int Length = 9;

    private Finess(string value) => Value = value;

    /// <summary>The 9 characters, letters in capitals.</summary>
    public string Value { get; }

    /// <summary>
    /// Whether the last digit is the Luhn key; null when the number has a letter, as no source says how letters count.
    /// A warning only, never a refusal.
    /// </summary>
    public bool? HasValidKey => Value.AsSpan().ContainsAnyExceptInRange('0', '9') ? null : Luhn.Holds(Value);

    /// <summary>Reads 9 letters or digits of either case; spaces around are ignored. Refusal: <c>finess-malformed</c>.</summary>
    public static Outcome<Finess> TryParse(string? text)
    {
        var trimmed = (text ?? "").Trim();
        return trimmed.Length == Length && trimmed.All(char.IsAsciiLetterOrDigit)
            ? new Finess(trimmed.ToUpperInvariant())
            : new Refusal("finess-malformed", RefusalKind.Invalid, "Un numéro FINESS comporte 9 caractères.");
    }

    public override string ToString() => Value;
}
