using System.Net;
using Npgsql;
using Sante.DirectoryFiles;
using Sante.Foundations.RppsDirectory;
using Sante.Kernel;
using Sante.Space.Tests.FhirApi;

namespace Sante.Space.Tests.Api;

/// <summary>A professional who leaves the national directory is struck off on every front-end with the new edition, and is let in again with his return.</summary>
public sealed class DirectoryDepartureTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    private const int People = 40;

    [Fact]
    public async Task LeavingTheDirectory_StrikesOff_AndReturning_LetsInAgain()
    {
        var everybody = EverybodyOf(new SyntheticDirectory(7, 3));
        var (leaving, staying) = (DoctorOf(everybody[0]), DoctorOf(everybody[1]));
        var family = await BornAsync();
        var document = await FeedDocumentAsync(family);
        await LetInAsync(family, leaving.Actor);
        await LetInAsync(family, staying.Actor);
        await LoadAsync(everybody);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], await ReadAsync(document, leaving, staying));

        await LoadAsync(everybody.Skip(1));
        await HeardAsync(leaving.Actor, isStruckOff: true);
        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.OK], await ReadAsync(document, leaving, staying));

        await LoadAsync(everybody);
        await HeardAsync(leaving.Actor, isStruckOff: false);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], await ReadAsync(document, leaving, staying));
    }

    [Fact]
    public async Task StruckOffByAnOperator_StaysSo_WhateverTheDirectorySays()
    {
        var everybody = EverybodyOf(new SyntheticDirectory(7, 3)).Skip(5).ToList();
        var doctor = DoctorOf(everybody[0]);
        var world = Fixture.Api.Ledger.World;
        Assert.True(await world.SetFactAsync(WorldFacts.StruckOff(doctor.Actor.Identifier), true));

        await LoadAsync(everybody.Skip(1));
        await LoadAsync(everybody);

        // A clean sweep of both loads has been heard when a later version has.
        Assert.True(await world.SetFactAsync("app-suspended:nobody", true));
        Assert.True(world.Holds(WorldFacts.StruckOff(doctor.Actor.Identifier)));
    }

    private FhirClient DoctorOf(SyntheticPractitioner person) =>
        As(Tests.People.Doctor with { Identifier = new(Rpps.System, person.Identifier), Name = "Dr Test" });

    private static async Task<IReadOnlyList<HttpStatusCode>> ReadAsync(string document, params FhirClient[] doctors)
    {
        var statuses = new List<HttpStatusCode>();
        foreach (var doctor in doctors)
            statuses.Add((await doctor.GetAsync($"/DocumentReference/{document}")).Status);
        return statuses;
    }

    private async Task HeardAsync(Actor doctor, bool isStruckOff)
    {
        for (var since = TimeProvider.System.GetTimestamp(); Fixture.Api.Ledger.World.Holds(WorldFacts.StruckOff(doctor.Identifier)) != isStruckOff; await Task.Yield())
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(10), "not heard");
    }

    /// <summary>Those with an RPPS number.</summary>
    private static List<SyntheticPractitioner> EverybodyOf(SyntheticDirectory directory) =>
        [.. Enumerable.Range(0, People).Select(number => directory.Practitioner(number)).Where(person => person.IdType == '8')];

    private async Task LoadAsync(IEnumerable<SyntheticPractitioner> people)
    {
        await using var migrator = NpgsqlDataSource.Create(Fixture.Database.MainMigrator);
        using var file = new MemoryStream();
        await RppsFile.WriteAsync(file, people);
        file.Position = 0;
        Assert.Null((await new RppsLoader(migrator).LoadAsync(file, "rpps.txt", mayShrink: true, cancel: TestContext.Current.CancellationToken)).Refusal);
    }
}
