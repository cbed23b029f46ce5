using Npgsql;
using NpgsqlTypes;

namespace Sante.Ledger.Writing;

/// <summary>Carries laid-out requests to <c>ledger.commit_batch</c> and reads the verdicts back.</summary>
internal static class BatchCommand
{
    private const int ParameterCount = 70;
    private static readonly string Text =
        $"SELECT verdict, first_seq, access_version, state_version, at, result_row, result, versions FROM ledger.commit_batch({string.Join(',', Enumerable.Range(1, ParameterCount).Select(i => "$" + i))})";

    /// <summary>Commits the requests in one transaction; verdicts in their order. Requests of one group number are all or nothing. Results of duplicates are still sealed.</summary>
    public static async Task<(Verdict Verdict, Guid ResultRow)[]> ExecuteAsync(
        NpgsqlConnection connection, IReadOnlyList<(SealedRequest Request, int? Group)> requests, bool wait, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Text, connection);
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = wait });
        new BatchLayout(requests).Fill(command.Parameters);
        if (command.Parameters.Count != ParameterCount)
            throw new InvalidOperationException($"commit_batch takes {ParameterCount} parameters, {command.Parameters.Count} were laid out.");
        await command.PrepareAsync(cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var verdicts = new (Verdict, Guid)[requests.Count];
        for (var i = 0; i < verdicts.Length; i++)
        {
            if (!await reader.ReadAsync(cancel))
                throw new InvalidOperationException("The writer answered fewer verdicts than requests.");
            verdicts[i] = VerdictOf(reader);
        }
        return verdicts;
    }

    private static (Verdict, Guid) VerdictOf(NpgsqlDataReader reader)
    {
        var kind = (VerdictKind)reader.GetInt16(0);
        var accepted = kind == VerdictKind.Accepted;
        var duplicate = kind == VerdictKind.Duplicate;
        var verdict = new Verdict(kind, accepted ? reader.GetInt64(1) : 0, accepted ? reader.GetInt64(2) : 0, accepted ? reader.GetInt64(3) : 0,
            reader.GetFieldValue<DateTimeOffset>(4), duplicate ? reader.GetFieldValue<byte[]>(6) : null)
        {
            Versions = accepted && !reader.IsDBNull(7) ? reader.GetFieldValue<int[]>(7) : null,
        };
        return (verdict, duplicate ? reader.GetGuid(5) : default);
    }
}

/// <summary>The parallel arrays of one call, in the order of the function's parameters.</summary>
internal sealed class BatchLayout(IReadOnlyList<(SealedRequest Request, int? Group)> requests)
{
    public void Fill(NpgsqlParameterCollection p)
    {
        FillRequests(p);
        FillLinesAndEvents(p);
        FillResources(p);
        FillIndex(p);
        FillGuards(p);
        FillWork(p);
    }

    private void FillRequests(NpgsqlParameterCollection p)
    {
        Each(p, r => r.Plain.Space.Value, NpgsqlDbType.Uuid);
        Each(p, r => r.Plain.AccessVersion, NpgsqlDbType.Bigint);
        Each(p, r => Utc(r.Plain.Until), NpgsqlDbType.TimestampTz);
        Each(p, r => r.Plain.StateVersion, NpgsqlDbType.Bigint);
        Each(p, r => r.Plain.RaisesAccess, NpgsqlDbType.Boolean);
        Each(p, r => (short?)r.Plain.BirthSlot, NpgsqlDbType.Smallint);
        Each(p, r => r.Plain.Workbench, NpgsqlDbType.Uuid);
        AddArray(p, [.. requests.Select(r => r.Group)], NpgsqlDbType.Integer);
        Each(p, r => r.Lines.Length, NpgsqlDbType.Integer);
        Each(p, r => r.Events.Length, NpgsqlDbType.Integer);
        Each(p, r => r.IdempotencyToken, NpgsqlDbType.Bytea);
        Each(p, r => r.Plain.Idempotency?.Fingerprint.ToArray(), NpgsqlDbType.Bytea);
        Each(p, r => r.Result.Body is null ? null : (Guid?)r.Result.RowId, NpgsqlDbType.Uuid);
        Each(p, r => r.Result.Body, NpgsqlDbType.Bytea);
        Each(p, r => r.Share, NpgsqlDbType.Bigint);
    }

    private void FillLinesAndEvents(NpgsqlParameterCollection p)
    {
        Rows(p, r => r.Lines, (_, i) => i, NpgsqlDbType.Integer);
        Rows(p, r => r.Lines, (x, _) => x.RowId, NpgsqlDbType.Uuid);
        Rows(p, r => r.Salts, (x, _) => x, NpgsqlDbType.Bytea);
        Rows(p, r => r.Lines, (x, _) => x.Body, NpgsqlDbType.Bytea);

        Rows(p, r => r.Events, (_, i) => i, NpgsqlDbType.Integer);
        Rows(p, r => r.Plain.Events, (x, _) => x.Stream, NpgsqlDbType.Text);
        Rows(p, r => r.Plain.Events, (x, _) => x.Version, NpgsqlDbType.Integer);
        Rows(p, r => r.Events, (x, _) => x.RowId, NpgsqlDbType.Uuid);
        Rows(p, r => r.Events, (x, _) => x.Body, NpgsqlDbType.Bytea);
    }

    private void FillResources(NpgsqlParameterCollection p)
    {
        Rows(p, r => r.Resources, (_, i) => i, NpgsqlDbType.Integer);
        Rows(p, r => r.Plain.Resources, (x, _) => x.Id, NpgsqlDbType.Uuid);
        Rows(p, r => r.Plain.Resources, (x, _) => x.ExpectedVersion, NpgsqlDbType.Integer);
        Rows(p, r => r.ResourceTypes, (x, _) => x, NpgsqlDbType.Bigint);
        Rows(p, r => r.Plain.Resources, (x, _) => x.Deleted, NpgsqlDbType.Boolean);
        Rows(p, r => r.Resources, (x, _) => x.RowId, NpgsqlDbType.Uuid);
        Rows(p, r => r.Resources, (x, _) => x.Body, NpgsqlDbType.Bytea);
        AddSlices(p, requests.SelectMany(r => r.Request.Tokens));
    }

    private void FillIndex(NpgsqlParameterCollection p)
    {
        Rows(p, r => r.Dates, (_, i) => i, NpgsqlDbType.Integer);
        Rows(p, r => r.Dates, (x, _) => x.Id, NpgsqlDbType.Uuid);
        Rows(p, r => r.Dates, (x, _) => x.Parameter, NpgsqlDbType.Bigint);
        Rows(p, r => r.Dates, (x, _) => x.Low.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        Rows(p, r => r.Dates, (x, _) => x.High.ToUniversalTime(), NpgsqlDbType.TimestampTz);

        Rows(p, r => r.Numbers, (_, i) => i, NpgsqlDbType.Integer);
        Rows(p, r => r.Numbers, (x, _) => x.Id, NpgsqlDbType.Uuid);
        Rows(p, r => r.Numbers, (x, _) => x.Parameter, NpgsqlDbType.Bigint);
        Rows(p, r => r.Numbers, (x, _) => x.Value, NpgsqlDbType.Double);

        Rows(p, r => r.Texts, (_, i) => i, NpgsqlDbType.Integer);
        Rows(p, r => r.Texts, (x, _) => x.Id, NpgsqlDbType.Uuid);
        Rows(p, r => r.Texts, (x, _) => x.Parameter, NpgsqlDbType.Bigint);
        Rows(p, r => r.Texts, (x, _) => x.Text, NpgsqlDbType.Text);

        Rows(p, r => r.Mentions, (_, i) => i, NpgsqlDbType.Integer);
        Rows(p, r => r.Mentions, (x, _) => x.Id, NpgsqlDbType.Uuid);
        Rows(p, r => r.Mentions, (x, _) => x.Patient, NpgsqlDbType.Uuid);
    }

    private void FillGuards(NpgsqlParameterCollection p)
    {
        Rows(p, r => r.Plain.MustExist, (_, i) => i, NpgsqlDbType.Integer);
        Rows(p, r => r.Plain.MustExist, (x, _) => x, NpgsqlDbType.Uuid);

        var guards = requests.SelectMany(r => r.Request.Guards).ToList();
        Rows(p, r => r.Guards, (_, i) => i, NpgsqlDbType.Integer);
        AddArray(p, [.. guards.Select(g => g.Lock)], NpgsqlDbType.Bigint);
        AddArray(p, [.. guards.Select(g => g.Type)], NpgsqlDbType.Bigint);
        AddSlices(p, guards.Select(g => g.Tokens));
        var candidates = guards.SelectMany((g, i) => g.Plain.Candidates.Select(c => (Guard: i + 1, c.Id, c.Version))).ToList();
        AddArray(p, [.. candidates.Select(c => c.Guard)], NpgsqlDbType.Integer);
        AddArray(p, [.. candidates.Select(c => c.Id)], NpgsqlDbType.Uuid);
        AddArray(p, [.. candidates.Select(c => c.Version)], NpgsqlDbType.Integer);
    }

    private void FillWork(NpgsqlParameterCollection p)
    {
        Rows(p, r => r.Due, (_, i) => i, NpgsqlDbType.Integer);
        Rows(p, r => r.Due, (x, _) => x.Id, NpgsqlDbType.Bigint);
        Rows(p, r => r.Due, (x, _) => Utc(x.At), NpgsqlDbType.TimestampTz);
        Rows(p, r => r.Due, (x, _) => x.Row.RowId, NpgsqlDbType.Uuid);
        Rows(p, r => r.Due, (x, _) => x.Row.Body ?? [], NpgsqlDbType.Bytea);

        Rows(p, r => r.Outbox, (_, i) => i, NpgsqlDbType.Integer);
        Rows(p, r => r.Outbox, (x, _) => x.RowId, NpgsqlDbType.Uuid);
        Rows(p, r => r.Outbox, (x, _) => x.Body, NpgsqlDbType.Bytea);
    }

    private void Each<T>(NpgsqlParameterCollection p, Func<SealedRequest, T> of, NpgsqlDbType type)
    {
        var values = new T[requests.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = of(requests[i].Request);
        AddArray(p, values, type);
    }

    /// <summary>One column of rows that each request has some of; <paramref name="of"/> gets the row and the number of its request, from 1.</summary>
    private void Rows<TRow, T>(NpgsqlParameterCollection p, Func<SealedRequest, IReadOnlyList<TRow>> rows, Func<TRow, int, T> of, NpgsqlDbType type)
    {
        var count = 0;
        for (var i = 0; i < requests.Count; i++)
            count += rows(requests[i].Request).Count;
        var values = count == 0 ? [] : new T[count];
        var at = 0;
        for (var i = 0; i < requests.Count && at < count; i++)
        {
            var some = rows(requests[i].Request);
            for (var j = 0; j < some.Count; j++)
                values[at++] = of(some[j], i + 1);
        }
        AddArray(p, values, type);
    }

    /// <summary>Lists of tokens as one array with the first and last place of each list, from 1; an empty one ends before it begins.</summary>
    private static void AddSlices(NpgsqlParameterCollection p, IEnumerable<long[]> lists)
    {
        List<int> first = [], last = [];
        List<long> all = [];
        foreach (var list in lists)
        {
            first.Add(all.Count + 1);
            all.AddRange(list);
            last.Add(all.Count);
        }
        AddArray(p, first.ToArray(), NpgsqlDbType.Integer);
        AddArray(p, last.ToArray(), NpgsqlDbType.Integer);
        AddArray(p, all.ToArray(), NpgsqlDbType.Bigint);
    }

    private static void AddArray<T>(NpgsqlParameterCollection p, T[] values, NpgsqlDbType type) =>
        p.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = type | NpgsqlDbType.Array });

    private static DateTimeOffset? Utc(DateTimeOffset? at) => at?.ToUniversalTime();
}
