namespace Sante.Kernel;

/// <summary>What a refusal means to the caller; mapped once to an HTTP status and once to an OperationOutcome.</summary>
public enum RefusalKind
{
    /// <summary>The request itself is wrong (400 or 422): the same call can never succeed.</summary>
    Invalid,
    /// <summary>Understood, and not allowed to this actor (403).</summary>
    Forbidden,
    /// <summary>Not there, or not yours: the two are never told apart (404).</summary>
    Unknown,
    /// <summary>True of another state than the present one (409 or 412): read again, then decide.</summary>
    Conflict,
    /// <summary>Lost infrastructure (503): the same call may succeed later.</summary>
    Unavailable,
}

/// <summary>An expected failure, as a value. <paramref name="Code"/> is stable, kebab-case and listed in <c>eng/refusals.md</c>.</summary>
/// <param name="Code">Stable kebab-case code, for example <c>consent-expired</c>.</param>
/// <param name="Kind">How it maps to the outside.</param>
/// <param name="Text">One sentence for people, in French, without personal data.</param>
public sealed record Refusal(string Code, RefusalKind Kind, string Text);
