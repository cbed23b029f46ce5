using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>What <c>/fhir</c> itself refuses, with the HTTP statuses that differ from those of the refusal's kind.</summary>
internal static class FhirRefusals
{
    public static Refusal NotFound { get; } = new("not-found", RefusalKind.Unknown, "Ressource introuvable.");
    public static Refusal Gone { get; } = new("gone", RefusalKind.Unknown, "Cette ressource a été retirée par celui qui l'avait déposée.");
    public static Refusal OnlyOwn { get; } = new("only-own-deposits", RefusalKind.Forbidden, "Seul celui qui a déposé une ressource la modifie ou la retire.");
    public static Refusal ScopeInsufficient { get; } = new("scope-insufficient", RefusalKind.Forbidden, "Le jeton d'accès ne permet pas cet appel.");
    public static Refusal NotAcceptable { get; } = new("not-acceptable", RefusalKind.Invalid, "Seul le JSON de FHIR R4 est disponible (application/fhir+json; fhirVersion=4.0).");
    public static Refusal UnsupportedMediaType { get; } = new("unsupported-media-type", RefusalKind.Invalid, "Le corps doit être du JSON FHIR (application/fhir+json).");
    public static Refusal TypeNotHeld { get; } = new("type-not-held", RefusalKind.Unknown, "L'espace de santé ne tient pas ce type de ressource.");
    public static Refusal InteractionNotSupported { get; } = new("interaction-not-supported", RefusalKind.Invalid, "Cette interaction n'est pas possible sur ce type de ressource.");
    public static Refusal ModeUnknown { get; } = new("access-mode-unknown", RefusalKind.Invalid, "X-Acces-Mode : normal, bris_de_glace ou centre_15.");
    public static Refusal PurposeUnknown { get; } = new("access-purpose-unknown", RefusalKind.Invalid, "X-Acces-Finalite : care, prevention, diagnosis ou follow-up.");
    public static Refusal SpaceNotNamed { get; } = new("space-not-named", RefusalKind.Invalid, "La requête ne dit pas de quel citoyen il s'agit : « patient », « patient.identifier » ou l'élément « subject ».");
    public static Refusal OneCitizen { get; } = new("one-citizen-at-a-time", RefusalKind.Invalid, "Une requête ne porte que sur un citoyen.");
    public static Refusal InsUnknown { get; } = new("ins-unknown", RefusalKind.Invalid, "Ce matricule INS n'est pas connu de la plateforme.");
    public static Refusal PatientUnknown { get; } = new("patient-unknown", RefusalKind.Invalid, "Cette référence ne désigne aucun patient connu de la plateforme.");
    public static Refusal SubjectNotResolved { get; } = new("subject-not-resolved", RefusalKind.Invalid, "Le patient se désigne par « Patient/id », par son INS ou, pour un éditeur, par son identifiant pivot.");
    public static Refusal PairingMissing { get; } = new("pairing-missing", RefusalKind.Forbidden, "Consent not given, access refused. L'utilisateur n'a pas relié cette application à son espace.");
    public static Refusal IdpeMismatch { get; } = new("idpe-mismatch", RefusalKind.Forbidden, "Cet identifiant pivot n'est pas de l'espace de noms de cet éditeur.");
    public static Refusal SourceConflict { get; } = new("source-oid-conflict", RefusalKind.Conflict, "« meta.source » n'est pas l'OID de cet éditeur.");
    public static Refusal ClientIds { get; } = new("client-ids-not-accepted", RefusalKind.Invalid, "Les identifiants sont attribués par la plateforme : déposez par POST.");
    public static Refusal IfMatchInvalid { get; } = new("if-match-invalid", RefusalKind.Invalid, "If-Match attend la version lue, sous la forme W/\"3\".");
    public static Refusal IfNoneExistInvalid { get; } = new("if-none-exist-invalid", RefusalKind.Invalid, "If-None-Exist attend des critères de recherche.");
    public static Refusal VersionConflict { get; } = new("version-conflict", RefusalKind.Conflict, "Une autre version est présente : relisez, puis recommencez.");
    public static Refusal IdempotencyKeyInvalid { get; } = new("idempotency-key-invalid", RefusalKind.Invalid, "Idempotency-Key : 1 à 255 caractères ASCII visibles.");
    public static Refusal IdentifierUsed { get; } = new("document-identifier-used", RefusalKind.Conflict, "Ce document a déjà été déposé sous cet identifiant.");
    public static Refusal DocumentTypeFixed { get; } = new("document-type-fixed", RefusalKind.Invalid, "Le type d'un document ne change pas : remplacez le document.");
    public static Refusal SubjectFixed { get; } = new("subject-fixed", RefusalKind.Invalid, "Une ressource ne change pas de patient.");
    public static Refusal FormTooComplex { get; } = new("search-too-complex", RefusalKind.Invalid, "Cette recherche a trop de paramètres, ou de trop longs.");
    public static Refusal EntryTwice { get; } = new("entry-twice", RefusalKind.Invalid, "Deux entrées du lot portent le même identifiant.");
    public static Refusal InsInMeasures { get; } = new("mesures-ins-refused", RefusalKind.Invalid, "Un éditeur désigne le citoyen par son identifiant pivot, jamais par son INS.");
    public static Refusal AttachmentChanged { get; } = new("attachment-changed", RefusalKind.Invalid, "Le contenu d'un document ne change pas : remplacez le document.");
    public static Refusal IdDiffers { get; } = new("id-differs", RefusalKind.Invalid, "L'« id » de la ressource n'est pas celui de l'URL.");
    public static Refusal TypeDiffers { get; } = new("resource-type-differs", RefusalKind.Invalid, "Le type de la ressource n'est pas celui de l'URL.");
    public static Refusal AgendaParameter { get; } = new("search-parameter-not-supported", RefusalKind.Invalid, "L'agenda se lit entier : seul le patient se nomme.");
    public static Refusal ReplacedUnknown { get; } = new("replaced-unknown", RefusalKind.Invalid, "Le document à remplacer n'est pas un document déposé par cet auteur.");
    public static Refusal SpaceContended { get; } = new("space-contended", RefusalKind.Unavailable, "Cet espace est très sollicité. Réessayez dans quelques secondes.");

    /// <summary>The HTTP status of a refusal.</summary>
    public static int StatusOf(Refusal refusal) => refusal.Code switch
    {
        "space-not-named" or "access-mode-unknown" or "access-purpose-unknown" or "if-match-invalid" or "if-none-exist-invalid" or "idempotency-key-invalid" => 400,
        "resource-type-differs" or "id-differs" or "id-invalid" or "cursor-invalid" or "criteria-missing" or "criteria-not-conditions" or "operation-parameter-invalid" => 400,
        "transaction-resource-twice" or "patch-malformed" or "workbench-name-invalid" or "audit-patient-missing" => 400,
        "resource-deleted" or "gone" => 410,
        "client-ids-not-accepted" or "interaction-not-supported" or "audit-not-writable" => 405,
        "not-acceptable" => 406,
        "version-conflict" or "criteria-ambiguous" or "resource-exists" or "conditional-reference-unresolved" => 412,
        "unsupported-media-type" => 415,
        _ when refusal.Code.StartsWith("search-", StringComparison.Ordinal) => 400,
        _ => refusal.Kind switch
        {
            RefusalKind.Invalid => 422,
            RefusalKind.Forbidden => 403,
            RefusalKind.Unknown => 404,
            RefusalKind.Conflict => 409,
            _ => 503,
        },
    };
}
