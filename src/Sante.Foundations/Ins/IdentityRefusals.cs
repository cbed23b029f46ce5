using Sante.Kernel;

namespace Sante.Foundations.Identities;

/// <summary>Refusals of the registry (listed in <c>eng/refusals.md</c>). None tells a trait or a matricule.</summary>
internal static class IdentityRefusals
{
    public static Refusal Exists { get; } = new("identity-exists", RefusalKind.Conflict, "Cette identité existe déjà.");
    public static Refusal Barred { get; } = new("actor-barred", RefusalKind.Forbidden, "Vos accès à la plateforme sont coupés.");
    public static Refusal Unknown { get; } = new("identity-unknown", RefusalKind.Unknown, "Cette identité est inconnue.");
    public static Refusal Merged { get; } = new("identity-merged", RefusalKind.Conflict, "Cette identité était un doublon : elle a été rattachée à une autre.");
    public static Refusal InsiForbidden { get; } = new("insi-forbidden", RefusalKind.Conflict, "Une identité douteuse ou fictive ne peut pas être confirmée par le téléservice INSi.");
    public static Refusal InsiDiffers { get; } = new("insi-answer-differs", RefusalKind.Conflict, "Les traits donnés par le téléservice INSi ne sont pas ceux de cette identité.");
    public static Refusal DocumentUnknown { get; } = new("identity-document-unknown", RefusalKind.Invalid, "Ce document n'est pas un dispositif d'identification à haut niveau de confiance.");
    public static Refusal LocalMalformed { get; } = new("identity-local-malformed", RefusalKind.Invalid, "Un identifiant local comporte un système et une valeur de 128 caractères au plus.");
    public static Refusal LocalTaken { get; } = new("identity-local-taken", RefusalKind.Conflict, "Cet identifiant local est déjà rattaché à une autre identité.");
    public static Refusal BornInFuture { get; } = new("identity-birth-future", RefusalKind.Invalid, "La date de naissance est dans le futur.");
    public static Refusal NumberRequired { get; } = new("ins-number-required", RefusalKind.Invalid, "En production, le matricule est attribué par l'INSEE : il doit être fourni.");
    public static Refusal Ambiguous { get; } = new("identity-ambiguous", RefusalKind.Conflict, "Plusieurs identités répondent à ces traits.");
    public static Refusal Exhausted { get; } = new("ins-numbers-exhausted", RefusalKind.Conflict, "Tous les numéros d'ordre de cette commune et de ce mois sont attribués.");
    public static Refusal TooMany { get; } = new("ins-quota-exceeded", RefusalKind.Unavailable, "Trop de recherches d'identité : réessayez plus tard.");
    public static Refusal Moved { get; } = new("identity-changed-meanwhile", RefusalKind.Conflict, "Cette identité vient d'être modifiée : relisez-la.");
    public static Refusal ParentUnknown { get; } = new("identity-parent-unknown", RefusalKind.Invalid, "Un des parents déclarés est inconnu.");
    public static Refusal KeyTooLong { get; } = new("idempotency-key-too-long", RefusalKind.Invalid, "L'en-tête Idempotency-Key comporte au plus 200 caractères.");
}
