using System.Globalization;

namespace Sante.Kernel;

/// <summary>
/// The matricule INS with the authority that assigned it: 15 characters, 13 of NIR or NIA and a key of 2 (01–97).
/// Two are equal when matricule and OID are equal. Personal: <see cref="ToString"/> masks it, <see cref="Reveal"/> gives it.
/// Source: FR Core 2.2.0 fr-core-patient-ins; Assurance Maladie nir-validation (structure and key).
/// </summary>
public sealed record Ins
{
    /// <summary>Characters of a matricule, key included.</summary>
    public const int Length = 15;

    private const int NumberLength = 13;
    private const int LongestInput = 64;

    private readonly string matricule;

    private Ins(string matricule, InsOid oid) => (this.matricule, Oid) = (matricule, oid);

    /// <summary>Which number it is and of which environment.</summary>
    public InsOid Oid { get; }

    /// <summary>The 15 characters. Personal data: only for the registry, FHIR content and wires that legally carry it; never logged.</summary>
    public string Reveal() => matricule;

    /// <summary>The 13 characters without the key, as INSi sends them (<c>NumIdentifiant</c>). Personal data like <see cref="Reveal"/>.</summary>
    public string RevealNumber() => matricule[..NumberLength];

    /// <summary>The two digits of the key, as INSi sends them (<c>Cle</c>).</summary>
    public string Key => matricule[NumberLength..];

    /// <summary>
    /// Reads a matricule written with or without spaces, in either case. The structure of a NIR is checked in full;
    /// of a NIA only its first digit (7 or 8), as its further structure is not published.
    /// Refusals: <c>ins-malformed</c>, <c>ins-key-wrong</c>, <c>ins-oid-not-accepted</c>.
    /// </summary>
    public static Outcome<Ins> TryParse(string? text, InsOid oid, InsEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(oid);
        if (!oid.IsAcceptedIn(environment))
        {
            return new Refusal("ins-oid-not-accepted", RefusalKind.Invalid, "Cet OID d'INS n'est pas admis dans cet environnement.");
        }

        var matricule = Canonical(text);
        if (matricule is null || !HasStructure(matricule, oid.Kind))
        {
            return new Refusal("ins-malformed", RefusalKind.Invalid, "Le matricule INS doit comporter 15 caractères de structure valide.");
        }

        return matricule.EndsWith(KeyOf(matricule), StringComparison.Ordinal)
            ? new Ins(matricule, oid)
            : new Refusal("ins-key-wrong", RefusalKind.Invalid, "La clé du matricule INS ne correspond pas au numéro.");
    }

    /// <summary>As <see cref="TryParse(string?, InsOid, InsEnvironment)"/>, with the OID bare or as a FHIR system. Also refuses <c>ins-oid-unknown</c>.</summary>
    public static Outcome<Ins> TryParse(string? text, string? oidOrSystem, InsEnvironment environment) =>
        InsOid.TryParse(oidOrSystem).Then(oid => TryParse(text, oid, environment));

    /// <summary>
    /// Builds the INS of a 13-character number by adding its key: for numbers that arrive in two fields and for synthetic persons.
    /// Refusals as <see cref="TryParse(string?, InsOid, InsEnvironment)"/>.
    /// </summary>
    public static Outcome<Ins> OfNumber(string? number, InsOid oid, InsEnvironment environment)
    {
        var canonical = Canonical(number + "00");
        return TryParse(canonical is null ? null : canonical[..NumberLength] + KeyOf(canonical), oid, environment);
    }

    public override string ToString() => $"Ins({Oid.Kind}) ***";

    /// <summary>97 − (n mod 97) over the first 13 characters; Corsica's 2A and 2B (positions 6–7 only) count as 19 and 18.</summary>
    private static string KeyOf(string matricule)
    {
        var corsica = matricule[6] switch { 'A' => "19", 'B' => "18", _ => null };
        var digits = corsica is null ? matricule[..NumberLength] : string.Concat(matricule.AsSpan(0, 5), corsica, matricule.AsSpan(7, 6));
        var number = long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        return (97 - (number % 97)).ToString("00", CultureInfo.InvariantCulture);
    }

    /// <summary>Upper case without spaces, when it is 15 digits (or Corsica's letter in its place); else null.</summary>
    private static string? Canonical(string? text)
    {
        if (text is null || text.Length > LongestInput)
        {
            return null;
        }

        Span<char> kept = stackalloc char[Length];
        var count = 0;
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                continue;
            }

            var upper = c is 'a' or 'b' ? (char)(c - 32) : c;
            var corsica = count == 6 && upper is 'A' or 'B' && kept[5] == '2';
            if (count == Length || !(char.IsAsciiDigit(upper) || corsica))
            {
                return null;
            }

            kept[count++] = upper;
        }

        return count == Length ? new string(kept) : null;
    }

    private static bool HasStructure(string matricule, InsKind kind)
    {
        if (kind == InsKind.Nia)
        {
            return matricule[0] is '7' or '8';
        }

        // 01–12 are months; 20–99 stand for an unknown month of birth; 00 and 13–19 do not exist.
        var month = ((matricule[3] - '0') * 10) + (matricule[4] - '0');
        return matricule[0] is '1' or '2' && month is (>= 1 and <= 12) or (>= 20 and <= 99);
    }
}
