using Microsoft.AspNetCore.Http;
using Sante.Kernel;
using Sante.Space.Tokens;

namespace Sante.Space.FhirApi;

/// <summary>
/// Who calls <c>/fhir</c>, and how: the token's holder, the access mode (header <c>X-Acces-Mode</c>, codes of TRE_R248) and the purpose
/// (<c>X-Acces-Finalite</c>), normal and care when not said (record 0068).
/// </summary>
internal sealed record FhirCall(HttpContext Context, TokenHolder Holder, AccessMode Mode, Purposes Purpose)
{
    public const string ModeHeader = "X-Acces-Mode";
    public const string PurposeHeader = "X-Acces-Finalite";

    public Actor Actor => Holder.Actor;

    public CancellationToken Cancel => Context.RequestAborted;

    /// <summary>Our address as this caller knows it, without a trailing slash.</summary>
    public string BaseUrl => $"{Context.Request.Scheme}://{Context.Request.Host}{Context.Request.PathBase}/fhir";

    /// <summary>Whether <c>_pretty=true</c> asks for indented JSON.</summary>
    public bool Pretty => PrettyJson.IsAsked(Context.Request);

    /// <summary>Reads the call. Refusals: <c>access-mode-unknown</c>, <c>access-purpose-unknown</c>, <c>not-acceptable</c> (unless <paramref name="anyForm"/>).</summary>
    public static Outcome<FhirCall> Of(HttpContext context, bool anyForm = false)
    {
        if (!anyForm && !FhirMedia.IsAcceptable(context.Request))
            return FhirRefusals.NotAcceptable;
        AccessMode? mode = Header(context, ModeHeader) switch
        {
            null or "normal" => AccessMode.Normal,
            "bris_de_glace" => AccessMode.BrisDeGlace,
            "centre_15" => AccessMode.Centre15,
            _ => null,
        };
        Purposes? purpose = Header(context, PurposeHeader) switch
        {
            null or "care" => Purposes.Care,
            "prevention" => Purposes.Prevention,
            "diagnosis" => Purposes.Diagnosis,
            "follow-up" => Purposes.FollowUp,
            _ => null,
        };
        return mode is null ? FhirRefusals.ModeUnknown
            : purpose is null ? FhirRefusals.PurposeUnknown
            : new FhirCall(context, context.Holder(), mode.Value, purpose.Value);
    }

    /// <summary>
    /// The same for one interaction on one type: the record must hold the type and offer the interaction, the token's scopes allow it.
    /// Further refusals: <c>type-not-held</c>, <c>interaction-not-supported</c>, <c>scope-insufficient</c>.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="type">Resource type in the URL.</param>
    /// <param name="interaction">The specification's word, as in <c>record-types.json</c>.</param>
    /// <param name="scope">The SMART action: c, r, u, d or s.</param>
    /// <param name="anyForm">True when the answer may be something else than FHIR JSON.</param>
    public static Outcome<(FhirCall Call, RecordType Type)> For(HttpContext context, string type, string interaction, char scope, bool anyForm = false) =>
        Of(context, anyForm).Then<(FhirCall, RecordType)>(call =>
            RecordTypes.Find(type) is not { } held ? FhirRefusals.TypeNotHeld
            : !held.Allows(interaction) ? FhirRefusals.InteractionNotSupported
            : !call.Holder.Scopes.Allows(type, scope) ? FhirRefusals.ScopeInsufficient
            : (call, held));

    /// <summary>The question to the space.</summary>
    public AccessRequest Ask(AccessAction action, Categories categories, IReadOnlyList<string>? typeCodes = null) =>
        new(Actor, action, Mode, categories, Purpose, default, typeCodes ?? [], false);

    private static string? Header(HttpContext context, string name) => context.Request.Headers[name] is { Count: > 0 } values ? values.ToString() : null;
}
