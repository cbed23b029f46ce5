using System.Text;
using System.Text.Json;
using Sante.Foundations.Identities;
using Sante.Kernel;

namespace Sante.Foundations.Tests;

/// <summary>What is stored must be readable for ever: each event has a golden file, written once, that it still reads and still writes.</summary>
public sealed class IdentityGoldenTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private static readonly ActorIdentifier By = new("https://finess.esante.gouv.fr", "010000024");
    private static readonly StoredTraits Traits = new("MARTIN", ["ANNE", "ZOE"], new DateOnly(1980, 1, 2), RegisteredSex.Female, "01053");
    private static readonly StoredMatricule Matricule = new("280010105300123", "1.2.250.1.213.1.4.10");
    private static readonly LocalIdentifier Local = new("urn:oid:1.2.3", "A7");

    private static readonly IdentityEvent[] Samples =
    [
        new IdentityCreated(Traits, "Anne MARTIN", "7-01abc", ["9-02def"], true, At, By),
        new MatriculeGiven(Matricule, At, By),
        new InsConfirmed(At, By),
        new DocumentSeen("CN", At, By),
        new AttributeChanged(IdentityAttributes.Homonyme, true, At, By),
        new TraitsCorrected(Traits, At, By),
        new LocalLinked(Local, At, By),
        new LocalUnlinked(Local, At, By),
        new IdentityAbsorbed(new Guid("00000000-0000-0000-0000-000000000001"), [Matricule], [Local], At, By),
        new IdentityMerged(new Guid("00000000-0000-0000-0000-000000000002"), At, By),
    ];

    public static TheoryData<string> EventTypes =>
        [.. typeof(IdentityEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(IdentityEvent))).Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(EventTypes))]
    public async Task Event_IsStoredAsItsGoldenFileSays_AndReadBack(string type)
    {
        var written = Encoding.UTF8.GetString(IdentityJson.Write([Samples.Single(sample => sample.GetType().Name == type)]));
        var golden = (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Golden", type + ".json"), TestContext.Current.CancellationToken)).TrimEnd();

        Assert.Equal(golden, written);
        Assert.Equal(golden, Encoding.UTF8.GetString(IdentityJson.Write(IdentityJson.Read(Encoding.UTF8.GetBytes(golden)))));
    }

    [Theory]
    [InlineData("""[{"$type":"nothing-known","at":"2026-03-04T05:06:07+00:00"}]""")]
    [InlineData("""[{"$type":"ins-confirmed","extra":1,"at":"2026-03-04T05:06:07+00:00","by":{"system":"a","value":"b"}}]""")]
    [InlineData("""[{"$type":"ins-confirmed","at":"2026-03-04T05:06:07+00:00"}]""")]
    public void Event_UnknownOrIncomplete_IsDamage(string stored) =>
        Assert.Throws<JsonException>(() => IdentityJson.Read(Encoding.UTF8.GetBytes(stored)));
}
