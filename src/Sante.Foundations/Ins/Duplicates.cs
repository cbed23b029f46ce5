using Sante.Foundations.Files;

namespace Sante.Foundations.Identities;

/// <summary>How near two identities are.</summary>
public enum Resemblance
{
    /// <summary>Two persons.</summary>
    None,
    /// <summary>Possibly one person (FR Core: DPOT, doublon potentiel): a human decides.</summary>
    Possible,
    /// <summary>All five traits are equal (DOUA, doublon avéré).</summary>
    Certain,
}

/// <summary>Finds pairs of identities that may be one person registered twice. Pure.</summary>
public static class Duplicates
{
    /// <summary>
    /// Keys under which duplicates meet: two identities with a common key are compared. Each leaves out what a typing error most often breaks
    /// (a first name, the sex, the day, the order of the names).
    /// </summary>
    public static IReadOnlyList<string> Keys(StoredTraits traits)
    {
        var family = Folding.Fold(traits.Family);
        var given = Folding.Fold(traits.Given[0]);
        var date = traits.BirthOn.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        string[] names = [family, given];
        Array.Sort(names, StringComparer.Ordinal);
        return
        [
            $"names-date|{string.Join('|', names)}|{date}",
            $"date-place-sex|{date}|{traits.BirthPlace}|{traits.Sex}|{family[..1]}",
            $"names-place-year|{family}|{given}|{traits.BirthPlace}|{date[..4]}",
        ];
    }

    /// <summary>Compares two identities.</summary>
    public static Resemblance Compare(StoredTraits one, StoredTraits other)
    {
        var family = Distance(Folding.Fold(one.Family), Folding.Fold(other.Family));
        var given = Distance(Folding.Fold(one.Given[0]), Folding.Fold(other.Given[0]));
        var allGiven = Folding.Fold(string.Join(' ', one.Given)) == Folding.Fold(string.Join(' ', other.Given));
        var (date, sex, place) = (one.BirthOn == other.BirthOn, one.Sex == other.Sex, one.BirthPlace == other.BirthPlace);
        if (family == 0 && allGiven && date && sex && place)
        {
            return Resemblance.Certain;
        }

        var swapped = Folding.Fold(one.Family) == Folding.Fold(other.Given[0]) && Folding.Fold(one.Given[0]) == Folding.Fold(other.Family);
        var placeFits = place || one.BirthPlace == StrictTraits.UnknownPlace || other.BirthPlace == StrictTraits.UnknownPlace;
        return (swapped && date)
            || (date && placeFits && family <= 1 && given <= 1)
            || (family == 0 && given == 0 && sex && place && NearDates(one.BirthOn, other.BirthOn))
            ? Resemblance.Possible
            : Resemblance.None;
    }

    /// <summary>Day and month exchanged, or one of day, month, year different.</summary>
    private static bool NearDates(DateOnly one, DateOnly other)
    {
        var same = (one.Year == other.Year ? 1 : 0) + (one.Month == other.Month ? 1 : 0) + (one.Day == other.Day ? 1 : 0);
        return same == 2 || (one.Year == other.Year && one.Day == other.Month && one.Month == other.Day);
    }

    /// <summary>Letters to change, add or take out (Levenshtein); 2 stands for two or more.</summary>
    private static int Distance(string one, string other)
    {
        if (one == other)
        {
            return 0;
        }

        if (Math.Abs(one.Length - other.Length) > 1)
        {
            return 2;
        }

        var (longer, shorter) = one.Length >= other.Length ? (one, other) : (other, one);
        var start = 0;
        while (start < shorter.Length && longer[start] == shorter[start])
        {
            start++;
        }

        return longer[(start + 1)..] == (longer.Length == shorter.Length ? shorter[(start + 1)..] : shorter[start..]) ? 1 : 2;
    }
}
