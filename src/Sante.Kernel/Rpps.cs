namespace Sante.Kernel;

/// <summary>
/// Number of a health professional in the shared directory: 11 digits. Written alone or as PS_IdNat, prefix 8 before it.
/// Source: Annuaire Santé; ANS PS_IdNat (prefix 8 = RPPS).
/// </summary>
public sealed record Rpps
{
    /// <summary>FHIR system of the bare number.</summary>
    public const string System = "https://rpps.esante.gouv.fr";
    /// <summary>FHIR system of PS_IdNat.</summary>
    public const string PsIdNatSystem = "urn:oid:1.2.250.1.71.4.2.1";

    private const int Length = 11;
    private const char PsIdNatPrefix = '8';

    private Rpps(string value) => Value = value;

    /// <summary>The 11 digits.</summary>
    public string Value { get; }

    /// <summary>The 12 digits of PS_IdNat, as Pro Santé Connect sends them (<c>SubjectNameID</c>).</summary>
    public string PsIdNat => PsIdNatPrefix + Value;

    /// <summary>Whether the last digit is the Luhn key. A warning only: most fictional professionals of official examples fail it.</summary>
    public bool HasValidKey => Luhn.Holds(Value);

    /// <summary>Reads the 11 digits, or the 12 of PS_IdNat; spaces around are ignored. Refusal: <c>rpps-malformed</c>.</summary>
    public static Outcome<Rpps> TryParse(string? text)
    {
        var trimmed = (text ?? "").AsSpan().Trim();
        if (trimmed.Length == Length + 1 && trimmed[0] == PsIdNatPrefix)
        {
            trimmed = trimmed[1..];
        }

        return trimmed.Length == Length && !trimmed.ContainsAnyExceptInRange('0', '9')
            ? new Rpps(trimmed.ToString())
            : new Refusal("rpps-malformed", RefusalKind.Invalid, "Un numéro RPPS comporte 11 chiffres.");
    }

    public override string ToString() => "Rpps ***";
}
