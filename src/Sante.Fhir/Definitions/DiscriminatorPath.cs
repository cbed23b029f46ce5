namespace Sante.Fhir.Definitions;

/// <summary>Cuts the path of a discriminator (http://hl7.org/fhir/R4/profiling.html#discriminator) into its steps.</summary>
internal static class DiscriminatorPath
{
    /// <summary><c>code.coding.code</c>, <c>$this</c> (no step), <c>extension('url').value</c>, <c>resolve().code</c>.</summary>
    public static string[] Steps(string path)
    {
        List<string> steps = [];
        var (depth, quoted, from) = (0, false, 0);
        for (var at = 0; at <= path.Length; at++)
        {
            var letter = at < path.Length ? path[at] : '.';
            quoted ^= letter == '\'';
            depth += quoted ? 0 : letter == '(' ? 1 : letter == ')' ? -1 : 0;
            if (letter == '.' && depth == 0 && !quoted)
            {
                steps.Add(path[from..at]);
                from = at + 1;
            }
        }

        steps.RemoveAll(step => step is "$this" or "");
        return [.. steps];
    }
}
