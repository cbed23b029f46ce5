using System.Globalization;

namespace Sante.DemoNation;

/// <summary>Someone who can sign in, shown with the part that he plays.</summary>
/// <param name="Id">Name in sign-in links.</param>
/// <param name="Role">In French, for people.</param>
/// <param name="Citizen">A citizen, or null.</param>
/// <param name="Carer">A professional, or null.</param>
public sealed record Persona(string Id, string Role, Citizen? Citizen, Carer? Carer)
{
    public override string ToString() => Id;
}

/// <summary>The persons of the nation whom the story and the first look need.</summary>
public static class Personas
{
    public static IReadOnlyList<Persona> All(Nation nation)
    {
        ArgumentNullException.ThrowIfNull(nation);
        var carers = nation.Carers;
        var (story, teen, adult, baby) = (nation.Households[0], nation.Households[1], nation.Households[2], nation.Households[3]);
        var ehpad = nation.Households.First(household => household.Kind == HouseholdKind.Ehpad);
        var guardianship = nation.Households.First(household => household.Kind == HouseholdKind.Guardianship);
        return
        [
            Of("clara", "mère de famille (récit)", story.Adults[0]),
            Of("hugo", "père de famille (récit)", story.Adults[1]),
            Of("jeanne", "médecin généraliste, cabinet et hôpital (récit)", carers.FamilyDoctor),
            Of("karim", "médecin urgentiste (récit)", carers.EmergencyDoctor),
            Of("victor", "cardiologue, bloqué par certains (récit)", carers.OtherDoctor),
            Of("medecin-traitant", "médecin généraliste en cabinet (récit)", carers.MedecinTraitant),
            Of("rose", "infirmière à l'hôpital", carers.Nurse),
            Of("nathalie", "mère séparée, deux enfants", teen.Adults[0]),
            Of("laurent", "père séparé, deux enfants", teen.Adults[1]),
            Of("manon", "majeure dans dix jours", teen.Dependants[0]),
            Of("theo", "majeur depuis une semaine", adult.Dependants[0]),
            Of("sarah", "mère d'un nouveau-né, espace en attente", baby.Adults[0]),
            Of("resident", "résident d'EHPAD", ehpad.Dependants[0]),
            Of("tuteur", "tuteur d'un majeur protégé", guardianship.Adults[0]),
            Of("protege", "majeur protégé", guardianship.Dependants[0]),
        ];
    }

    /// <summary>
    /// The userinfo of Pro Santé Connect, in the shape of its published example: one exercise of the profession, one activity per workplace.
    /// </summary>
    public static object ProSanteConnect(Carer carer)
    {
        ArgumentNullException.ThrowIfNull(carer);
        var person = carer.Person;
        var given = CultureInfo.InvariantCulture.TextInfo.ToTitleCase(person.Given.ToLowerInvariant());
        var first = carer.Workplaces[0];
        return new Dictionary<string, object>
        {
            ["Secteur_Activite"] = $"{first.Sector}^1.2.250.1.71.4.2.4",
            ["sub"] = $"f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:8{person.Identifier}",
            ["codeGenreActivite"] = "GENR01",
            ["SubjectOrganization"] = first.Structure.Name,
            ["Mode_Acces_Raison"] = "",
            ["preferred_username"] = "8" + person.Identifier,
            ["codeCivilite"] = person.Civility,
            ["given_name"] = given,
            ["Acces_Regulation_Medicale"] = "FAUX",
            ["UITVersion"] = "1.0",
            ["Palier_Authentification"] = "APPPRIP3^1.2.250.1.213.1.5.1.1.1",
            ["SubjectRefPro"] = new Dictionary<string, object> { ["exercices"] = new[] { Exercise(carer, given) } },
            ["SubjectOrganizationID"] = first.Structure.Identifier.Value,
            ["SubjectRole"] = new[] { $"{person.Profession}^1.2.250.1.213.1.1.5.5" },
            ["PSI_Locale"] = "1.2.250.1.213.1.3.1.1",
            ["otherIds"] = new[] { new Dictionary<string, object> { ["identifiant"] = "8" + person.Identifier, ["origine"] = "RPPS", ["qualite"] = 1 } },
            ["SubjectNameID"] = "8" + person.Identifier,
            ["family_name"] = person.Family,
        };
    }

    private static Dictionary<string, object> Exercise(Carer carer, string given) => new()
    {
        ["codeProfession"] = carer.Person.Profession,
        ["codeCategorieProfessionnelle"] = "C",
        ["codeCiviliteDexercice"] = carer.Person.Profession is "10" or "21" or "40" ? "DR" : "",
        ["nomDexercice"] = carer.Person.Family,
        ["prenomDexercice"] = given,
        ["codeTypeSavoirFaire"] = carer.Person.Skill.Length > 0 ? "S" : "",
        ["codeSavoirFaire"] = carer.Person.Skill,
        ["activities"] = carer.Workplaces.Select(Activity).ToArray(),
    };

    private static Dictionary<string, string> Activity(Workplace place) => new()
    {
        ["codeModeExercice"] = place.Site is null ? "L" : "S",
        ["codeSecteurDactivite"] = place.Sector,
        ["codeSectionPharmacien"] = "",
        ["codeRole"] = "",
        ["codeGenreActivite"] = "GENR01",
        ["numeroSiretSite"] = place.Site?.Siret ?? "",
        ["numeroSirenSite"] = place.Site is { Siret.Length: > 9 } site ? site.Siret[..9] : "",
        ["numeroFinessSite"] = place.Site?.Finess ?? "",
        ["numeroFinessetablissementJuridique"] = place.Site?.Entity ?? "",
        ["identifiantTechniqueDeLaStructure"] = place.Site is null ? place.Structure.Identifier.Value : "F" + place.Site.Finess,
        ["raisonSocialeSite"] = place.Structure.Name,
        ["codePays"] = "99000",
    };

    private static Persona Of(string id, string role, Citizen citizen) => new(id, role, citizen, null);

    private static Persona Of(string id, string role, Carer carer) => new(id, role, null, carer);
}
