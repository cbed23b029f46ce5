using System.Globalization;
using Sante.DirectoryFiles;

namespace Sante.DemoNation;

/// <summary>The 60 FINESS structures of the nation: invented names in real towns of the west of France, numbers with a right key.</summary>
internal static class Structures
{
    /// <summary>FINESS category of a centre hospitalier.</summary>
    public const string Hospital = "355";

    /// <summary>FINESS category of a laboratoire de biologie médicale.</summary>
    public const string Laboratory = "611";

    /// <summary>FINESS category of a pharmacie d'officine.</summary>
    public const string Pharmacy = "620";

    /// <summary>FINESS category of an EHPAD.</summary>
    public const string Ehpad = "500";

    private static readonly string[] TownCodes = ["35238", "44109", "49007", "29019", "56260", "53130", "72181", "37261", "85191", "22278"];

    private static readonly (string Category, string Sector, string Name, int Count)[] Plan =
    [
        (Hospital, "SA01", "CENTRE HOSPITALIER", 4), ("101", "SA01", "CHR", 1), ("365", "SA04", "CLINIQUE", 3), (Ehpad, "SA16", "EHPAD", 9),
        ("354", "SA16", "SSIAD", 5), (Pharmacy, "SA33", "PHARMACIE", 18), ("124", "SA05", "CENTRE DE SANTE", 8), (Laboratory, "SA04", "LABORATOIRE", 8),
        ("223", "SA05", "PMI", 4),
    ];

    private static readonly Town[] Towns = [.. TownCodes.Select(code => SyntheticDirectory.Towns.First(town => town.InseeCode == code))];

    /// <summary>
    /// The examples that the FINESS file can carry, and the site (category, rank in it) that takes sector, address and, where it is a fictitious one, name.
    /// The first hospital is the personas' own.
    /// </summary>
    private static readonly (string Example, string Category, int Rank, bool KeepsName)[] Exemplary =
    [
        ("Organization-158480DP", Hospital, 1, false), ("Organization-example-organization-fictive", Hospital, 2, true),
        ("Organization-example-organization-nancy", Hospital, 3, false), ("Organization-481677DP", Pharmacy, 0, false),
    ];

    /// <summary>Invented ends of names.</summary>
    public static readonly string[] Patrons =
        "DU VAL D'OR;DES TROIS SOURCES;DE LA DUNE;DU GRAND ORME;DES MESANGES;DE L'AUBEPINE;DU PONT VERT;DES QUATRE VENTS;DE LA CLAIRIERE;DU MOULIN BLEU;DES TILLEULS;DE LA RIVE".Split(';');

    /// <summary>All of them, the same for the same seed.</summary>
    public static IReadOnlyList<SyntheticSite> All(int seed)
    {
        var sites = new List<SyntheticSite>();
        foreach (var (category, sector, name, count) in Plan)
        {
            for (var i = 0; i < count; i++)
            {
                var (example, _, _, keepsName) = Exemplary.FirstOrDefault(known => known.Category == category && known.Rank == i);
                sites.Add(Of(seed, sites.Count, category, sector, name, example is null ? null : DirectoryExamples.Organization(example), keepsName));
            }
        }

        return sites;
    }

    /// <summary>The town of a professional's practice.</summary>
    public static Town TownOf(int rank) => Towns[rank % Towns.Length];

    /// <summary>The site made from an example, or null when the FINESS file carries nothing of it.</summary>
    public static SyntheticSite? OfExample(IReadOnlyList<SyntheticSite> sites, string example) =>
        Exemplary.FirstOrDefault(known => known.Example == example) is { Example: not null } known
            ? sites.Where(site => site.Category == known.Category).ElementAt(known.Rank)
            : null;

    private static SyntheticSite Of(int seed, int number, string category, string sector, string name, ExampleOrganization? example, bool keepsName)
    {
        var dice = new Dice(seed, "structure", number);
        var town = example?.Town ?? Towns[number % Towns.Length];
        var (patron, streetNumber, street) = (dice.Of(Patrons), dice.Next(90) + 1, dice.Of(Streets));
        var digits = number.ToString("00000", CultureInfo.InvariantCulture);
        return new SyntheticSite(
            SyntheticDirectory.WithKey(town.Department + "9" + digits), SyntheticDirectory.WithKey(town.Department + "8" + digits),
            keepsName ? example!.Name : $"{name} {patron}", category, example?.Sector ?? sector,
            SyntheticDirectory.WithKey(SyntheticDirectory.WithKey("98" + number.ToString("000000", CultureInfo.InvariantCulture)) + "0001"),
            town, example?.StreetNumber ?? streetNumber, example?.Street ?? street);
    }

    private static readonly string[] Streets = ["DES ECOLES", "DU STADE", "DE LA GARE", "DES JARDINS", "DU LAVOIR", "DU PORT"];
}
