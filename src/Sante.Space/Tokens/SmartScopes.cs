namespace Sante.Space.Tokens;

/// <summary>
/// Granted scopes. FHIR ones are of the form <c>context/resource.actions</c> with actions among c, r, u, d, s in this order
/// (SMART App Launch 2.2, "Scopes for requesting FHIR resources"); own ones are <c>space/*</c> and <c>system/identity.match</c>.
/// </summary>
public sealed class SmartScopes
{
    private readonly string[] words;

    /// <param name="scope">The token's <c>scope</c> claim: words separated by single spaces.</param>
    public SmartScopes(string scope) => words = scope.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>True when this very word was granted.</summary>
    public bool Contains(string scope) => Array.IndexOf(words, scope) >= 0;

    /// <summary>True when some scope of this context (<c>patient</c>, <c>user</c>, <c>system</c>, <c>space</c>) was granted.</summary>
    public bool HasContext(string context) =>
        Array.Exists(words, word => word.Length > context.Length && word[context.Length] == '/' && word.StartsWith(context, StringComparison.Ordinal));

    /// <summary>True when a granted scope, of whatever context, lets this action (c, r, u, d or s) be done on this type of resource.</summary>
    public bool Allows(string resourceType, char action) => Array.Exists(words, word => Allows(word, resourceType, action));

    public override string ToString() => string.Join(' ', words);

    private static bool Allows(string word, string resourceType, char action)
    {
        var slash = word.IndexOf('/', StringComparison.Ordinal);
        var dot = word.LastIndexOf('.');
        if (slash < 0 || dot < slash || word.AsSpan(0, slash) is not ("patient" or "user" or "system"))
        {
            return false;
        }
        var resource = word.AsSpan(slash + 1, dot - slash - 1);
        return (resource is "*" || resource.SequenceEqual(resourceType)) && word.AsSpan(dot + 1).Contains(action);
    }
}
