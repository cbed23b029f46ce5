using System.Text;
using Sante.Fhir;
using Sante.Fhir.Check;
using Sante.Simulators.Story;

namespace Sante.System.Tests;

/// <summary>What the story's systems send is right by the platform's own checks.</summary>
public sealed class StoryFeedsTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 10, 30, 0, TimeSpan.FromHours(1));
    private static readonly Newborn Child = new("ROCHERIVE", "LOU", new DateOnly(2026, 10, 1), "226103523890158", "urn:oid:1.2.250.1.213.1.4.10", "12-abcdefghijklmnopqrstuvwxyz");
    private static readonly DocumentAuthor Hospital = new("Dossier patient", null, "CENTRE HOSPITALIER", "https://finess.esante.gouv.fr", "350000001", "SA01", "ETABLISSEMENT");
    private static readonly DocumentAuthor Doctor = new("Dr Jeanne CLAIRLYS", "10101201234", "CABINET", "https://finess.esante.gouv.fr", "350000001", "SA07", "AMBULATOIRE");

    public static TheoryData<string, string> Feeds { get; } = new()
    {
        { "summary", Document(DocumentType.DischargeLetter, Hospital) },
        { "result", Document(DocumentType.LaboratoryReport, Hospital) },
        { "note", Document(DocumentType.ConsultationNote, Doctor) },
        { "weight", new WeightFeed("urn:oid:2.999.2680.1", "idpe", 3.610m, At).ToBundle().ToJsonString() },
        { "appointment", new AppointmentFeed("urn:oid:2.999.1", "1", Child.PatientId, "10101201234", "Dr Jeanne CLAIRLYS", "Cabinet", "Visite", At, At).ToResource().ToJsonString() },
    };

    [Theory]
    [MemberData(nameof(Feeds))]
    public void Feed_IsValid(string name, string json)
    {
        Assert.NotEmpty(name);
        Assert.True(FhirJson.Parse(Encoding.UTF8.GetBytes(json)).TryGet(out var resource, out var unreadable), string.Join(' ', unreadable));

        var issues = FhirCheck.Check(resource!, new FhirCheckOptions { Interaction = FhirInteraction.Create });

        Assert.Empty(issues.Where(issue => issue.Refuses).Select(issue => $"{issue.Code} {issue.Expression} {issue.Text}"));
    }

    [Fact]
    public void SameDocumentBuiltTwice_IsTheSameBytes() =>
        Assert.Equal(Document(DocumentType.DischargeLetter, Hospital), Document(DocumentType.DischargeLetter, Hospital));

    private static string Document(DocumentType type, DocumentAuthor author) =>
        new ProvidedDocument(StableId.Of("test"), type, "Lettre de liaison", Pdf.Page("Lettre", "Tout va bien (très bien)."), At, author).ToBundle(Child).ToJsonString();
}
