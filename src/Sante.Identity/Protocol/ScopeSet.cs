using System.Text.RegularExpressions;
using Sante.Kernel;

namespace Sante.Identity.Protocol;

/// <summary>
/// Words of a <c>scope</c>, in order, each once. FHIR scopes are SMART App Launch 2.2 v2: <c>context/Resource.cruds</c>, actions in this order.
/// Constraints (<c>?category=…</c>), v1 scopes, launch scopes and <c>offline_access</c> are not known yet: unknown words cover nothing.
/// </summary>
internal sealed partial class ScopeSet
{
    public const string OpenId = "openid";
    public const string Profile = "profile";

    // Which contexts a person of this kind may be granted: a citizen never holds user/, a professional never patient/ or space/.
    private static readonly Dictionary<ActorKind, string[]> ContextsOf = new()
    {
        [ActorKind.Citizen] = ["patient", "space"],
        [ActorKind.Professional] = ["user"],
        [ActorKind.StructureStaff] = ["user"],
    };

    private ScopeSet(IReadOnlyList<string> words) => Words = words;

    public IReadOnlyList<string> Words { get; }

    public static ScopeSet Parse(string scope) => new([.. scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct()]);

    public bool Contains(string word) => Words.Contains(word);

    /// <summary>True when some word is of this context (<c>patient</c>, <c>user</c>, <c>system</c>, <c>space</c>).</summary>
    public bool HasContext(string context) => Words.Any(word => ContextOf(word) == context);

    /// <summary>True when each asked word is one of these, or a part of one of these (<c>user/*.cruds</c> covers <c>user/Observation.rs</c>).</summary>
    public bool Covers(ScopeSet asked) => asked.Words.All(word => Words.Any(own => Covers(own, word)));

    /// <summary>What a person of this kind may hold of these.</summary>
    public ScopeSet For(ActorKind kind) => new(
        [.. Words.Where(word => ContextOf(word) is not { } context || ContextsOf.GetValueOrDefault(kind, []).Contains(context))]);

    /// <summary>The words of one context.</summary>
    public ScopeSet In(string context) => new([.. Words.Where(word => ContextOf(word) == context)]);

    public override string ToString() => string.Join(' ', Words);

    private static bool Covers(string own, string asked)
    {
        if (own == asked)
        {
            return true;
        }
        var (mine, other) = (Fhir().Match(own), Fhir().Match(asked));
        return mine.Success && other.Success
            && mine.Groups["context"].Value == other.Groups["context"].Value
            && (mine.Groups["resource"].Value is "*" || mine.Groups["resource"].Value == other.Groups["resource"].Value)
            && other.Groups["actions"].Value.All(mine.Groups["actions"].Value.Contains);
    }

    private static string? ContextOf(string word) => word.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? word[..slash] : null;

    [GeneratedRegex(@"^(?<context>patient|user|system)/(?<resource>\*|[A-Z][A-Za-z]{1,60})\.(?<actions>(?=.)c?r?u?d?s?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Fhir();
}
