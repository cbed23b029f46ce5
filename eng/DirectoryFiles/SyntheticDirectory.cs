using System.Globalization;

namespace Sante.DirectoryFiles;

/// <summary>An invented structure of the FINESS file.</summary>
/// <param name="Finess">9 characters with key; the third is 9, which marks ours.</param>
/// <param name="Entity">FINESS of its legal entity.</param>
/// <param name="Name">Raison sociale.</param>
/// <param name="Category">FINESS category (355 hospital, 500 EHPAD, 620 pharmacy…).</param>
/// <param name="Sector">TRE_R02 sector in which its professionals work.</param>
/// <param name="Siret">14 digits with key, or empty.</param>
/// <param name="Town">Where.</param>
/// <param name="StreetNumber">House number.</param>
/// <param name="Street">Street without its type.</param>
public sealed record SyntheticSite(
    string Finess, string Entity, string Name, string Category, string Sector, string Siret, Town Town, int StreetNumber, string Street);

/// <summary>What the row of an activity says where it does not follow from the place alone.</summary>
/// <param name="Mode">TRE_R23: L or S.</param>
/// <param name="Function">TRE_R21 code.</param>
/// <param name="Genre">TRE_R22 code.</param>
/// <param name="Sector">TRE_R02 code.</param>
/// <param name="PracticeName">Name of the practice when the activity is at none of the FINESS sites.</param>
/// <param name="Sign">Enseigne of that practice, or empty.</param>
public sealed record SyntheticRole(string Mode, string Function, string Genre, string Sector, string? PracticeName = null, string Sign = "");

/// <summary>An invented professional; <see cref="Rows"/> are his rows in the national file, one per activity.</summary>
/// <param name="IdType">8 RPPS, 0 ADELI.</param>
/// <param name="Identifier">RPPS number with key, beginning with 99, or an ADELI number.</param>
/// <param name="Civility">M or MME.</param>
/// <param name="Family">Exercise name.</param>
/// <param name="Given">Exercise first name.</param>
/// <param name="Profession">TRE_G15 code.</param>
/// <param name="Skill">Savoir-faire code, or empty.</param>
/// <param name="Sites">The FINESS sites where he works (none for a private practice or no activity).</param>
public sealed record SyntheticPractitioner(
    char IdType, string Identifier, string Civility, string Family, string Given, string Profession, string Skill, IReadOnlyList<SyntheticSite> Sites)
{
    internal Profession Of { get; init; } = null!;

    /// <summary>Activities, hence rows of the file; those beyond <see cref="Sites"/> are private practices.</summary>
    public int Rows { get; init; }

    /// <summary>By rank of the activity; those without follow from the place.</summary>
    public IReadOnlyList<SyntheticRole> Roles { get; init; } = [];

    /// <summary>Rank in the directory.</summary>
    public long Number { get; init; }

    /// <summary>Registered, without activity.</summary>
    public bool Idle { get; init; }

    /// <summary>Where the private practices are.</summary>
    public Town Town { get; init; } = null!;

    /// <summary>Technical identifier and name of the private practice that is his activity of that rank.</summary>
    public (string Identifier, string Name) PracticeOf(int activity) =>
        ("R10" + ((Number * 4) + activity).ToString("000000000000", CultureInfo.InvariantCulture), RoleOf(activity)?.PracticeName ?? "CABINET " + Given + " " + Family);

    /// <summary>What is known of the activity of that rank, or null.</summary>
    public SyntheticRole? RoleOf(int activity) => activity < Roles.Count ? Roles[activity] : null;
}

/// <summary>
/// A deterministic nation of structures and professionals: the same seed and sizes give the same files, byte for byte, anywhere.
/// Everybody is invented (see <c>Data/SOURCES.md</c> for the marks).
/// </summary>
public sealed class SyntheticDirectory
{
    private readonly Dictionary<string, SyntheticSite[]> sitesBySector;

    /// <param name="seed">Any number.</param>
    /// <param name="sites">Structures of the FINESS file; the nation has about 51,500 (103,000 lines with their places).</param>
    public SyntheticDirectory(int seed, int sites)
    {
        Seed = seed;
        Sites = [.. Enumerable.Range(0, sites).Select(Site)];
        sitesBySector = BySector(Sites);
    }

    /// <summary>Professionals who work at these structures and in practices of their own.</summary>
    public SyntheticDirectory(int seed, IReadOnlyList<SyntheticSite> sites)
    {
        (Seed, Sites) = (seed, sites);
        sitesBySector = BySector(Sites);
    }

    private static Dictionary<string, SyntheticSite[]> BySector(IReadOnlyList<SyntheticSite> sites) => sites.GroupBy(site => site.Sector).ToDictionary(group => group.Key, group => group.ToArray());

    /// <summary>One real town of each department.</summary>
    public static IReadOnlyList<Town> Towns => Tables.Towns;

    /// <summary>The seed given.</summary>
    public int Seed { get; }

    /// <summary>All structures of the FINESS file.</summary>
    public IReadOnlyList<SyntheticSite> Sites { get; }

    /// <summary>The professional of a rank, from 0; any rank exists.</summary>
    public SyntheticPractitioner Practitioner(long number)
    {
        var dice = new Dice(Seed, "person", number);
        var profession = dice.Of(Tables.Professions);
        var woman = dice.Percent(60);
        var town = dice.Of(Tables.Towns);
        var adeli = profession.Code is "93" or "71" && dice.Percent(50);
        var rows = dice.Next(100) switch { < 72 => 1, < 92 => 2, _ => 3 };
        var idle = dice.Percent(6);
        var employed = !idle && (profession.Mode == "S" ? dice.Percent(85) : dice.Percent(25) || profession.Code == "21");
        return new SyntheticPractitioner(
            adeli ? '0' : '8',
            adeli ? Adeli(town, number) : WithKey("99" + number.ToString("00000000", CultureInfo.InvariantCulture)),
            woman ? "MME" : "M",
            Family(ref dice),
            dice.Of(woman ? Tables.Women : Tables.Men),
            profession.Code,
            profession.Skills.Length > 0 && dice.Percent(profession.Code == "60" ? 1 : 95) ? dice.Of(profession.Skills) : "",
            employed ? PlacesOfWork(ref dice, profession, rows) : [])
        {
            Of = profession, Rows = idle ? 1 : rows, Number = number, Idle = idle, Town = town,
        };
    }

    /// <summary>Adds the Luhn key.</summary>
    public static string WithKey(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = char.IsAsciiDigit(digits[^(i + 1)]) ? digits[^(i + 1)] - '0' : 0;
            var doubled = i % 2 == 0 ? digit * 2 : digit;
            sum += doubled > 9 ? doubled - 9 : doubled;
        }

        return digits + ((10 - (sum % 10)) % 10).ToString(CultureInfo.InvariantCulture);
    }

    private static string Adeli(Town town, long number) =>
        town.Department + "9" + (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);

    private static string Family(ref Dice dice)
    {
        var name = dice.Of(Tables.FamilyStarts) + dice.Of(Tables.FamilyEnds);
        return dice.Next(20) switch
        {
            0 => "D'" + name,
            1 => name + "-" + dice.Of(Tables.FamilyStarts) + dice.Of(Tables.FamilyEnds),
            2 => "DE " + name,
            _ => name,
        };
    }

    private SyntheticSite[] PlacesOfWork(ref Dice dice, Profession profession, int rows)
    {
        var sector = profession.Sectors.FirstOrDefault(sitesBySector.ContainsKey);
        if (sector is null)
        {
            return [];
        }

        var places = new SyntheticSite[rows];
        for (var i = 0; i < rows; i++)
        {
            places[i] = dice.Of(sitesBySector[sector]);
        }

        return places;
    }

    private SyntheticSite Site(int number)
    {
        var dice = new Dice(Seed, "site", number);
        // The first ones are one of each kind, so that a small nation has them all.
        var category = number < Tables.Categories.Count ? Tables.Categories.DistinctBy(c => c.Code).ElementAt(number % 9) : dice.Of(Tables.Categories);
        var town = dice.Of(Tables.Towns);
        var department = char.IsAsciiDigit(town.Department[1]) || town.Department[0] == '2' ? town.Department : town.InseeCode[..2];
        var name = $"{category.Name} {dice.Of(Tables.FamilyStarts)}{dice.Of(Tables.FamilyEnds)} {(number < 9 ? "" : (number % 97).ToString(CultureInfo.InvariantCulture))}".TrimEnd();
        return new SyntheticSite(
            WithKey(department + "9" + number.ToString("00000", CultureInfo.InvariantCulture)),
            WithKey(department + "8" + number.ToString("00000", CultureInfo.InvariantCulture)),
            name,
            category.Code,
            category.Sector,
            dice.Percent(90) ? WithKey(WithKey("9" + number.ToString("0000000", CultureInfo.InvariantCulture)) + "0001") : "",
            town,
            dice.Next(180) + 1,
            dice.Of(Tables.Streets));
    }
}
