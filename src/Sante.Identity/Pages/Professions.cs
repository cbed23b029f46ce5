namespace Sante.Identity.Pages;

/// <summary>French labels of professions, code system TRE_G15 (nomenclatures of the ANS), for the page that offers situations.</summary>
internal static class Professions
{
    private static readonly Dictionary<string, string> Labels = new()
    {
        ["10"] = "Médecin",
        ["21"] = "Pharmacien",
        ["26"] = "Audioprothésiste",
        ["28"] = "Opticien-lunetier",
        ["35"] = "Aide-soignant",
        ["40"] = "Chirurgien-dentiste",
        ["50"] = "Sage-femme",
        ["60"] = "Infirmier",
        ["70"] = "Masseur-kinésithérapeute",
        ["80"] = "Pédicure-podologue",
        ["91"] = "Orthophoniste",
        ["92"] = "Orthoptiste",
        ["94"] = "Ergothérapeute",
        ["95"] = "Diététicien",
        ["96"] = "Psychomotricien",
        ["98"] = "Manipulateur ERM",
    };

    public static string LabelOf(string code) => Labels.GetValueOrDefault(code) ?? $"Profession {code}";
}
