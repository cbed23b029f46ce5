using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sante.DirectoryFiles;
using Sante.Kernel;

namespace Sante.DemoNation;

/// <summary>
/// Makes citizens one after the other, all from the seed. Names of spaces and records come from a hash of the seed: unlike real ones they can be
/// computed by anyone, so that the same seed names the same persons everywhere.
/// </summary>
internal sealed class Maternity(int seed)
{
    private const int FirstOrder = 901;
    private const int AdultSince = 1995;

    // COG codes of countries, for those born abroad.
    private static readonly BirthPlace[] Abroad =
    [
        new("99131", "BELGIQUE"), new("99127", "ITALIE"), new("99139", "PORTUGAL"), new("99134", "ESPAGNE"),
        new("99352", "ALGERIE"), new("99350", "MAROC"), new("99351", "TUNISIE"), new("99341", "SENEGAL"),
    ];

    private static readonly BirthPlace[] InFrance =
        [.. SyntheticDirectory.Towns.Where(town => town.InseeCode[..2] != "98").Select(town => new BirthPlace(town.InseeCode, town.Name))];

    private readonly Dictionary<string, int> orders = [];
    private int born;

    /// <summary>A family name that nobody here bears yet, most of the time.</summary>
    public static string FamilyName(ref Dice dice) => dice.Of(Names.FamilyStarts) + dice.Of(Names.FamilyEnds);

    /// <summary>A citizen born on that day.</summary>
    public Citizen Bear(string familyName, bool isWoman, DateOnly birthOn, string? givenName = null, string? placeCode = null)
    {
        var number = born++;
        var dice = new Dice(seed, "citizen", number);
        var place = placeCode is not null ? InFrance.First(known => known.Code == placeCode)
            : birthOn.Year < AdultSince && dice.Percent(12) ? dice.Of(Abroad) : dice.Of(InFrance);
        var names = (isWoman, birthOn.Year < AdultSince - 20) switch
        {
            (true, true) => Names.OlderWomen,
            (true, false) => Names.Women,
            (false, true) => Names.OlderMen,
            _ => Names.Men,
        };
        var first = givenName ?? dice.Of(names);
        var second = dice.Of(names);
        var space = new SpaceId(Number(seed, "space", number));
        return new Citizen(
            number, familyName, second == first || dice.Percent(30) ? [first] : [first, second], isWoman, birthOn, place,
            Matricule(isWoman, birthOn, place), space, RecordId.Of(SlotMap.SlotOf(space), Number(seed, "patient", number)));
    }

    /// <summary>128 bits of SHA-256 over the seed, the kind and the number.</summary>
    public static Guid Number(int seed, string kind, long number)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"demo-nation/{seed}/{kind}/{number}")));
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    /// <summary>Sex, year, month, place, order: NIR structure, with the key that the Kernel adds.</summary>
    private Ins Matricule(bool isWoman, DateOnly birthOn, BirthPlace place)
    {
        var stem = string.Create(CultureInfo.InvariantCulture, $"{(isWoman ? 2 : 1)}{birthOn:yyMM}{place.Code}");
        var order = orders[stem] = orders.GetValueOrDefault(stem, FirstOrder - 1) + 1;
        return Ins.OfNumber(string.Create(CultureInfo.InvariantCulture, $"{stem}{order:000}"), InsOid.NirTest, InsEnvironment.Development).Value;
    }
}
