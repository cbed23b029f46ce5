using Npgsql;
using Sante.DirectoryFiles;
using Sante.Foundations.FinessDirectory;
using Sante.Foundations.Files;
using Sante.Foundations.RppsDirectory;
using Sante.Testing;

namespace Sante.Foundations.Tests;

/// <summary>A database of its own with the schema of the directories, and what tests load into it.</summary>
internal sealed class Nation : IAsyncDisposable
{
    private readonly TestDatabase database;

    private Nation(TestDatabase database) =>
        (this.database, Migrator, Api) = (database, NpgsqlDataSource.Create(database.MainMigrator), NpgsqlDataSource.Create(database.Main));

    /// <summary>Loads as the owner does.</summary>
    public NpgsqlDataSource Migrator { get; }

    /// <summary>Reads as the API does.</summary>
    public NpgsqlDataSource Api { get; }

    public static async Task<Nation> EmptyAsync() => new(await TestDatabase.CreateAsync(typeof(RppsLoader).Assembly));

    /// <summary>A synthetic nation, loaded.</summary>
    public static async Task<(Nation Nation, SyntheticDirectory People)> OfAsync(int sites, int rows)
    {
        var nation = await EmptyAsync();
        var people = new SyntheticDirectory(1, sites);
        await nation.LoadFinessAsync(people);
        await nation.LoadRppsAsync(people, rows);
        return (nation, people);
    }

    public async Task<LoadReport> LoadFinessAsync(SyntheticDirectory people, int wrong = 0, bool latin1 = false)
    {
        using var file = new MemoryStream();
        await FinessFile.WriteAsync(file, people, new DateOnly(2026, 11, 21), latin1, wrong);
        return await LoadFinessAsync(file.ToArray());
    }

    public async Task<LoadReport> LoadFinessAsync(byte[] file, bool mayShrink = false)
    {
        using var stream = new MemoryStream(file);
        return (await new FinessLoader(Migrator).LoadAsync(stream, "finess.csv", mayShrink)).Value;
    }

    public async Task<LoadReport> LoadRppsAsync(SyntheticDirectory people, int rows, int wrong = 0) => await LoadRppsAsync(await RppsBytesAsync(people, rows, wrong));

    public async Task<LoadReport> LoadRppsAsync(byte[] file, bool mayShrink = false)
    {
        using var stream = new MemoryStream(file);
        return (await new RppsLoader(Migrator).LoadAsync(stream, "rpps.txt", mayShrink)).Value;
    }

    public static async Task<byte[]> RppsBytesAsync(SyntheticDirectory people, int rows, int wrong = 0)
    {
        using var file = new MemoryStream();
        await RppsFile.WriteAsync(file, people, rows, wrong);
        return file.ToArray();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        // Constants of the tests.
#pragma warning disable CA2100
        await using var command = Api.CreateCommand(sql);
#pragma warning restore CA2100
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Migrator.DisposeAsync();
        await Api.DisposeAsync();
        await database.DisposeAsync();
    }
}
