using System.Globalization;
using Sante.DirectoryFiles;
using Sante.Kernel;

namespace Sante.DemoNation;

/// <summary>One place where a professional works: a FINESS site, or a practice known by its technical identifier.</summary>
/// <param name="Structure">As the trace names it.</param>
/// <param name="Sector">TRE_R02 code.</param>
/// <param name="Site">The FINESS site, or null for a private practice.</param>
public sealed record Workplace(ActorStructure Structure, string Sector, SyntheticSite? Site);

/// <summary>A professional of the demo directory with the situations in which he may act.</summary>
/// <param name="Person">His rows in the directory.</param>
/// <param name="Workplaces">One per activity, in the order of the rows.</param>
public sealed record Carer(SyntheticPractitioner Person, IReadOnlyList<Workplace> Workplaces)
{
    /// <summary>System of a practice's technical identifier: the one that the authorization server gives it.</summary>
    public const string PracticeSystem = "urn:sante:rpps-structure";

    /// <summary>RPPS.</summary>
    public ActorIdentifier Identifier => new(Rpps.System, Person.Identifier);

    /// <summary>"Dr Alice ROCHEMERLE"; without title for other professions.</summary>
    public string Name
    {
        get
        {
            var given = CultureInfo.InvariantCulture.TextInfo.ToTitleCase(Person.Given.ToLowerInvariant());
            return Person.Profession is "10" or "21" or "40" ? $"Dr {given} {Person.Family}" : $"{given} {Person.Family}";
        }
    }

    /// <summary>Whom a citizen lets in or blocks.</summary>
    public Space.Grantee Grantee => new(Space.GranteeKind.Person, Identifier, Name);

    /// <summary>Acting in one of the situations.</summary>
    public Actor At(int workplace = 0, string? client = null) => new(
        ActorKind.Professional, Identifier, Name, Workplaces[workplace].Structure,
        new Situation(Person.Profession, Person.Skill.Length > 0 ? Person.Skill : null), Client: client);

    public override string ToString() => $"Carer {Person.Number}";
}

/// <summary>The 60 structures and 500 professionals of the demo directory, and those among them whom the nation's life meets.</summary>
public sealed class Carers
{
    private int familyDoctor, hospitalDoctor, emergencyDoctor, otherDoctor, nurse;

    /// <summary>Professionals in the directory.</summary>
    public const int Count = 500;

    private static readonly string[] GeneralMedicine = ["SM26", "SM53", "SM54"];

    /// <param name="seed">Of the nation.</param>
    public Carers(int seed)
    {
        Sites = Structures.All(seed);
        Directory = new SyntheticDirectory(seed, Sites);
        Hospital = Sites.First(site => site.Category == Structures.Hospital);
        Laboratory = Sites.First(site => site.Category == Structures.Laboratory);
        Ehpad = Sites.First(site => site.Category == Structures.Ehpad);
        var people = Enumerable.Range(0, 2 * Count).Select(rank => Directory.Practitioner(rank)).Where(person => person.IdType == '8').Take(Count)
            .Select((person, rank) => person with { Town = Structures.TownOf(rank) }).ToList();
        Place(people);
        All = [.. people.Select(person => new Carer(person, [.. Enumerable.Range(0, person.Idle ? 0 : person.Rows).Select(activity => WorkplaceOf(person, activity))]))];
        FamilyDoctor = All[familyDoctor];
        HospitalDoctor = All[hospitalDoctor];
        EmergencyDoctor = All[emergencyDoctor];
        OtherDoctor = All[otherDoctor];
        Nurse = All[nurse];
        FamilyDoctors = [.. All.Where(IsFamilyDoctor)];
        MedecinTraitant = FamilyDoctors.First(carer => carer.Person.Rows == 1);
        Nurses = [.. All.Where(carer => carer.Person is { Profession: "60", Idle: false } && carer.Workplaces[0].Site is null)];
    }

    /// <summary>The files' view.</summary>
    public SyntheticDirectory Directory { get; }

    /// <summary>FINESS sites.</summary>
    public IReadOnlyList<SyntheticSite> Sites { get; }

    /// <summary>By rank.</summary>
    public IReadOnlyList<Carer> All { get; }

    public SyntheticSite Hospital { get; }

    public SyntheticSite Laboratory { get; }

    public SyntheticSite Ehpad { get; }

    /// <summary>General practitioner of the story: a practice of his own and the hospital.</summary>
    public Carer FamilyDoctor { get; }

    /// <summary>Who signs the hospital's reports.</summary>
    public Carer HospitalDoctor { get; }

    /// <summary>Emergency doctor of another hospital than the one that feeds.</summary>
    public Carer EmergencyDoctor { get; }

    /// <summary>A general practitioner with one situation, his own practice.</summary>
    public Carer MedecinTraitant { get; }

    /// <summary>The doctor whom some have blocked; of a clinic.</summary>
    public Carer OtherDoctor { get; }

    /// <summary>Nurse of the hospital.</summary>
    public Carer Nurse { get; }

    /// <summary>General practitioners with a practice; the story's family doctor is not among them.</summary>
    public IReadOnlyList<Carer> FamilyDoctors { get; }

    /// <summary>Nurses who visit people.</summary>
    public IReadOnlyList<Carer> Nurses { get; }

    /// <summary>Ranks of the professionals whose activities are those of the directory's examples, by the example's name.</summary>
    internal IReadOnlyDictionary<string, int> Examples { get; private set; } = null!;

    /// <summary>A FINESS site as the trace names it.</summary>
    public static ActorStructure StructureOf(SyntheticSite site) => new(new ActorIdentifier(Finess.System, site.Finess), site.Name);

    /// <summary>Some ranks of the directory are given to persons whom the nation's life and the story meet.</summary>
    private void Place(List<SyntheticPractitioner> people)
    {
        var taken = new HashSet<int>();
        int Give(string profession, int rows, SyntheticSite site, string skill, string given, string family, string civility)
        {
            var rank = Enumerable.Range(0, people.Count).First(n => people[n].Profession == profession && !people[n].Idle && !taken.Contains(n));
            people[rank] = people[rank] with { Sites = [site], Rows = rows, Skill = skill, Given = given, Family = family, Civility = civility };
            taken.Add(rank);
            return rank;
        }

        familyDoctor = Give("10", 2, Hospital, "SM54", "JEANNE", "CLAIRLYS", "MME");
        hospitalDoctor = Give("10", 1, Hospital, "SM20", "SOLENE", "PREAZUR", "MME");
        emergencyDoctor = Give("10", 1, Sites.First(site => site.Category == "101"), "SM59", "KARIM", "MONTGIVRE", "M");
        otherDoctor = Give("10", 1, Sites.First(site => site.Category == "365"), "SM04", "VICTOR", "NOISPIC", "M");
        nurse = Give("60", 1, Hospital, "", "ROSE", "BELLEPLUME", "MME");
        Examples = ExampleCarers.Place(people, Sites, taken, GeneralMedicine);
    }

    private static bool IsFamilyDoctor(Carer carer) =>
        carer.Person is { Profession: "10", Idle: false, Sites.Count: 0 } person && GeneralMedicine.Contains(person.Skill);

    private static Workplace WorkplaceOf(SyntheticPractitioner person, int activity)
    {
        if (activity < person.Sites.Count)
        {
            var site = person.Sites[activity];
            return new Workplace(StructureOf(site), site.Sector, site);
        }

        var (identifier, name) = person.PracticeOf(activity);
        return new Workplace(new ActorStructure(new ActorIdentifier(Carer.PracticeSystem, identifier), name), person.RoleOf(activity)?.Sector ?? "SA07", null);
    }
}
