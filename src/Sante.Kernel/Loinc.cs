namespace Sante.Kernel;

/// <summary>A LOINC term: 1 to 7 digits, a hyphen and a mod-10 check digit, as in <c>29463-7</c>. Source: LOINC Users' Guide, check digit.</summary>
public readonly record struct Loinc
{
    /// <summary>FHIR system of LOINC codes.</summary>
    public const string System = "http://loinc.org";

    private const int LongestNumber = 7;

    private readonly string? code;

    private Loinc(string code) => this.code = code;

    /// <summary>The code with its check digit.</summary>
    public string Code => code ?? throw new InvalidOperationException("A default Loinc has no code.");

    /// <summary>Reads a code exactly as written. Answers (LA…) and parts (LP…) are not terms. Refusals: <c>loinc-malformed</c>, <c>loinc-key-wrong</c>.</summary>
    public static Outcome<Loinc> TryParse(string? text)
    {
        var hyphen = (text ?? "").IndexOf('-', StringComparison.Ordinal);
        if (hyphen is < 1 or > LongestNumber || text!.Length != hyphen + 2 || text[0] == '0'
            || text.AsSpan(0, hyphen).ContainsAnyExceptInRange('0', '9') || !char.IsAsciiDigit(text[^1]))
        {
            return new Refusal("loinc-malformed", RefusalKind.Invalid, "Ce code n'a pas la forme d'un code LOINC.");
        }

        return Luhn.Holds(text.Remove(hyphen, 1))
            ? new Loinc(text)
            : new Refusal("loinc-key-wrong", RefusalKind.Invalid, "Le chiffre de contrôle du code LOINC est faux.");
    }

    public override string ToString() => Code;
}
