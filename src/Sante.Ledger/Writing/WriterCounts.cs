namespace Sante.Ledger.Writing;

/// <summary>What the writer did since the start.</summary>
public sealed class WriterCounts
{
    private long batches, batched, alone, retries;

    public long Batches => Interlocked.Read(ref batches);
    /// <summary>Requests committed in batches.</summary>
    public long Batched => Interlocked.Read(ref batched);
    public long CommittedAlone => Interlocked.Read(ref alone);
    public long Retries => Interlocked.Read(ref retries);

    internal void Batch(int size)
    {
        Interlocked.Increment(ref batches);
        Interlocked.Add(ref batched, size);
    }

    internal void Alone() => Interlocked.Increment(ref alone);
    internal void Retry() => Interlocked.Increment(ref retries);
}
