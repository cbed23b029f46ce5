using Sante.Kernel;

namespace Sante.Identity.Federation;

/// <summary>Why a sign-in ends on a page, for people, in French.</summary>
internal static class SignInRefusals
{
    public static Refusal ClientUnknown { get; } = new("client-unknown", RefusalKind.Invalid,
        "L'application qui vous envoie ici n'est pas connue de Santé.");
    public static Refusal RedirectUri { get; } = new("redirect-uri-refused", RefusalKind.Invalid,
        "L'adresse de retour de l'application n'est pas celle qu'elle a déclarée. Par sécurité, la connexion s'arrête ici.");
    public static Refusal SignInUnknown { get; } = new("sign-in-unknown", RefusalKind.Invalid,
        "Cette connexion n'a pas commencé dans ce navigateur, ou elle a duré plus de dix minutes. Retournez à l'application et recommencez.");
    public static Refusal SituationUnknown { get; } = new("situation-unknown", RefusalKind.Invalid,
        "La situation d'exercice choisie n'est pas dans la liste. Retournez à l'application et recommencez.");
    public static Refusal ProviderUnavailable { get; } = new("provider-unavailable", RefusalKind.Unavailable,
        "Le service d'identité ne répond pas. Votre demande n'est pas perdue de votre fait : réessayez dans quelques minutes.");
    public static Refusal ProviderAnswer { get; } = new("provider-answer-invalid", RefusalKind.Forbidden,
        "La réponse du service d'identité n'a pas pu être vérifiée. Par sécurité, la connexion s'arrête ici.");
    public static Refusal MatchUnavailable { get; } = new("citizen-match-unavailable", RefusalKind.Unavailable,
        "Le répertoire des identités ne répond pas. Réessayez dans quelques minutes.");
    public static Refusal MatchNone { get; } = new("citizen-match-none", RefusalKind.Unknown,
        "Aucun espace de santé ne correspond exactement à l'identité transmise par FranceConnect.");
    public static Refusal MatchSeveral { get; } = new("citizen-match-several", RefusalKind.Conflict,
        "Plusieurs personnes ont la même identité que celle transmise par FranceConnect. Nous ne pouvons pas savoir laquelle vous êtes, et nous n'ouvrons l'espace de personne.");
    public static Refusal NotRpps { get; } = new("professional-without-rpps", RefusalKind.Forbidden,
        "Votre identité professionnelle n'est pas un numéro RPPS. Santé ne connaît pas encore les autres identifiants.");
    public static Refusal NoSituation { get; } = new("professional-without-situation", RefusalKind.Forbidden,
        "Pro Santé Connect n'indique aucune situation d'exercice à votre nom. Vérifiez votre fiche dans l'Annuaire Santé.");
}
