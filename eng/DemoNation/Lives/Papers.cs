using System.Globalization;
using Sante.DirectoryFiles;
using Sante.Kernel;

namespace Sante.DemoNation;

/// <summary>The documents of a life.</summary>
internal static class Papers
{
    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr-FR");

    private static readonly string[] Reasons =
        ["suivi habituel", "renouvellement du traitement", "toux depuis une semaine", "douleurs lombaires", "bilan annuel", "certificat de sport", "fatigue"];

    public static Document OfVisit(Citizen citizen, Health health, Actor doctor, DateTimeOffset at, ref Dice dice)
    {
        var age = citizen.AgeOn(CivilDate.At(at));
        var kind = age < 7 && dice.Percent(40) ? DocumentKind.Vaccination
            : (health.HasDiabetes || health.HasHypertension) && dice.Percent(45) ? DocumentKind.Prescription
            : age > 60 && dice.Percent(15) ? DocumentKind.MedicalSummary
            : DocumentKind.Consultation;
        string[] body = kind.Code switch
        {
            "87273-9" => ["# Vaccination", "Vaccin du calendrier administré, bras gauche. Bien toléré.", "Prochaine visite selon le calendrier vaccinal."],
            "57833-6" => ["# Traitement", health.HasDiabetes ? "Metformine 500 mg : 1 comprimé matin et soir, 3 mois." : "Amlodipine 5 mg : 1 comprimé le matin, 3 mois.", "Contrôle dans trois mois."],
            "60591-5" => ["# Synthèse", health.HasHypertension ? "Hypertension artérielle traitée, équilibrée." : "Pas de maladie chronique connue.", health.HasDiabetes ? "Diabète de type 2 traité." : "Pas d'allergie connue.", "Vaccinations à jour."],
            _ => ["# Motif", $"Consultation pour {dice.Of(Reasons)}.", "# Conclusion", "Examen sans particularité. Conseils donnés, revoir si besoin."],
        };
        // A minor may ask for secrecy from the parents; a serious result may wait until the doctor has told it.
        var label = age is >= 15 and < 18 && dice.Percent(30) ? "INVISIBLE_REPRESENTANTS_LEGAUX"
            : age >= 18 && dice.Percent(2) ? "INVISIBLE_PATIENT" : "N";
        return new Document(kind, kind.Label, [.. Wording.Head(citizen, doctor, at), .. body], at, doctor, doctor, label);
    }

    public static Document OfPatient(Citizen citizen, Actor holder, DateTimeOffset at) => new(
        DocumentKind.OfPatient, "Certificat de vaccination ancien",
        [.. Wording.Head(citizen, holder, at), "Copie d'un certificat conservé à la maison."], at.AddMinutes(-20), holder, holder);

    public static Document OfLaboratory(Citizen citizen, Actor laboratory, IReadOnlyList<Reading> readings, DateTimeOffset at) => new(
        DocumentKind.Biology, "Compte rendu d'examens biologiques",
        [.. Wording.Head(citizen, laboratory, at), "# Résultats", .. readings.Select(reading => $"{Label(reading.Kind)} : {reading.Value.ToString(French)} {Unit(reading.Kind)}")],
        at, laboratory, laboratory);

    public static IEnumerable<Document> OfHospital(Citizen citizen, Actor nurse, Actor doctor, Actor system, DateTimeOffset at, int era)
    {
        yield return new Document(DocumentKind.HospitalStay, "Compte rendu d'hospitalisation",
            [.. Wording.Head(citizen, doctor, at), "# Séjour", "Hospitalisation de courte durée, évolution favorable.", $"Soins : {nurse.Name}.", "# Sortie", "Retour à domicile."],
            at, doctor, system, era % 5 == 0 ? "MASQUE_PS" : "N");
        yield return new Document(DocumentKind.Discharge, "Lettre de liaison à la sortie",
            [.. Wording.Head(citizen, doctor, at), "Le patient sort ce jour. Poursuivre le traitement habituel, consultation sous quinze jours."], at.AddMinutes(40), doctor, system);
    }

    private static string Label(MeasureKind kind) => kind switch
    {
        MeasureKind.CholesterolTotal => "Cholestérol total",
        MeasureKind.CholesterolHdl => "Cholestérol HDL",
        MeasureKind.CholesterolLdl => "Cholestérol LDL",
        MeasureKind.Triglycerides => "Triglycérides",
        _ => "Glycémie à jeun",
    };

    private static string Unit(MeasureKind kind) => kind == MeasureKind.Glucose ? "mg/dL" : "mmol/L";
}
