namespace Sante.Simulators.Story;

/// <summary>The platform did not do what the story expects; the message says what was expected and what was seen.</summary>
public sealed class StoryFailedException : Exception
{
    public StoryFailedException(string message) : base(message) { }

    public StoryFailedException(string message, Exception inner) : base(message, inner) { }

    public StoryFailedException() { }
}

/// <summary>The story's checks: each is told when it holds, and ends the story when it does not.</summary>
/// <param name="narration">Where it is told.</param>
public sealed class Checks(Narration narration)
{
    /// <summary>How many held so far.</summary>
    public int Held { get; private set; }

    /// <param name="expected">French sentence of what must be true.</param>
    /// <param name="holds">Whether it is.</param>
    /// <param name="seen">What was seen instead.</param>
    public void That(string expected, bool holds, Func<string>? seen = null)
    {
        if (!holds)
        {
            throw new StoryFailedException($"Attendu : {expected}" + (seen is null ? "" : $"{Environment.NewLine}  Constaté : {seen()}"));
        }

        Held++;
        narration.Held(expected);
    }

    public void Equal<T>(string expected, T wanted, T actual) =>
        That(expected, EqualityComparer<T>.Default.Equals(wanted, actual), () => $"{actual} au lieu de {wanted}");

    /// <summary>All the needles stand in the text.</summary>
    public void Contains(string expected, string text, params string[] needles) =>
        That(expected, needles.All(needle => text.Contains(needle, StringComparison.Ordinal)),
            () => $"« {text} », sans {string.Join(" ni ", needles.Where(needle => !text.Contains(needle, StringComparison.Ordinal)).Select(needle => $"« {needle} »"))}");
}
