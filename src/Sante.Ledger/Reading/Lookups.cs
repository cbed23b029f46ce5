namespace Sante.Ledger.Reading;

/// <summary>
/// Look-ups by key: those that wait together go to the database in one statement, while the last one runs (house idea 6). A lone one waits for nobody.
/// Null when nothing is there under the key; a failure of the statement is that of each look-up in it.
/// </summary>
/// <param name="read">What is there under these distinct keys.</param>
internal sealed class Lookups<TKey, TFound>(Func<IReadOnlyCollection<TKey>, Task<Dictionary<TKey, TFound>>> read)
    where TKey : notnull
    where TFound : class
{
    private const int MostTogether = 64;
    /// <summary>Two: while one is answered, the next is on its way.</summary>
    private const int MostStatements = 2;
    private readonly Lock guard = new();
    private readonly Queue<Asked> waiting = new();
    private int running;

    public Task<TFound?> FindAsync(TKey key, CancellationToken cancel)
    {
        var asked = new Asked(key);
        bool starts;
        lock (guard)
        {
            waiting.Enqueue(asked);
            starts = running < MostStatements;
            if (starts)
                running++;
        }

        if (starts)
            _ = RunAsync();
        return asked.Answer.Task.WaitAsync(cancel);
    }

    private async Task RunAsync()
    {
        var together = new List<Asked>();
        while (Take(together))
        {
            await AnswerAsync(together);
            together.Clear();
        }
    }

    /// <summary>Those that wait now; false, and one statement less is running, when nobody does.</summary>
    private bool Take(List<Asked> together)
    {
        lock (guard)
        {
            while (together.Count < MostTogether && waiting.TryDequeue(out var asked))
                together.Add(asked);
            if (together.Count == 0)
                running--;
            return together.Count > 0;
        }
    }

    private async Task AnswerAsync(List<Asked> together)
    {
        try
        {
            var found = await read(together.Count == 1 ? [together[0].Key] : together.Select(asked => asked.Key).ToHashSet());
            foreach (var asked in together)
                asked.Answer.TrySetResult(found.GetValueOrDefault(asked.Key));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            foreach (var asked in together)
                asked.Answer.TrySetException(e);
        }
    }

    private sealed class Asked(TKey key)
    {
        public TKey Key => key;
        public TaskCompletionSource<TFound?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
