namespace Sante.Fhir.Check;

/// <summary>French sentences of the codes that <see cref="Primitives"/> gives.</summary>
internal static class PrimitiveTexts
{
    public static string Of(string code) => code switch
    {
        "null-not-allowed" => "« null » n’est pas une valeur.",
        "value-kind-wrong" => "ce n’est pas la sorte de valeur JSON attendue.",
        "string-empty" => "une chaîne n’est jamais vide.",
        "string-too-long" => "plus d’un mégaoctet.",
        "string-control-character" => "caractère de commande.",
        "string-bidi-control" => "caractère de changement de sens d’écriture.",
        "decimal-out-of-range" => "nombre hors des bornes que la plateforme sait comparer.",
        "integer-invalid" => "entier de 32 bits attendu.",
        "integer-out-of-range" => "entier hors des bornes du type.",
        "uri-invalid" => "une URI ne contient pas d’espace.",
        "oid-invalid" => "« urn:oid: » suivi d’un OID attendu.",
        "uuid-invalid" => "« urn:uuid: » suivi d’un UUID attendu.",
        "id-invalid" => "1 à 64 lettres, chiffres, tirets ou points.",
        "code-invalid" => "pas d’espace au début, à la fin ni redoublé.",
        "base64-invalid" => "base64 mal formé.",
        "date-invalid" => "AAAA, AAAA-MM ou AAAA-MM-JJ, date du calendrier, année 0001 à 9999.",
        "datetime-invalid" => "date du calendrier, et avec une heure : secondes et fuseau.",
        "instant-invalid" => "date, heure, secondes et fuseau attendus.",
        "time-invalid" => "hh:mm:ss attendu.",
        "narrative-invalid" => "un seul élément « div » XHTML bien formé attendu.",
        "narrative-forbidden" => "élément ou attribut interdit dans un texte narratif.",
        _ => "forme inattendue.",
    };
}
