using System.Globalization;
using System.Text;

namespace Sante.DirectoryFiles;

/// <summary>A town: department in FINESS form (9A… overseas), commune (3 digits), position in the projection named (empty when unknown).</summary>
public sealed record Town(string Department, string DepartmentLabel, string Commune, string Postcode, string Name, string X, string Y, string ProjectionName)
{
    /// <summary>INSEE code of five characters.</summary>
    public string InseeCode => Department[0] == '9' && char.IsAsciiLetter(Department[1])
        ? (Department[1] <= 'F' ? "97" : "98") + Commune
        : Department + Commune;
}

/// <summary>A FINESS category and how often it occurs.</summary>
internal sealed record Category(string Code, string Label, string Group, string GroupLabel, string Sector, string Name, int Share, string Status, string StatusLabel);

/// <summary>A profession, its specialties, where it is practised and how often it occurs.</summary>
internal sealed record Profession(string Code, string Label, string SkillType, string[] Skills, string[] Sectors, int Share, string Mode);

/// <summary>The small data files of this project, and words to make names of.</summary>
internal static class Tables
{
    public static IReadOnlyList<Town> Towns { get; } =
        [.. Csv("communes").Select(f => new Town(f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]))];

    public static IReadOnlyList<Category> Categories { get; } =
        Shared(Csv("categories").Select(f => new Category(f[0], f[1], f[2], f[3], f[4], f[5], Number(f[6]), f[7], f[8])), category => category.Share);

    public static IReadOnlyList<Profession> Professions { get; } =
        Shared(Csv("professions").Select(f => new Profession(f[0], f[1], f[2], f[3].Split('|', StringSplitOptions.RemoveEmptyEntries), f[4].Split('|'), Number(f[5]), f[6])), profession => profession.Share);

    /// <summary>The official header line.</summary>
    public static string RppsHeader { get; } = Text("rpps-header").TrimEnd('\r', '\n');

    public static IReadOnlyList<string> FamilyStarts { get; } =
        "BOIS ROCHE CLAIRE HAUTE VAL PRE MONT FONT CHANTE BELLE GRAND PETIT BEAU VERT FLEUR LUNE SOL PIERRE SABLE BRUME AUBE ETOILE ORME TILLEUL SAULE HETRE FRENE NOIS AUL GENE LAVA MIRA PERCE PASSE TOURNE COURT LONG ROUGE BLANC BRUN".Split(' ');

    public static IReadOnlyList<string> FamilyEnds { get; } =
        "FLEURI CLAIR VAL OMBRE RIVE NEIGE VENT MERLE LYS CHÊNE LOUP PIC SOURCE LAC MARE PONT MOULIN VIGNE CHAMP PRÉ BUIS HOUX NID PLUME AILE GIVRE ROSE PERLE AMBRE OCRE AZUR SOIR MATIN JOUR HIVER ETE ORAGE ÉCLAIR DUNE CRIQUE".Split(' ');

    public static IReadOnlyList<string> Women { get; } =
        "ALICE BRUNE CLARA DIANE ELISE FLORE GABRIELLE HELENE INES JEANNE LÉA LOUISE MANON NINA ODILE PAULINE ROSE SARAH SOLÈNE VALENTINE YASMINE ZOÉ MARIE-LOU ANNE-SOPHIE".Split(' ');

    public static IReadOnlyList<string> Men { get; } =
        "ADAM BASILE CYRIL DAMIEN ELIAS FÉLIX GASPARD HUGO ISMAEL JULES KARIM LUCAS MALO NOÉ OSCAR PAUL QUENTIN RÉMI SAMUEL THÉO VICTOR YANIS JEAN-LUC PIERRE-YVES".Split(' ');

    public static IReadOnlyList<string> Streets { get; } =
        "DES TILLEULS;DU MOULIN;DE LA SOURCE;DES ECOLES;DU STADE;DE LA GARE;DES JARDINS;DU LAVOIR;DE L'EGLISE;DES ACACIAS;DU PORT;DE LA FONTAINE".Split(';');

    private static List<T> Shared<T>(IEnumerable<T> rows, Func<T, int> share) => [.. rows.SelectMany(row => Enumerable.Repeat(row, share(row)))];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<string[]> Csv(string name) =>
        Text(name).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.TrimEnd('\r').Split(';'));

    private static string Text(string name)
    {
        using var stream = typeof(Tables).Assembly.GetManifestResourceStream("Sante.DirectoryFiles." + name)
            ?? throw new InvalidOperationException($"No embedded file {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
