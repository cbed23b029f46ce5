using Sante.DirectoryFiles;

namespace Sante.DemoNation;

/// <summary>The households of the nation: how many of each kind, who is in them, how old. All from the seed and the day.</summary>
internal sealed class Households(int seed, DateOnly today)
{
    private readonly Maternity maternity = new(seed);

    // Together a little over 200 citizens; a test counts them.
    private static readonly (HouseholdKind Kind, int Count)[] Plan =
    [
        (HouseholdKind.TwoParents, 34), (HouseholdKind.SingleParent, 9), (HouseholdKind.Separated, 6), (HouseholdKind.Couple, 12),
        (HouseholdKind.Alone, 10), (HouseholdKind.Ehpad, 5), (HouseholdKind.Guardianship, 3),
    ];

    /// <summary>The story's family first, then the plan.</summary>
    public IReadOnlyList<Household> All()
    {
        var all = new List<Household> { OfTheStory(), OfTheTeenager(), OfTheNewAdult(), OfTheBaby() };
        foreach (var (kind, count) in Plan)
        {
            for (var i = 0; i < count; i++)
            {
                all.Add(Of(kind, all.Count));
            }
        }

        return all;
    }

    /// <summary>Mother and father of the newborn to come, and a first child of four.</summary>
    private Household OfTheStory()
    {
        var mother = maternity.Bear("MONTALOUETTE", true, today.AddYears(-33).AddDays(-41), "CLARA", "35238");
        var father = maternity.Bear("ROCHERIVE", false, today.AddYears(-35).AddDays(-160), "HUGO", "44109");
        var child = maternity.Bear("ROCHERIVE", true, today.AddYears(-4).AddDays(-77), "LINA", "35238");
        return new Household(HouseholdKind.TwoParents, [mother, father], [child]);
    }

    /// <summary>Separated parents; one child comes of age in ten days.</summary>
    private Household OfTheTeenager()
    {
        var mother = maternity.Bear("SAULEPERLEE", true, today.AddYears(-46).AddDays(-12), "NATHALIE", "49007");
        var father = maternity.Bear("FONTOCRE", false, today.AddYears(-48).AddDays(-200), "LAURENT", "29019");
        var almost = maternity.Bear("FONTOCRE", true, today.AddYears(-18).AddDays(10), "MANON", "35238");
        var small = maternity.Bear("FONTOCRE", false, today.AddYears(-13).AddDays(-91), "MALO", "35238");
        return new Household(HouseholdKind.Separated, [mother, father], [almost, small]);
    }

    /// <summary>A child who came of age a week ago.</summary>
    private Household OfTheNewAdult()
    {
        var mother = maternity.Bear("BRUMEVIGNE", true, today.AddYears(-44).AddDays(-301), "ISABELLE", "56260");
        return new Household(HouseholdKind.SingleParent, [mother], [maternity.Bear("BRUMEVIGNE", false, today.AddYears(-18).AddDays(-7), "THEO", "56260")]);
    }

    /// <summary>A baby of twelve days: the six weeks to refuse the opening are running.</summary>
    private Household OfTheBaby()
    {
        var mother = maternity.Bear("DOREMESANGE", true, today.AddYears(-29).AddDays(-18), "SARAH", "35238");
        var father = maternity.Bear("PIERRELANDE", false, today.AddYears(-31).AddDays(-240), "KARIM", "44109");
        return new Household(HouseholdKind.TwoParents, [mother, father], [maternity.Bear("PIERRELANDE", false, today.AddDays(-12), "MARIUS", "35238")]);
    }

    private Household Of(HouseholdKind kind, int number)
    {
        var dice = new Dice(seed, "household", number);
        var name = Maternity.FamilyName(ref dice);
        return kind switch
        {
            HouseholdKind.TwoParents => Parents(ref dice, kind, name, 2, 1 + dice.Next(3)),
            HouseholdKind.SingleParent => Parents(ref dice, kind, name, 1, 1 + dice.Next(2)),
            HouseholdKind.Separated => Parents(ref dice, kind, name, 2, 1 + dice.Next(3)),
            HouseholdKind.Couple => new(kind, Adults(ref dice, name, 2, 26, 80), []),
            HouseholdKind.Alone => new(kind, Adults(ref dice, name, 1, 19, 88), []),
            HouseholdKind.Ehpad => new(kind, Adults(ref dice, name, 1, 55, 64), Adults(ref dice, name, 1, 84, 97)),
            _ => new(kind, Adults(ref dice, name, 1, 48, 66), Adults(ref dice, name, 1, 22, 40)),
        };
    }

    private Household Parents(ref Dice dice, HouseholdKind kind, string name, int parents, int children)
    {
        var adults = Adults(ref dice, name, parents, 29, 50);
        var youngest = adults.Min(adult => adult.AgeOn(today));
        var born = new List<Citizen>();
        for (var i = 0; i < children; i++)
        {
            var age = dice.Next(Math.Min(youngest - 21, 20));
            born.Add(maternity.Bear(adults[^1].FamilyName, dice.Percent(50), Birthday(ref dice, age)));
        }

        return new Household(kind, adults, born);
    }

    private List<Citizen> Adults(ref Dice dice, string name, int count, int youngest, int oldest)
    {
        var age = youngest + dice.Next(oldest - youngest);
        var isWoman = dice.Percent(55);
        var adults = new List<Citizen> { maternity.Bear(name, isWoman, Birthday(ref dice, age)) };
        if (count == 2)
        {
            var other = Math.Clamp(age + dice.Next(9) - 4, youngest, oldest);
            adults.Add(maternity.Bear(Maternity.FamilyName(ref dice), dice.Percent(5) ? isWoman : !isWoman, Birthday(ref dice, other)));
        }

        return adults;
    }

    /// <summary>A day on which somebody of that age was born; the youngest are at least 100 days old.</summary>
    private DateOnly Birthday(ref Dice dice, int age) => today.AddYears(-age).AddDays(-100 - dice.Next(260));
}
