using System.Text;
using Npgsql;
using Sante.Foundations.Identities;
using Sante.Kernel;

namespace Sante.Foundations.Tests;

public sealed class InsRegistryTests
{
    private static readonly Actor Hospital = new(ActorKind.Structure, new ActorIdentifier(Finess.System, "010000024"), "CH de Fleyriat");
    private static readonly StrictTraits Zoe = Traits("SENTINELLE-NOM", "ZOÉ MARIE", "2026-11-20", "F", "01053");

    [Fact]
    public async Task Birth_GivesAMatriculeASpaceAndAQualifiedIdentity()
    {
        await using var registry = await Registry.StartAsync();

        var born = (await registry.Ins.EnterAsync(new NewIdentity(Zoe, "Zoé SENTINELLE-NOM", ByBirth: true), null, Hospital)).Value;

        Assert.StartsWith("2261101053", born.Matricule.Matricule, StringComparison.Ordinal);
        Assert.Null(Ins.TryParse(born.Matricule.Matricule, born.Matricule.Oid, InsEnvironment.Development).Refusal);
        Assert.Equal(IdentityStatus.Qualifiee, born.Status);
        var birth = Assert.Single(registry.Births);
        Assert.Equal((born.Space, born.Patient, "Zoé SENTINELLE-NOM"), (birth.Space, birth.Patient.ToString(), birth.HolderName));
        Assert.Equal(born.Space, await registry.Ins.FindSpaceAsync(InsOf(born)));
        Assert.Contains($"\"value\":\"{born.Matricule.Matricule}\"", Encoding.UTF8.GetString(birth.PatientJson.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Birth_SentTwiceWithItsKey_IsOneBirthWithTheSameAnswer()
    {
        await using var registry = await Registry.StartAsync();
        var entered = new NewIdentity(Zoe, "Zoé SENTINELLE-NOM", ByBirth: true);

        var first = (await registry.Ins.EnterAsync(entered, "key-1", Hospital)).Value;
        var again = (await registry.Ins.EnterAsync(entered, "key-1", Hospital)).Value;
        var other = await registry.Ins.EnterAsync(entered, "key-2", Hospital);

        Assert.Equal(first, again);
        Assert.Equal("identity-exists", other.Refusal?.Code);
        Assert.Equal(1L, await CountAsync(registry));
    }

    [Fact]
    public async Task Birth_WhoseSpaceCouldNotBegin_IsHealedByTheRepeat()
    {
        await using var registry = await Registry.StartAsync();
        var entered = new NewIdentity(Zoe, "Zoé SENTINELLE-NOM", ByBirth: true);
        registry.SpacesAway = true;
        Assert.Equal("database-unavailable", (await registry.Ins.EnterAsync(entered, "key-1", Hospital)).Refusal?.Code);
        registry.SpacesAway = false;

        var healed = (await registry.Ins.EnterAsync(entered, "key-1", Hospital)).Value;

        Assert.Equal(healed.Space, Assert.Single(registry.Births).Space);
        Assert.Equal(1L, await CountAsync(registry));
    }

    [Fact]
    public async Task Search_OfSomeoneWhoseSpaceNeverBegan_BeginsItAndWritesTheLine()
    {
        await using var registry = await Registry.StartAsync();
        registry.SpacesAway = true;
        await registry.Ins.EnterAsync(new NewIdentity(Zoe, "Zoé SENTINELLE-NOM", ByBirth: true), "key-1", Hospital);
        registry.SpacesAway = false;

        var found = (await registry.Ins.SearchAsync(new TraitSearch(Zoe.Family, "MARIE", Zoe.BirthOn, Zoe.Sex, null), Hospital)).Value;

        Assert.Equal("00", found.Code);
        Assert.Equal(["born", "FoundByTraits:010000024"], await registry.LinesAsync(Assert.Single(registry.Births).Space));
    }

    [Fact]
    public async Task Births_OfTheSamePlaceAndMonthAtOnce_HaveDistinctMatricules()
    {
        await using var registry = await Registry.StartAsync();
        var names = "ALBA BELA CARA DORA EMMA FINA GAIA HEDI IRIS JADE KIRA LOLA".Split(' ');

        var born = await Task.WhenAll(names.Select(name =>
            registry.Ins.EnterAsync(new NewIdentity(Traits("PLUSIEURS", name, "2026-11-02", "F", "01053"), name + " PLUSIEURS", ByBirth: true), name, Hospital)));

        Assert.Equal(names.Length, born.Select(one => one.Value.Matricule).Distinct().Count());
    }

    [Fact]
    public async Task Births_OfTheSameChildAtTheSameMoment_AreOneBirth()
    {
        await using var registry = await Registry.StartAsync();

        var born = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            registry.Ins.EnterAsync(new NewIdentity(Zoe, "Zoé SENTINELLE-NOM", ByBirth: true), null, Hospital)));

        Assert.Single(born, one => one.Refusal is null);
        Assert.All(born.Where(one => one.Refusal is not null), one => Assert.Equal("identity-exists", one.Refusal!.Code));
        Assert.Equal(1L, await CountAsync(registry));
    }

    [Fact]
    public async Task Request_SentEightTimesAtOnce_IsOneBirthWithOneAnswer()
    {
        await using var registry = await Registry.StartAsync();

        var born = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            registry.Ins.EnterAsync(new NewIdentity(Zoe, "Zoé SENTINELLE-NOM", ByBirth: true), "key", Hospital)));

        Assert.Single(born.Select(one => one.Value).Distinct());
        Assert.Equal(1L, await CountAsync(registry));
    }

    [Fact]
    public async Task Parents_AreNamedToTheSpaceAndMustExist()
    {
        await using var registry = await Registry.StartAsync();
        var mother = await ImportAsync(registry, "SENTINELLE-NOM", "CLARA", "1995-05-06", 1);

        await registry.Ins.EnterAsync(new NewIdentity(Zoe, "Zoé SENTINELLE-NOM", ByBirth: true, Parents: [mother.Patient]), null, Hospital);
        var orphan = await registry.Ins.EnterAsync(new NewIdentity(Traits("AUTRE", "LEA", "2026-11-20", "F", "01053"), "Léa AUTRE", ByBirth: true, Parents: ["1-unknown"]), null, Hospital);

        Assert.Equal([(mother.Patient, "CLARA SENTINELLE-NOM")], registry.Births[^1].Representatives.Select(parent => (parent.Patient.ToString(), parent.Name)));
        Assert.Equal("identity-parent-unknown", orphan.Refusal?.Code);
    }

    [Fact]
    public async Task Search_AnswersOneNoneOrSeveral_AndWritesItsLineWhereItBelongs()
    {
        await using var registry = await Registry.StartAsync();
        var anne = await ImportAsync(registry, "MARTIN", "ANNE ZOE", "1980-01-02", 1);
        await ImportAsync(registry, "MARTIN", "ANNE LOU", "1980-01-02", 2, place: "75056");

        var one = (await registry.Ins.SearchAsync(Search("martin", "zoé"), Hospital)).Value;
        var none = (await registry.Ins.SearchAsync(Search("MARTIN", "PAULE"), Hospital)).Value;
        var several = (await registry.Ins.SearchAsync(Search("MARTIN", "ANNE"), Hospital)).Value;
        var narrowed = (await registry.Ins.SearchAsync(Search("MARTIN", "ANNE") with { BirthPlace = "01053" }, Hospital)).Value;

        Assert.Equal(["00", "01", "02", "00"], new[] { one, none, several, narrowed }.Select(answer => answer.Code));
        Assert.Equal(anne.Matricule, one.Identity!.Matricule);
        Assert.Null(several.Identity);
        Assert.Equal(["born", "FoundByTraits:010000024", "FoundByTraits:010000024"], await registry.LinesAsync(anne.Space));
        Assert.Equal(["NotFound:010000024", "NotFound:010000024"], await registry.LinesAsync(await registry.Ledger.ActorSpaceAsync(Hospital.Identifier)));
    }

    [Fact]
    public async Task Search_ByFormerMatricule_FindsThePersonWithHerHistory()
    {
        await using var registry = await Registry.StartAsync();
        var anne = await ImportAsync(registry, "MARTIN", "ANNE", "1980-01-02", 1);
        var next = Ins.OfNumber("1800101053007", InsOid.NirTest, InsEnvironment.Development).Value;

        await registry.Ins.ChangeAsync(anne.Space, new GiveMatricule(next, Hospital.Identifier));
        var found = (await registry.Ins.SearchAsync(InsOf(anne), Hospital)).Value;

        Assert.Equal("00", found.Code);
        Assert.Equal(IdentityLife.Stored(next), found.Identity!.Matricule);
        Assert.Equal(anne.Matricule, Assert.Single(found.Identity.History).Matricule);
    }

    [Fact]
    public async Task Matricule_OfAnother_IsRefused()
    {
        await using var registry = await Registry.StartAsync();
        var anne = await ImportAsync(registry, "MARTIN", "ANNE", "1980-01-02", 1);
        var lea = await ImportAsync(registry, "DURAND", "LEA", "1981-01-02", 2);

        Assert.Equal("identity-exists", (await registry.Ins.ChangeAsync(lea.Space, new GiveMatricule(InsOf(anne), Hospital.Identifier))).Refusal?.Code);
    }

    [Fact]
    public async Task LocalNumbers_CrossBothWays_AndSetsCountRightByIns()
    {
        await using var registry = await Registry.StartAsync();
        var people = new List<EnteredIdentity>();
        for (var i = 1; i <= 10; i++)
        {
            people.Add(await ImportAsync(registry, "MARTIN", "ANNE", $"19{60 + i}-01-02", i));
        }

        // Three establishments know 13 records of the ten persons: counted by their own numbers there are 30 % too many.
        var records = people.Select((person, i) => (Person: person, System: "urn:oid:1.2.3", Value: $"A{i}"))
            .Concat(people.Take(3).Select((person, i) => (Person: person, System: "urn:oid:4.5.6", Value: $"B{i}"))).ToList();
        foreach (var record in records)
        {
            Assert.Null((await registry.Ins.LinkLocalAsync(InsOf(record.Person), new LocalIdentifier(record.System, record.Value), Hospital)).Refusal);
        }

        var byNumber = new List<StoredMatricule?>();
        foreach (var record in records)
        {
            byNumber.Add((await registry.Ins.SearchAsync(new LocalIdentifier(record.System, record.Value), Hospital)).Value.Identity?.Matricule);
        }

        Assert.Equal((13, 10), (records.Count, byNumber.Distinct().Count()));
        Assert.Equal(["A0", "B0"], (await registry.Ins.SearchAsync(InsOf(people[0]), Hospital)).Value.Identity!.Locals.Select(local => local.Value));
        Assert.Equal("identity-local-taken", (await registry.Ins.LinkLocalAsync(InsOf(people[1]), new LocalIdentifier("urn:oid:1.2.3", "A0"), Hospital)).Refusal?.Code);
    }

    [Fact]
    public async Task Duplicate_IsFoundAndMerged_ItsMatriculeLeadsToTheSurvivor()
    {
        await using var registry = await Registry.StartAsync();
        var kept = await ImportAsync(registry, "MARTIN", "ANNE", "1980-01-02", 1);
        var twice = await ImportAsync(registry, "MARTYN", "ANNE", "1980-01-02", 2);
        await registry.Ins.LinkLocalAsync(InsOf(twice), new LocalIdentifier("urn:oid:1.2.3", "A7"), Hospital);

        Assert.Equal([(twice.Space, Resemblance.Possible)], await registry.Ins.DuplicatesOfAsync(kept.Space));
        Assert.Null(await registry.Ins.MergeAsync(kept.Space, twice.Space, Hospital));
        Assert.Null(await registry.Ins.MergeAsync(kept.Space, twice.Space, Hospital));

        Assert.Equal(kept.Space, await registry.Ins.FindSpaceAsync(InsOf(twice)));
        Assert.Equal(kept.Matricule, (await registry.Ins.SearchAsync(new LocalIdentifier("urn:oid:1.2.3", "A7"), Hospital)).Value.Identity!.Matricule);
        Assert.Equal("01", (await registry.Ins.SearchAsync(Search("MARTYN", "ANNE"), Hospital)).Value.Code);
        Assert.Empty(await registry.Ins.DuplicatesOfAsync(kept.Space));
        Assert.Contains("Merged:010000024", await registry.LinesAsync(twice.Space));
        Assert.Contains("Merged:010000024", await registry.LinesAsync(kept.Space));
    }

    [Fact]
    public async Task EnterAll_IsAllOrNothing()
    {
        await using var registry = await Registry.StartAsync();
        NewIdentity Person(int order, string given) => new(
            Traits("MARTIN", given, "1980-01-02", "F", "01053"), given + " MARTIN", ByBirth: false, Ins.OfNumber($"2800101053{order:000}", InsOid.NirTest, InsEnvironment.Development).Value);

        Assert.Null(await registry.Ins.EnterAllAsync([Person(1, "ANNE"), Person(2, "LEA")], Hospital));
        Assert.Equal("identity-exists", (await registry.Ins.EnterAllAsync([Person(3, "ZOE"), Person(2, "INES")], Hospital))?.Code);
        Assert.Equal("identity-exists", (await registry.Ins.EnterAllAsync([Person(4, "LOU"), Person(4, "NINA")], Hospital))?.Code);

        Assert.Equal(2L, await CountAsync(registry));
    }

    [Fact]
    public async Task Match_OfAPivotIdentity_NeedsEveryFirstNameAndNoDoubt()
    {
        await using var registry = await Registry.StartAsync();
        var anne = await ImportAsync(registry, "MARTIN", "ANNE ZOE", "1980-01-02", 1);

        Assert.Equal((anne.Patient, "ANNE MARTIN"), (await registry.Ins.MatchAsync(Traits("Martin", "Anne Zoé", "1980-01-02", "F", "01053"))).Value);
        Assert.Equal("identity-unknown", (await registry.Ins.MatchAsync(Traits("Martin", "Anne", "1980-01-02", "F", "01053"))).Refusal?.Code);
        Assert.Equal("identity-unknown", (await registry.Ins.MatchAsync(Traits("Martin", "Anne Zoé", "1980-01-02", "F", "75056"))).Refusal?.Code);
    }

    [Fact]
    public async Task Tables_HoldNoNameMatriculeOrTraitInClear()
    {
        await using var registry = await Registry.StartAsync();
        var born = (await registry.Ins.EnterAsync(new NewIdentity(Zoe, "Zoé SENTINELLE-NOM", ByBirth: true), "SENTINELLE-CLE", Hospital)).Value;
        await registry.Ins.LinkLocalAsync(InsOf(born), new LocalIdentifier("urn:oid:1.2.3", "SENTINELLE-IPP"), Hospital);

        var stored = new StringBuilder();
        foreach (var table in new[] { "ins.identity", "ins.token", "ledger.trace", "ledger.space" })
        {
            await using var connection = await registry.Main.OpenConnectionAsync(TestContext.Current.CancellationToken);
            await using var copy = await connection.BeginRawBinaryCopyAsync($"COPY (SELECT * FROM {table}) TO STDOUT (FORMAT binary)", TestContext.Current.CancellationToken);
            using var bytes = new MemoryStream();
            await copy.CopyToAsync(bytes, TestContext.Current.CancellationToken);
            Assert.True(bytes.Length > 40, table);
            stored.Append(Encoding.Latin1.GetString(bytes.ToArray()));
        }

        foreach (var sentinel in new[] { "SENTINELLE", "2026-11-20", born.Matricule.Matricule, born.Matricule.Matricule[..13], "01053", "MARIE", born.Patient })
        {
            Assert.DoesNotContain(sentinel, stored.ToString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Rows_MovedToAnotherSpace_DoNotOpen()
    {
        await using var registry = await Registry.StartAsync();
        var anne = await ImportAsync(registry, "MARTIN", "ANNE", "1980-01-02", 1);
        var lea = await ImportAsync(registry, "DURAND", "LEA", "1981-01-02", 2);
        await using var command = registry.Main.CreateCommand("UPDATE ins.identity SET (row_id, body) = (SELECT row_id, body FROM ins.identity WHERE space_id = $1) WHERE space_id = $2");
        command.Parameters.Add(new NpgsqlParameter { Value = anne.Space.Value });
        command.Parameters.Add(new NpgsqlParameter { Value = lea.Space.Value });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() => registry.Ins.FindAsync(lea.Space));
    }

    private static StrictTraits Traits(string family, string given, string birthOn, string sex, string place) => StrictTraits.TryCreate(family, [given], birthOn, sex, place).Value;

    private static TraitSearch Search(string family, string given) => new(family, given, new DateOnly(1980, 1, 2), RegisteredSex.Female, null);

    private static Ins InsOf(EnteredIdentity one) => Ins.TryParse(one.Matricule.Matricule, one.Matricule.Oid, InsEnvironment.Development).Value;

    private static async Task<EnteredIdentity> ImportAsync(Registry registry, string family, string given, string birthOn, int order, string place = "01053")
    {
        var ins = Ins.OfNumber($"2{birthOn[2..4]}{birthOn[5..7]}{place}{order:000}", InsOid.NirTest, InsEnvironment.Development).Value;
        return (await registry.Ins.EnterAsync(
            new NewIdentity(Traits(family, given, birthOn, "F", place), $"{given.Split(' ')[0]} {family}", ByBirth: false, ins), null, Hospital)).Value;
    }

    private static async Task<long> CountAsync(Registry registry)
    {
        await using var command = registry.Main.CreateCommand("SELECT count(*) FROM ins.identity");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
