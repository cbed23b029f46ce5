using Sante.Kernel;

namespace Sante.Fhir.Patch;

/// <summary>The refusals of patches; texts never hold values.</summary>
internal static class PatchFaults
{
    public static readonly Refusal Malformed = new("patch-malformed", RefusalKind.Invalid, "Le correctif n’a pas la forme d’un JSON Patch ou d’un FHIRPath Patch.");

    public static readonly Refusal UnknownOperation = new("patch-operation-unknown", RefusalKind.Invalid, "Le correctif demande une opération inconnue.");

    public static readonly Refusal PathInvalid = new("patch-path-invalid", RefusalKind.Invalid, "Un chemin du correctif est mal formé ou ne peut être évalué.");

    public static readonly Refusal TargetMissing = new("patch-target-missing", RefusalKind.Invalid, "Un chemin du correctif ne désigne rien dans la ressource.");

    public static readonly Refusal TargetAmbiguous = new("patch-target-ambiguous", RefusalKind.Invalid, "Un chemin du correctif désigne plusieurs éléments.");

    public static readonly Refusal TargetUnfit = new("patch-target-unfit", RefusalKind.Invalid, "L’opération du correctif ne convient pas à ce que son chemin désigne.");

    public static readonly Refusal ElementExists = new("patch-element-exists", RefusalKind.Invalid, "L’élément à ajouter est déjà là et ne se répète pas.");

    public static readonly Refusal ElementUnknown = new("patch-element-unknown", RefusalKind.Invalid, "L’élément à ajouter n’existe pas dans ce type.");

    public static readonly Refusal IndexOutOfRange = new("patch-index-out-of-range", RefusalKind.Invalid, "Une position du correctif est hors de la liste.");

    public static readonly Refusal ValueMissing = new("patch-value-missing", RefusalKind.Invalid, "Une opération du correctif n’a pas de valeur, ou une valeur qui ne convient pas.");

    public static readonly Refusal TestFailed = new("patch-test-failed", RefusalKind.Conflict, "Le test du correctif échoue : la ressource n’a pas la valeur attendue.");

    public static readonly Refusal TooCostly = new("patch-too-costly", RefusalKind.Invalid, "Le correctif a trop d’opérations pour la taille de la ressource.");

    public static readonly Refusal ResultTooLarge = new("patch-result-too-large", RefusalKind.Invalid, "La ressource corrigée dépasse les bornes admises.");
}
