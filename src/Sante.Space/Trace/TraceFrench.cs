using System.Globalization;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>Trace lines in plain French, for the citizen. Pure; needs no culture data of the machine.</summary>
public static class TraceFrench
{
    private static readonly string[] Months =
        ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

    private static readonly (Categories Category, string One, string Many, string Yours, string Of)[] Words =
    [
        (Categories.Booklet, "élément du carnet de santé", "éléments du carnet de santé", "votre carnet de santé", "carnet de santé"),
        (Categories.Documents, "document", "documents", "vos documents", "documents"),
        (Categories.Measures, "mesure", "mesures", "vos mesures", "mesures"),
        (Categories.Prescriptions, "ordonnance", "ordonnances", "vos ordonnances", "ordonnances"),
        (Categories.Messages, "message", "messages", "vos messages", "messages"),
        (Categories.Agenda, "rendez-vous", "rendez-vous", "vos rendez-vous", "rendez-vous"),
    ];

    /// <summary>
    /// One sentence: who, for whom, what, when, why, under which consent. <paramref name="at"/> is the ledger's instant.
    /// Addressed to the holder; with <paramref name="holderName"/> it is for someone who reads about the holder.
    /// </summary>
    public static string Sentence(TraceLine line, DateTimeOffset at, string? holderName = null)
    {
        var isYou = holderName is null && line.Who.Kind == ActorKind.Citizen;
        var subject = isYou ? "Vous avez" : $"{Who(line.Who)} a";
        var mark = Mark(line) is { } urgent ? $"{urgent} : " : "";
        var when = $"le {Moment(at)}";
        var sentence = line.Allowed
            ? $"{subject} {Done(line, holderName)} {when}{Why(line, holderName)}{Basis(line, holderName)}{Circumstance(line)}."
            : $"{subject} demandé à {Wanted(line, holderName)} {when}{Why(line, holderName)}{Circumstance(line)} : refusé{Times(line)}. {line.Reason}";
        return mark + sentence;
    }

    /// <summary>The mark of an emergency line, or null.</summary>
    public static string? Mark(TraceLine line) => line.Mode switch
    {
        AccessMode.BrisDeGlace => "Urgence (bris de glace)",
        AccessMode.Centre15 => "Urgence (centre 15)",
        _ => null,
    };

    /// <summary>« 1er mars 2026 ».</summary>
    public static string Date(DateOnly on) =>
        string.Create(CultureInfo.InvariantCulture, $"{(on.Day == 1 ? "1er" : on.Day)} {Months[on.Month - 1]} {on.Year}");

    /// <summary>« 3 mars 2026 à 14 h 12 », Paris time.</summary>
    public static string Moment(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Paris);
        return string.Create(CultureInfo.InvariantCulture, $"{Date(CivilDate.At(at))} à {local.Hour} h {local.Minute:00}");
    }

    /// <summary>« lecture : documents et mesures ; écriture : mesures ».</summary>
    internal static string Rights(Categories read, Categories write) =>
        (read, write) switch
        {
            (_, Categories.None) => $"lecture : {ListOf(read, w => w.Of)}",
            (Categories.None, _) => $"écriture : {ListOf(write, w => w.Of)}",
            _ => $"lecture : {ListOf(read, w => w.Of)} ; écriture : {ListOf(write, w => w.Of)}",
        };

    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    private static string Who(Actor actor)
    {
        var place = actor.Structure is { } structure ? $" ({structure.Name})" : "";
        return actor.Kind switch
        {
            ActorKind.Professional => $"{(actor.Name.StartsWith("Dr ", StringComparison.Ordinal) ? "Le " : "")}{actor.Name}{place}",
            ActorKind.Structure => $"La structure « {actor.Name} »",
            ActorKind.App => $"L'application « {actor.Name} »",
            ActorKind.Operator => "La plateforme Santé",
            ActorKind.Delegate => $"{actor.Name}, pour {actor.For?.Name},",
            _ => $"{actor.Name}{place}",
        };
    }

    private static string Done(TraceLine line, string? holderName) => line.Action switch
    {
        TraceAction.Read => $"consulté {Count(line)}",
        TraceAction.Search => $"cherché dans {Yours(line.Categories, holderName)} et vu {Count(line)}",
        TraceAction.Deposit => $"déposé {Count(line)}",
        TraceAction.Amend => $"modifié {Count(line)}",
        TraceAction.Delete => $"supprimé {Count(line)}",
        TraceAction.BreakGlass => "ouvert un accès en urgence",
        TraceAction.ReadTrace => line.Query switch { "notices" => "lu les avis", "settings" => "consulté les réglages de l'espace", _ => "consulté l'historique des accès" },
        TraceAction.IdentityFound => $"retrouvé {(holderName is null ? "votre identité" : $"l'identité de {holderName}")} de santé",
        TraceAction.Act => TraceActs.Phrase(line.Fact!, line.About),
        _ => throw new ArgumentOutOfRangeException(nameof(line), line.Action, null),
    };

    private static string Wanted(TraceLine line, string? holderName) => line.Action switch
    {
        TraceAction.Read => $"consulter {Yours(line.Categories, holderName)}",
        TraceAction.Search => $"chercher dans {Yours(line.Categories, holderName)}",
        TraceAction.Deposit => $"déposer dans {(holderName is null ? "votre dossier" : $"le dossier de {holderName}")}",
        TraceAction.Amend => "modifier un dépôt",
        TraceAction.Delete => "supprimer un dépôt",
        TraceAction.BreakGlass => "ouvrir un accès en urgence",
        TraceAction.ReadTrace => "consulter l'historique des accès",
        TraceAction.IdentityFound => "retrouver une identité de santé",
        TraceAction.Act => "agir sur les réglages de l'espace",
        _ => throw new ArgumentOutOfRangeException(nameof(line), line.Action, null),
    };

    private static string Why(TraceLine line, string? holderName) => line.Purpose switch
    {
        Purposes.Care => holderName is null ? " pour vos soins" : $" pour les soins de {holderName}",
        Purposes.Prevention => " pour la prévention",
        Purposes.Diagnosis => " pour un diagnostic",
        Purposes.FollowUp => holderName is null ? " pour votre suivi" : $" pour le suivi de {holderName}",
        _ => "",
    };

    private static string Basis(TraceLine line, string? holderName) => line.Rule switch
    {
        "acc-consent" when line.Consent is { } consent => holderName is null
            ? $", avec votre accord du {Date(CivilDate.At(consent.GrantedAt))}"
            : $", avec l'accord donné par {consent.GrantedBy} le {Date(CivilDate.At(consent.GrantedAt))}",
        "acc-pairing" when line.Consent is { } pairing => $", par le lien établi le {Date(CivilDate.At(pairing.GrantedAt))}",
        "acc-medecin-traitant" => ", comme médecin traitant",
        "acc-care-team" => ", comme membre de l'équipe de soins",
        "acc-own-deposit" => ", en relisant son propre dépôt",
        _ => "",
    };

    private static string Circumstance(TraceLine line) =>
        (line.Place is { } place ? $", lieu : {place}" : "") + (line.EmergencyReason is { } reason ? $", motif : « {reason} »" : "");

    private static string Times(TraceLine line) =>
        line.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({line.Count} fois en une minute)") : "";

    private static string Count(TraceLine line)
    {
        var words = Words.Where(w => line.Categories.HasFlag(w.Category)).ToList();
        var many = line.Total > 1;
        var noun = words is [var only] ? (many ? only.Many : only.One) : (many ? "éléments" : "élément");
        var kinds = words.Count > 1 ? $" ({ListOf(line.Categories, w => w.Of)})" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{(line.Total == 0 ? "aucun" + (words is [{ Category: Categories.Measures or Categories.Prescriptions }] ? "e" : "") : line.Total)} {noun}{kinds}");
    }

    private static string Yours(Categories categories, string? holderName)
    {
        var named = holderName is null ? ListOf(categories, w => w.Yours) : ListOf(categories, w => w.Of);
        return named.Length == 0 ? (holderName is null ? "votre dossier" : $"le dossier de {holderName}")
            : holderName is null ? named : $"le dossier de {holderName} ({named})";
    }

    private static string ListOf(Categories categories, Func<(Categories Category, string One, string Many, string Yours, string Of), string> word)
    {
        var words = Words.Where(w => categories.HasFlag(w.Category)).Select(word).ToList();
        return words.Count <= 1 ? string.Concat(words) : $"{string.Join(", ", words.SkipLast(1))} et {words[^1]}";
    }
}
