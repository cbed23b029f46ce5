using System.Text;
using Sante.DirectoryFiles;
using Sante.Foundations.RppsDirectory;

namespace Sante.Foundations.Tests;

public sealed class RppsLoaderTests
{
    [Fact]
    public async Task Load_SyntheticNation_HoldsEveryPersonAndActivity()
    {
        await using var nation = await Nation.EmptyAsync();
        var people = new SyntheticDirectory(1, 500);
        var file = await Nation.RppsBytesAsync(people, 3000);
        var persons = Encoding.UTF8.GetString(file).Split('\n').Skip(1).Where(line => line.Length > 0).Select(line => line.Split('|')[2]).Distinct().Count();

        var report = await nation.LoadRppsAsync(file);

        Assert.Equal(3000, report.Rows);
        Assert.Equal(0, report.Problems.Wrong);
        Assert.Equal(persons, report.Counts["practitioner"]);
        Assert.Equal(persons, await nation.ScalarAsync<long>("SELECT count(*) FROM directory.practitioner WHERE active AND version = 1"));
        var first = people.Practitioner(0);
        Assert.Equal(first.Family, await nation.ScalarAsync<string>($"SELECT family FROM directory.practitioner WHERE identifier = '{first.Identifier}'"));
        Assert.Equal(0L, await nation.ScalarAsync<long>("SELECT count(*) FROM directory.activity LEFT JOIN directory.practitioner USING (practitioner_id) WHERE family IS NULL"));
        Assert.Equal("Médecin", await nation.ScalarAsync<string>("SELECT label FROM directory.term WHERE term_table = 'G15' AND code = '10'"));
    }

    [Fact]
    public async Task Load_OfficialSample_KeepsBothWorkSituationsOfOnePerson()
    {
        await using var nation = await Nation.EmptyAsync();

        // The sample was made anonymous by hand and its two numbers differ by a digit: put right here.
        var sample = await File.ReadAllTextAsync(RppsRows.Sample("2WorkSituations_sample.txt"), TestContext.Current.CancellationToken);

        var report = await nation.LoadRppsAsync(Encoding.UTF8.GetBytes(sample.Replace("|810107592544|", "|810107582544|", StringComparison.Ordinal)));

        Assert.Equal(2, report.Counts["activity"]);
        Assert.Equal(1, report.Counts["practitioner"]);
        Assert.Equal(2, report.Counts["structure"]);
        Assert.Equal("ECCICA SUARELLA", await nation.ScalarAsync<string>("SELECT city FROM directory.structure WHERE structure_id = 'R10100000240453'"));
    }

    [Fact]
    public async Task Load_RowsThatDifferBySkill_AreOneActivityWithBoth()
    {
        await using var nation = await Nation.EmptyAsync();
        var file = RppsRows.File56(
            RppsRows.Row("10000000009"), RppsRows.Row("10000000009", (16, "SM04")), RppsRows.Row("10000000009"), RppsRows.Row("10000000009", (14, ""), (16, ""), (18, "S")));

        await nation.LoadRppsAsync(file);

        Assert.Equal(["S:SM04", "S:SM54"], await nation.ScalarAsync<string[]>("SELECT skills FROM directory.activity WHERE mode = 'L'"));
        Assert.Equal(2L, await nation.ScalarAsync<long>("SELECT count(*) FROM directory.activity"));
        Assert.Equal(["S:SM04", "S:SM54"], await nation.ScalarAsync<string[]>("SELECT skills FROM directory.practitioner"));
        Assert.Equal(["10:C"], await nation.ScalarAsync<string[]>("SELECT professions FROM directory.practitioner"));
    }

    [Fact]
    public async Task Load_NewProfession_NeedsNoCode()
    {
        await using var nation = await Nation.EmptyAsync();

        await nation.LoadRppsAsync(RppsRows.File56(RppsRows.Row("10000000009", (10, "99"), (11, "Assistant en santé numérique"), (14, ""), (16, ""))));

        Assert.Equal("Assistant en santé numérique", await nation.ScalarAsync<string>("SELECT label FROM directory.term WHERE term_table = 'G15' AND code = '99'"));
        Assert.Equal(["P-99", "R09-C"], await nation.ScalarAsync<string[]>("SELECT array_agg(t ORDER BY t) FROM directory.practitioner, unnest(tokens) t"));
    }

    [Fact]
    public async Task Load_WrongRowsOfEveryKind_AreCountedByReasonAndTheRestIsLoaded()
    {
        await using var nation = await Nation.EmptyAsync();

        var report = await nation.LoadRppsAsync(new SyntheticDirectory(1, 100), rows: 1000, wrong: 10);

        Assert.Equal(1010, report.Rows);
        Assert.Equal(
            [("column-count", 2L), ("identifier-malformed", 2L), ("identifier-type-unknown", 2L), ("name-missing", 2L), ("national-id-differs", 2L)],
            report.Problems.ByReason.Select(reason => (reason.Key, reason.Value)));
        Assert.Equal(10L, await nation.ScalarAsync<long>("SELECT rows_wrong FROM directory.edition"));
    }

    [Fact]
    public async Task Load_SameFileAgain_ChangesNothing()
    {
        await using var nation = await Nation.EmptyAsync();
        var people = new SyntheticDirectory(1, 100);
        await nation.LoadRppsAsync(people, 1000);
        const string fingerprint = "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM (SELECT p::text FROM directory.practitioner p UNION ALL SELECT a::text FROM directory.activity a UNION ALL SELECT s::text FROM directory.structure s) t";
        var before = await nation.ScalarAsync<string>(fingerprint);

        await nation.LoadRppsAsync(people, 1000);

        Assert.Equal(before, await nation.ScalarAsync<string>(fingerprint));
    }

    [Fact]
    public async Task Load_PersonNoLongerInTheFile_StaysKnownAsInactive()
    {
        await using var nation = await Nation.EmptyAsync();
        await nation.LoadRppsAsync(RppsRows.File56(RppsRows.Row("10000000009"), RppsRows.Row("10000000017", (8, "PARTIE"))));

        await nation.LoadRppsAsync(RppsRows.File56(RppsRows.Row("10000000009")), mayShrink: true);

        Assert.Equal("PARTIE 2", await nation.ScalarAsync<string>("SELECT family || ' ' || version FROM directory.practitioner WHERE NOT active"));
        Assert.Equal(1L, await nation.ScalarAsync<long>("SELECT count(*) FROM directory.activity"));
    }

    [Fact]
    public async Task Load_HalfOfTheFile_IsRefusedAndChangesNothing()
    {
        await using var nation = await Nation.EmptyAsync();
        var people = new SyntheticDirectory(1, 100);
        await nation.LoadRppsAsync(people, 1000);
        var file = await Nation.RppsBytesAsync(people, 1000);
        using var half = new MemoryStream(file[..(file.Length / 2)]);

        var refused = await new RppsLoader(nation.Migrator).LoadAsync(half, "half.txt", cancel: TestContext.Current.CancellationToken);

        Assert.Equal("directory-load-shrinks", refused.Refusal?.Code);
        Assert.Equal(0L, await nation.ScalarAsync<long>("SELECT count(*) FROM directory.practitioner WHERE NOT active"));
        Assert.Equal(1L, await nation.ScalarAsync<long>("SELECT count(*) FROM directory.edition"));
    }

    [Fact]
    public async Task Load_RowOfAKnownPersonIsWrong_LeavesWhatWasKnown()
    {
        await using var nation = await Nation.EmptyAsync();
        await nation.LoadRppsAsync(RppsRows.File56(RppsRows.Row("10000000009"), RppsRows.Row("10000000017", (8, "CONNUE"))));

        await nation.LoadRppsAsync(RppsRows.File56(RppsRows.Row("10000000009"), RppsRows.Row("10000000017", (8, ""))));

        Assert.Equal("CONNUE 1", await nation.ScalarAsync<string>("SELECT family || ' ' || version FROM directory.practitioner WHERE identifier = '10000000017' AND active"));
        Assert.Equal(2L, await nation.ScalarAsync<long>("SELECT count(*) FROM directory.activity"));
    }

    [Fact]
    public async Task Load_WhileAnotherRuns_IsRefused()
    {
        await using var nation = await Nation.EmptyAsync();
        await using var slow = new HeldStream(RppsRows.File56(RppsRows.Row("10000000009")));
        var first = new RppsLoader(nation.Migrator).LoadAsync(slow, "slow.txt", cancel: TestContext.Current.CancellationToken);
        await slow.Asked;

        using var second = new MemoryStream(RppsRows.File56(RppsRows.Row("10000000009")));
        var refused = await new RppsLoader(nation.Migrator).LoadAsync(second, "second.txt", cancel: TestContext.Current.CancellationToken);
        slow.Release();

        Assert.Equal("directory-load-running", refused.Refusal?.Code);
        Assert.Equal(1, (await first).Value.Rows);
    }

    [Fact]
    public async Task Load_CancelledInTheMiddle_ChangesNothingAndTheNextLoadWorks()
    {
        await using var nation = await Nation.EmptyAsync();
        await nation.LoadRppsAsync(RppsRows.File56(RppsRows.Row("10000000009")));
        using var stop = new CancellationTokenSource();
        await using var slow = new HeldStream(RppsRows.File56(RppsRows.Row("10000000009", (8, "CHANGEE"))), afterHeader: true);
        var load = new RppsLoader(nation.Migrator).LoadAsync(slow, "slow.txt", cancel: stop.Token);
        await slow.Asked;

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => load);
        Assert.Equal("D'AËION", await nation.ScalarAsync<string>("SELECT family FROM directory.practitioner"));
        var next = await nation.LoadRppsAsync(RppsRows.File56(RppsRows.Row("10000000009", (8, "CHANGEE"))));
        Assert.Equal(1, next.Rows);
        Assert.Equal("CHANGEE", await nation.ScalarAsync<string>("SELECT family FROM directory.practitioner"));
    }

    [Theory]
    [InlineData("DELETE FROM directory.practitioner")]
    [InlineData("UPDATE directory.structure SET name = 'x'")]
    [InlineData("INSERT INTO directory.term VALUES ('G15', '1', 'x')")]
    [InlineData("CREATE TABLE directory_next.practitioner (x int)")]
    public async Task Directory_IsReadOnlyToTheApi_AfterALoadToo(string sql)
    {
        await using var nation = await Nation.EmptyAsync();
        await nation.LoadRppsAsync(RppsRows.File56(RppsRows.Row("10000000009")));
#pragma warning disable CA2100 // constants of this test
        await using var command = nation.Api.CreateCommand(sql);
#pragma warning restore CA2100

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));

        Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task Reload_WhileOthersRead_AlwaysShowsAWholeDirectory()
    {
        await using var nation = await Nation.EmptyAsync();
        var people = new SyntheticDirectory(1, 100);
        await nation.LoadRppsAsync(people, 1000);
        var persons = await nation.ScalarAsync<long>("SELECT count(*) FROM directory.practitioner");
        var seen = new HashSet<long>();
        var loads = LoadAgainAsync(nation, people);
        while (!loads.IsCompleted)
        {
            seen.Add(await nation.ScalarAsync<long>("SELECT count(*) FROM directory.practitioner JOIN (SELECT DISTINCT practitioner_id FROM directory.activity) a USING (practitioner_id)"));
        }

        await loads;
        Assert.Equal([persons], seen);
    }

    private static async Task LoadAgainAsync(Nation nation, SyntheticDirectory people)
    {
        for (var i = 0; i < 5; i++)
        {
            await nation.LoadRppsAsync(people, 1000);
        }
    }

    /// <summary>A file that stops giving bytes until it is released.</summary>
    private sealed class HeldStream(byte[] bytes, bool afterHeader = false) : MemoryStream(bytes)
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool first = afterHeader;

        public Task Asked => asked.Task;

        public void Release() => released.SetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (first)
            {
                first = false;
                return await base.ReadAsync(buffer[..2000], cancellationToken);
            }

            asked.TrySetResult();
            await released.Task.WaitAsync(cancellationToken);
            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
