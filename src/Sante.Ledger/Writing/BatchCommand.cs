using Npgsql;
using NpgsqlTypes;

namespace Sante.Ledger.Writing;

/// <summary>Lays sealed requests out as the parallel arrays of <c>ledger.commit_batch</c> and reads the verdicts back.</summary>
internal static class BatchCommand
{
    private const int ParameterCount = 46;
    private static readonly string Text =
        $"SELECT verdict, first_seq, access_version, state_version, at, result_row, result FROM ledger.commit_batch({string.Join(',', Enumerable.Range(1, ParameterCount).Select(i => "$" + i))})";

    /// <summary>Commits the requests in one transaction; verdicts in their order. Results of duplicates are still sealed.</summary>
    public static async Task<(Verdict Verdict, Guid ResultRow)[]> ExecuteAsync(
        NpgsqlConnection connection, IReadOnlyList<SealedRequest> requests, bool wait, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Text, connection);
        Fill(command.Parameters, requests, wait);
        await command.PrepareAsync(cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var verdicts = new (Verdict, Guid)[requests.Count];
        for (var i = 0; i < verdicts.Length; i++)
        {
            if (!await reader.ReadAsync(cancel))
                throw new InvalidOperationException("The writer answered fewer verdicts than requests.");
            var kind = (VerdictKind)reader.GetInt16(0);
            var accepted = kind == VerdictKind.Accepted;
            var duplicate = kind == VerdictKind.Duplicate;
            verdicts[i] = (new Verdict(kind, accepted ? reader.GetInt64(1) : 0, accepted ? reader.GetInt64(2) : 0, accepted ? reader.GetInt64(3) : 0,
                reader.GetFieldValue<DateTimeOffset>(4), duplicate ? reader.GetFieldValue<byte[]>(6) : null), duplicate ? reader.GetGuid(5) : default);
        }
        return verdicts;
    }

    private static void Fill(NpgsqlParameterCollection p, IReadOnlyList<SealedRequest> requests, bool wait)
    {
        p.Add(new NpgsqlParameter<bool> { TypedValue = wait });
        FillRequests(p, requests);
        FillLinesAndEvents(p, requests);
        FillResources(p, requests);
        FillWork(p, requests);
        if (p.Count != ParameterCount)
            throw new InvalidOperationException($"commit_batch takes {ParameterCount} parameters, {p.Count} were laid out.");
    }

    private static void FillRequests(NpgsqlParameterCollection p, IReadOnlyList<SealedRequest> requests)
    {
        void Add<T>(Func<SealedRequest, T> of, NpgsqlDbType type) => AddArray(p, requests.Select(of), type);
        Add(r => r.Plain.Space.Value, NpgsqlDbType.Uuid);
        Add(r => r.Plain.AccessVersion, NpgsqlDbType.Bigint);
        Add(r => Utc(r.Plain.Until), NpgsqlDbType.TimestampTz);
        Add(r => r.Plain.StateVersion, NpgsqlDbType.Bigint);
        Add(r => r.Plain.RaisesAccess, NpgsqlDbType.Boolean);
        Add(r => (short?)r.Plain.BirthSlot, NpgsqlDbType.Smallint);
        Add(r => r.Lines.Length, NpgsqlDbType.Integer);
        Add(r => r.Events.Length, NpgsqlDbType.Integer);
        Add(r => r.IdempotencyToken, NpgsqlDbType.Bytea);
        Add(r => r.Plain.Idempotency?.Fingerprint.ToArray(), NpgsqlDbType.Bytea);
        Add(r => r.Result.Body is null ? null : (Guid?)r.Result.RowId, NpgsqlDbType.Uuid);
        Add(r => r.Result.Body, NpgsqlDbType.Bytea);
        Add(r => r.Share, NpgsqlDbType.Bigint);
    }

    private static void FillLinesAndEvents(NpgsqlParameterCollection p, IReadOnlyList<SealedRequest> requests)
    {
        void Add<T>(Func<SealedRequest, int, IEnumerable<T>> of, NpgsqlDbType type) => AddArray(p, requests.SelectMany((r, i) => of(r, i + 1)), type);
        Add((r, i) => r.Lines.Select(_ => i), NpgsqlDbType.Integer);
        Add((r, _) => r.Lines.Select(x => x.RowId), NpgsqlDbType.Uuid);
        Add((r, _) => r.Salts, NpgsqlDbType.Bytea);
        Add((r, _) => r.Lines.Select(x => x.Body), NpgsqlDbType.Bytea);

        Add((r, i) => r.Events.Select(_ => i), NpgsqlDbType.Integer);
        Add((r, _) => r.Plain.Events.Select(x => x.Stream), NpgsqlDbType.Text);
        Add((r, _) => r.Plain.Events.Select(x => x.Version), NpgsqlDbType.Integer);
        Add((r, _) => r.Events.Select(x => x.RowId), NpgsqlDbType.Uuid);
        Add((r, _) => r.Events.Select(x => x.Body), NpgsqlDbType.Bytea);
    }

    private static void FillResources(NpgsqlParameterCollection p, IReadOnlyList<SealedRequest> requests)
    {
        void Add<T>(Func<SealedRequest, int, IEnumerable<T>> of, NpgsqlDbType type) => AddArray(p, requests.SelectMany((r, i) => of(r, i + 1)), type);
        Add((r, i) => r.Resources.Select(_ => i), NpgsqlDbType.Integer);
        Add((r, _) => r.Plain.Resources.Select(x => x.Id), NpgsqlDbType.Uuid);
        Add((r, _) => r.Plain.Resources.Select(x => x.ExpectedVersion), NpgsqlDbType.Integer);
        Add((r, _) => r.ResourceTypes, NpgsqlDbType.Bigint);
        Add((r, _) => r.Plain.Resources.Select(x => x.Deleted), NpgsqlDbType.Boolean);
        Add((r, _) => r.Resources.Select(x => x.RowId), NpgsqlDbType.Uuid);
        Add((r, _) => r.Resources.Select(x => x.Body), NpgsqlDbType.Bytea);

        Add((r, i) => r.Tokens.Select(_ => i), NpgsqlDbType.Integer);
        Add((r, _) => r.Tokens.Select(x => x.Id), NpgsqlDbType.Uuid);
        Add((r, _) => r.Tokens.Select(x => x.Token), NpgsqlDbType.Bigint);

        Add((r, i) => r.Dates.Select(_ => i), NpgsqlDbType.Integer);
        Add((r, _) => r.Dates.Select(x => x.Id), NpgsqlDbType.Uuid);
        Add((r, _) => r.Dates.Select(x => x.Parameter), NpgsqlDbType.Bigint);
        Add((r, _) => r.Dates.Select(x => x.Low.ToUniversalTime()), NpgsqlDbType.TimestampTz);
        Add((r, _) => r.Dates.Select(x => x.High.ToUniversalTime()), NpgsqlDbType.TimestampTz);
    }

    private static void FillWork(NpgsqlParameterCollection p, IReadOnlyList<SealedRequest> requests)
    {
        void Add<T>(Func<SealedRequest, int, IEnumerable<T>> of, NpgsqlDbType type) => AddArray(p, requests.SelectMany((r, i) => of(r, i + 1)), type);
        Add((r, i) => r.Due.Select(_ => i), NpgsqlDbType.Integer);
        Add((r, _) => r.Due.Select(x => x.Id), NpgsqlDbType.Bigint);
        Add((r, _) => r.Due.Select(x => Utc(x.At)), NpgsqlDbType.TimestampTz);
        Add((r, _) => r.Due.Select(x => x.Row.RowId), NpgsqlDbType.Uuid);
        Add((r, _) => r.Due.Select(x => x.Row.Body ?? []), NpgsqlDbType.Bytea);

        Add((r, i) => r.Outbox.Select(_ => i), NpgsqlDbType.Integer);
        Add((r, _) => r.Outbox.Select(x => x.RowId), NpgsqlDbType.Uuid);
        Add((r, _) => r.Outbox.Select(x => x.Body), NpgsqlDbType.Bytea);
    }

    private static void AddArray<T>(NpgsqlParameterCollection p, IEnumerable<T> values, NpgsqlDbType type) =>
        p.Add(new NpgsqlParameter<T[]> { TypedValue = [.. values], NpgsqlDbType = type | NpgsqlDbType.Array });

    private static DateTimeOffset? Utc(DateTimeOffset? at) => at?.ToUniversalTime();
}
