using Sante.Kernel;

namespace Sante.Fhir.FhirPath;

/// <summary>The refusals of expressions; texts never hold values of the resource.</summary>
internal static class PathFaults
{
    public static readonly Refusal TooComplex = new("fhirpath-too-complex", RefusalKind.Invalid, "L’expression FHIRPath est trop longue ou trop imbriquée.");

    public static readonly Refusal TooCostly = new("fhirpath-too-costly", RefusalKind.Invalid, "L’évaluation de l’expression FHIRPath dépasse les bornes admises.");

    public static readonly Refusal NotSingle = new("fhirpath-not-single", RefusalKind.Invalid, "Une opération FHIRPath attend un seul élément et en reçoit plusieurs.");

    public static readonly Refusal NoClock = new("fhirpath-not-supported", RefusalKind.Invalid, "L’expression FHIRPath demande la date du jour, qui n’est pas fournie ici.");

    public static readonly Refusal Units = new("fhirpath-units", RefusalKind.Invalid, "Une opération FHIRPath reçoit une unité qui ne lui convient pas.");

    public static readonly Refusal Pattern = new("fhirpath-pattern", RefusalKind.Invalid, "Une expression régulière de l’expression FHIRPath est invalide ou trop coûteuse.");

    public static Refusal Syntax(int at) => new("fhirpath-syntax", RefusalKind.Invalid, $"L’expression FHIRPath est mal formée (caractère {at}).");

    public static Refusal UnknownFunction(string name) => new("fhirpath-unknown-function", RefusalKind.Invalid, $"La fonction FHIRPath « {Short(name)} » est inconnue.");

    public static Refusal UnknownType(string name) => new("fhirpath-unknown-type", RefusalKind.Invalid, $"Le type « {Short(name)} » de l’expression FHIRPath est inconnu.");

    public static Refusal Arguments(string name) => new("fhirpath-arguments", RefusalKind.Invalid, $"La fonction FHIRPath « {Short(name)} » ne prend pas ce nombre d’arguments.");

    public static Refusal UnknownVariable(string name) => new("fhirpath-unknown-variable", RefusalKind.Invalid, $"La variable FHIRPath « %{Short(name)} » est inconnue.");

    public static Refusal Type(string operation) => new("fhirpath-type", RefusalKind.Invalid, $"L’opération FHIRPath « {operation} » reçoit une valeur d’un type qui ne lui convient pas.");

    public static Refusal NotSupported(string name) => new("fhirpath-not-supported", RefusalKind.Invalid, $"La fonction FHIRPath « {Short(name)} » n’est pas disponible ici.");

    public static Refusal UnknownProfile() => new("fhirpath-unknown-profile", RefusalKind.Invalid, "L’expression FHIRPath nomme un profil inconnu.");

    private static string Short(string name) => name.Length <= 40 ? name : name[..40];
}
