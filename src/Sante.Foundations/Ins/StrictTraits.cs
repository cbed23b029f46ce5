using System.Globalization;
using System.Text;
using Sante.Foundations.Files;
using Sante.Kernel;

namespace Sante.Foundations.Identities;

/// <summary>Sex as registered at birth: the two values of the INSi teleservice.</summary>
public enum RegisteredSex
{
    /// <summary>M.</summary>
    Male,
    /// <summary>F.</summary>
    Female,
}

/// <summary>
/// The five strict traits (RNIV): birth name, birth first names, date, sex and place of birth. Names are in capitals without accents;
/// hyphens and apostrophes stay. Personal: <see cref="ToString"/> masks. Pure.
/// </summary>
public sealed record StrictTraits
{
    /// <summary>Place of birth not known.</summary>
    public const string UnknownPlace = "99999";

    private const int LongestName = 100;
    private const int MostGivenNames = 20;
    private static readonly DateOnly OldestBirth = new(1850, 1, 1);

    private StrictTraits(string family, IReadOnlyList<string> given, DateOnly birthOn, RegisteredSex sex, string birthPlace) =>
        (Family, Given, BirthOn, Sex, BirthPlace) = (family, given, birthOn, sex, birthPlace);

    /// <summary>Birth name.</summary>
    public string Family { get; }

    /// <summary>All birth first names, in order; at least one.</summary>
    public IReadOnlyList<string> Given { get; }

    /// <summary>Date of birth.</summary>
    public DateOnly BirthOn { get; }

    /// <summary>Registered sex.</summary>
    public RegisteredSex Sex { get; }

    /// <summary>INSEE code (COG) of the commune of birth, 99xxx for a country, 99999 when unknown.</summary>
    public string BirthPlace { get; }

    /// <summary>
    /// Reads traits as people and systems write them. Refusals: <c>traits-name-malformed</c>, <c>traits-birth-date-malformed</c>,
    /// <c>traits-sex-malformed</c>, <c>traits-birth-place-malformed</c>.
    /// </summary>
    /// <param name="family">Birth name in any case, accents or not.</param>
    /// <param name="given">Birth first names; a value with several names separated by spaces or commas counts as several.</param>
    /// <param name="birthOn">YYYY-MM-DD.</param>
    /// <param name="sex">M or F; also male, female, 1, 2.</param>
    /// <param name="birthPlace">Five characters; null or empty means unknown.</param>
    public static Outcome<StrictTraits> TryCreate(string? family, IEnumerable<string?>? given, string? birthOn, string? sex, string? birthPlace)
    {
        var name = Normalise(family);
        var names = (given ?? []).SelectMany(one => one?.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries) ?? [""]).Select(Normalise).ToList();
        if (name is null || names.Count is 0 or > MostGivenNames || names.Contains(null))
        {
            return new Refusal("traits-name-malformed", RefusalKind.Invalid, "Le nom et les prénoms de naissance comportent des lettres, des espaces, des tirets et des apostrophes.");
        }

        if (!DateOnly.TryParseExact(birthOn, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date < OldestBirth)
        {
            return new Refusal("traits-birth-date-malformed", RefusalKind.Invalid, "La date de naissance s'écrit AAAA-MM-JJ.");
        }

        if (SexOf(sex) is not { } registered)
        {
            return new Refusal("traits-sex-malformed", RefusalKind.Invalid, "Le sexe s'écrit M ou F.");
        }

        var place = string.IsNullOrWhiteSpace(birthPlace) ? UnknownPlace : birthPlace.Trim().ToUpperInvariant();
        return IsPlace(place)
            ? new StrictTraits(name, [.. names.OfType<string>()], date, registered, place)
            : new Refusal("traits-birth-place-malformed", RefusalKind.Invalid, "Le lieu de naissance est un code INSEE de cinq caractères.");
    }

    /// <summary>
    /// One name as RNIV writes it: capitals without accents nor ligatures, single spaces, hyphens and plain apostrophes kept.
    /// Null when empty, too long, or with a character that no name has (a digit, a dot).
    /// </summary>
    public static string? Normalise(string? name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName)
        {
            return null;
        }

        var written = new StringBuilder(name.Length);
        foreach (var part in name.Trim())
        {
            switch (part)
            {
                case '-' or '\u2010' or '\u2011':
                    written.Append('-');
                    break;
                case '\'' or '\u2019' or '\u02BC' or '`' or '\u00B4':
                    written.Append('\'');
                    break;
                case ' ' or '\u00A0':
                    if (written is [.., not ' '])
                    {
                        written.Append(' ');
                    }

                    break;
                default:
                    written.Append(part);
                    break;
            }
        }

        var folded = Unaccented(written.ToString());
        return folded.Any(char.IsAsciiLetterUpper) && folded.All(c => char.IsAsciiLetterUpper(c) || c is ' ' or '-' or '\'') ? folded : null;
    }

    /// <summary>True when both name the same person by all five traits; hyphen, apostrophe and space are the same between names.</summary>
    public bool IsSameAs(StrictTraits other) =>
        Folding.Fold(Family) == Folding.Fold(other.Family)
        && Folding.Fold(string.Join(' ', Given)) == Folding.Fold(string.Join(' ', other.Given))
        && BirthOn == other.BirthOn && Sex == other.Sex && BirthPlace == other.BirthPlace;

    /// <summary>
    /// True when a search by one first name, as the INSi makes it, finds this person: equal name, sex and date; the first name is one of his
    /// (or several of his in order); the place only when given on both sides.
    /// </summary>
    public bool Answers(string family, string given, DateOnly birthOn, RegisteredSex sex, string? birthPlace) =>
        Folding.Fold(Family) == Folding.Fold(family) && BirthOn == birthOn && Sex == sex
        && SearchNames().Contains(Folding.Fold(given))
        && (birthPlace is null or UnknownPlace || BirthPlace == UnknownPlace || birthPlace == BirthPlace);

    /// <summary>The folded first names by which this person can be found: each alone, and all together.</summary>
    public IReadOnlyList<string> SearchNames() =>
        [.. Given.Select(Folding.Fold).Append(Folding.Fold(string.Join(' ', Given))).Distinct()];

    public bool Equals(StrictTraits? other) =>
        other is not null && Family == other.Family && Given.SequenceEqual(other.Given) && BirthOn == other.BirthOn && Sex == other.Sex && BirthPlace == other.BirthPlace;

    public override int GetHashCode() => HashCode.Combine(Family, BirthOn, Sex, BirthPlace, Given.Count);

    public override string ToString() => "StrictTraits ***";

    /// <summary>M, F, male, female, 1, 2.</summary>
    public static RegisteredSex? SexOf(string? text) => text?.Trim().ToUpperInvariant() switch
    {
        "M" or "MALE" or "1" => RegisteredSex.Male,
        "F" or "FEMALE" or "2" => RegisteredSex.Female,
        _ => null,
    };

    /// <summary>A commune (01053, 2A004, 97105) or a country (99xxx).</summary>
    private static bool IsPlace(string place) =>
        place.Length == 5 && char.IsAsciiDigit(place[0]) && (char.IsAsciiDigit(place[1]) || place[..2] is "2A" or "2B") && place[2..].All(char.IsAsciiDigit);

    private static string Unaccented(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var part in text)
        {
            // Signs that a name keeps are not letters to fold.
            result.Append(part is ' ' or '-' or '\'' ? part.ToString() : char.IsLetter(part) || CharUnicodeInfo.GetUnicodeCategory(part) == UnicodeCategory.NonSpacingMark ? Folding.Fold(part.ToString()) : "?");
        }

        return result.ToString();
    }
}
