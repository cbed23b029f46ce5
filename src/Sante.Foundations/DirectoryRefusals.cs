using Sante.Kernel;

namespace Sante.Foundations;

/// <summary>Refusals of the directories' loading and search (listed in <c>eng/refusals.md</c>).</summary>
internal static class DirectoryRefusals
{
    internal static Refusal LayoutUnknown(string file) =>
        new("directory-file-layout-unknown", RefusalKind.Invalid, $"Le fichier n'a pas la structure officielle attendue : {file}.");

    internal static Refusal FileEmpty() =>
        new("directory-file-empty", RefusalKind.Invalid, "Le fichier ne contient aucune ligne valable : l'annuaire n'a pas été modifié.");

    internal static Refusal LoadShrinks(long before, long after) =>
        new("directory-load-shrinks", RefusalKind.Conflict,
            $"Le fichier ferait passer l'annuaire de {before} à {after} entrées actives : il est peut-être tronqué. L'annuaire n'a pas été modifié.");

    internal static Refusal LoadRunning() =>
        new("directory-load-running", RefusalKind.Conflict, "Un chargement d'annuaire est déjà en cours.");
}
