using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

/// <summary>What is stored must be readable for ever: each event has a golden file, written once, that it still reads and still writes.</summary>
public class GoldenTests
{
    public static TheoryData<string> EventTypes =>
        [.. typeof(SpaceEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(SpaceEvent)) && !t.IsAbstract).Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(EventTypes))]
    public void Event_IsStoredAsItsGoldenFileSays_AndReadBackTheSame(string type)
    {
        var sample = EventSamples.Of(type);
        var golden = Golden(type, Encoding.UTF8.GetString(SpaceJson.Write(sample)));

        Assert.Equal(Compact(golden), Compact(Encoding.UTF8.GetString(SpaceJson.Write(sample))));
        Assert.Equal(sample, SpaceJson.ReadEvent(Encoding.UTF8.GetBytes(Compact(golden))));
    }

    [Theory]
    [MemberData(nameof(EventTypes))]
    public void Event_HasAName_AStream_AnAnswerOnTheVersion_APhrase_AndNotices(string type)
    {
        var sample = EventSamples.Of(type);
        Assert.Matches("^[a-z]+(-[a-z]+)*$", SpaceJson.EventNames[sample.GetType()]);
        Assert.NotEmpty(SpaceEvents.StreamOf(sample));
        _ = SpaceEvents.RaisesAccessVersion(sample);
        Assert.All(SpaceEvents.DueOf(sample), due => Assert.Contains(due.Kind, DueWork.Kinds));
        var about = TraceActs.AboutOf(sample);
        var phrase = TraceActs.Phrase(SpaceJson.EventNames[sample.GetType()], about);
        Assert.DoesNotContain("{0}", phrase, StringComparison.Ordinal);
        Assert.True(about is null || phrase.Contains(about, StringComparison.Ordinal));
        Assert.DoesNotMatch("  | $|\\(\\)", phrase);
        Assert.All(Notices.Of(Life.OpenNewborn().State, sample), notice => Assert.NotEmpty(notice.Text));
    }

    [Fact]
    public void EventNames_AreDistinct() => Assert.Equal(SpaceJson.EventNames.Count, SpaceJson.EventNames.Values.Distinct().Count());

    [Fact]
    public void TraceLine_IsStoredAsItsGoldenFileSays_AndReadBack()
    {
        var line = TraceFrenchTests.Consulted;
        var written = JsonSerializer.Serialize(line, SpaceJson.Options);
        var golden = Golden(nameof(TraceLine), written);
        Assert.Equal(Compact(golden), Compact(written));
        Assert.Equal(written, JsonSerializer.Serialize(JsonSerializer.Deserialize<TraceLine>(written, SpaceJson.Options), SpaceJson.Options));
    }

    [Fact]
    public void UnknownEvent_OrUnknownMember_IsDamage()
    {
        Assert.Throws<JsonException>(() => SpaceJson.ReadEvent("""{"$type":"nothing-known"}"""u8));
        var extra = JsonNode.Parse(SpaceJson.Write(EventSamples.Of(nameof(AccountOpened))))!.AsObject();
        extra["extra"] = 1;
        Assert.Throws<JsonException>(() => SpaceJson.ReadEvent(Encoding.UTF8.GetBytes(extra.ToJsonString())));
    }

    [Theory]
    [InlineData("\"care\"")]
    [InlineData("[\"cure\"]")]
    [InlineData("[4]")]
    public void Flags_OtherThanKnownNamesInAnArray_AreDamage(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Purposes>(json, SpaceJson.Options));

    [Fact]
    public void AccessState_SurvivesItsSnapshot()
    {
        var life = Life.OpenNewborn().LetIn(Doctor.Grant(), until: new(2026, 6, 30)).Do(new BlockActor(Nurse.Grant(), Mother.AsDelegate()))
            .Do(new BreakGlass(Id(9), "r", "p", Urgentist)).Do(new LabelDocument("0001-doc", Labels.InvisiblePatient, Hospital))
            .Do(new Pair(Id(7), App.Grant(), "urn:oid:1.2.250.1.999.1", "user-42", Categories.None, Categories.Measures, Mother.AsDelegate()))
            .Do(new NameTrustedPerson("Marie Durand", null, Mother.AsDelegate())).Do(new DeclareMedecinTraitant(Colleague.Grant(), Registry));
        var json = JsonSerializer.Serialize(life.State, SpaceJson.Options);
        var read = JsonSerializer.Deserialize<AccessState>(json, SpaceJson.Options);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(JsonSerializer.Serialize(read, SpaceJson.Options))));
    }

    [Fact]
    public void NothingPersonal_IsPrintedByToString()
    {
        var life = Life.OpenNewborn().LetIn(Doctor.Grant());
        object[] printed = [.. EventSamples.All, life.State, new SpaceState(life.State), TraceFrenchTests.Consulted, Doctor.Grant(),
            life.State.Consent, life.State.Consent.Of(Doctor.Identifier)!, new BreakGlass(Id(1), "secret", "secret", Doctor), life.Ask(Doctor)];
        Assert.All(printed, each =>
        {
            Assert.DoesNotContain("Durand", each.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("Martin", each.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("secret", each.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("10000000001", each.ToString(), StringComparison.Ordinal);
        });
    }

    private static string Golden(string name, string written)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.json");
        Assert.True(File.Exists(path), $"Golden/{name}.json is missing. If this form is final, it holds:\n{written}");
        return File.ReadAllText(path);
    }

    /// <summary>Same members in the same order, whatever the white space and escapes.</summary>
    private static string Compact(string json) => JsonNode.Parse(json)!.ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
