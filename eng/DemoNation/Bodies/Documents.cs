using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sante.Kernel;

namespace Sante.DemoNation;

/// <summary>A type of document of the nation.</summary>
/// <param name="Code">JDV_J66 code.</param>
/// <param name="System">Its code system.</param>
/// <param name="Label">JDV_J66 label.</param>
/// <param name="Class">JDV_J57 code of its class.</param>
/// <param name="ClassLabel">Label of the class.</param>
public sealed record DocumentKind(string Code, string System, string Label, string Class, string ClassLabel)
{
    private const string Loinc = "http://loinc.org";

    public static DocumentKind Consultation { get; } = new("11488-4", Loinc, "CR ou fiche de consultation ou de visite", "10", "Compte rendu");
    public static DocumentKind HospitalStay { get; } = new("34112-3", Loinc, "CR hospitalier (séjour)", "10", "Compte rendu");
    public static DocumentKind Discharge { get; } = new("34133-9", Loinc, "Synthèse d'épisode de soins", "11", "Synthèse");
    public static DocumentKind Biology { get; } = new("11502-2", Loinc, "CR d'examens biologiques", "10", "Compte rendu");
    public static DocumentKind Prescription { get; } = new("57833-6", Loinc, "Prescription de produits de santé", "42", "Prescription");
    public static DocumentKind MedicalSummary { get; } = new("60591-5", Loinc, "Synthèse médicale", "11", "Synthèse");
    public static DocumentKind Vaccination { get; } = new("87273-9", Loinc, "Note de vaccination", "52", "Certificat, déclaration");
    public static DocumentKind OfPatient { get; } =
        new("DOCPAT07", "https://mos.esante.gouv.fr/NOS/TRE_A05-TypeDocComplementaire/FHIR/TRE-A05-TypeDocComplementaire", "Certificat déposé par le patient", "52", "Certificat, déclaration");
}

/// <summary>One document before it becomes resources.</summary>
/// <param name="Kind">Type and class.</param>
/// <param name="Title">Of the document and its PDF.</param>
/// <param name="Text">Lines of the PDF.</param>
/// <param name="At">When it was written.</param>
/// <param name="Author">The professional, or the citizen for his own.</param>
/// <param name="By">Who deposits it: the author or the structure's system.</param>
/// <param name="Label">Confidentiality code (JDV_J08): N or one of TRE_A07.</param>
public sealed record Document(DocumentKind Kind, string Title, IReadOnlyList<string> Text, DateTimeOffset At, Actor Author, Actor By, string Label = "N");

/// <summary>Makes the three resources of a deposit by ITI-65: submission set, document reference, binary (PDSm 3.1.1, comprehensive).</summary>
internal static class Documents
{
    private const string FrCore = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203";
    private const string Sectors = "https://mos.esante.gouv.fr/NOS/TRE_R02-SecteurActivite/FHIR/TRE-R02-SecteurActivite";

    /// <summary>The resources, the submission set first, with ids of the book's space.</summary>
    public static IReadOnlyList<Content> Of(Document document, SpaceBook book)
    {
        var patient = "Patient/" + book.Citizen.Patient;
        var pdf = Pdf.Write(document.Title, document.Text, document.At);
        var (list, reference, binary) = (book.NewRecordId("List"), book.NewRecordId("DocumentReference"), book.NewRecordId("Binary"));
        return
        [
            new(list, "List", Submission(document, patient, reference, book.NewId("submission"), book.NewId("entry")), document.By, OfDocument: reference),
            new(reference, "DocumentReference", Reference(document, patient, binary, pdf, book.NewId("document")), document.By, document.Kind.Code),
            new(binary, "Binary", Template.Bytes(new JsonObject
            {
                ["resourceType"] = "Binary", ["contentType"] = "application/pdf",
                ["securityContext"] = new JsonObject { ["reference"] = $"DocumentReference/{reference}" }, ["data"] = Convert.ToBase64String(pdf),
            }), document.By, OfDocument: reference),
        ];
    }

    private static byte[] Reference(Document document, string patient, RecordId binary, byte[] pdf, Guid unique)
    {
        var at = Observations.Instant(document.At);
        var reference = Template.Copy("document");
        reference["meta"]!.AsObject().Remove("versionId");
        reference["contained"] = Contained(document);
        reference["masterIdentifier"]!["value"] = $"urn:uuid:{unique:D}";
        reference["type"] = Template.Concept(document.Kind.System, document.Kind.Code, document.Kind.Label);
        reference["category"]![0]!["coding"]![0]!["code"] = document.Kind.Class;
        reference["category"]![0]!["coding"]![0]!["display"] = document.Kind.ClassLabel;
        reference["subject"]!["reference"] = patient;
        reference["date"] = at;
        reference["author"]![0]!["reference"] = "#author";
        reference.Remove("authenticator");
        reference["custodian"]!["reference"] = "#custodian";
        reference["description"] = document.Title;
        SetLabel(reference, document.Label);
        SetContent(reference["content"]![0]!, document, binary, pdf, at);
        var context = reference["context"]!;
        context["period"] = new JsonObject { ["start"] = at };
        context["facilityType"] = Facility(document);
        context["practiceSetting"] = Template.Concept(
            "https://mos.esante.gouv.fr/NOS/TRE_A01-CadreExercice/FHIR/TRE-A01-CadreExercice", IsHospital(document) ? "ETABLISSEMENT" : "AMBULATOIRE");
        context["sourcePatientInfo"]!["reference"] = patient;
        return Template.Bytes(reference);
    }

    private static void SetLabel(JsonObject reference, string label)
    {
        var coding = reference["securityLabel"]![0]!["coding"]![0]!.AsObject();
        coding["code"] = label;
        coding.Remove("display");
    }

    private static void SetContent(JsonNode content, Document document, RecordId binary, byte[] pdf, string at)
    {
        var attachment = content["attachment"]!;
        attachment["url"] = $"Binary/{binary}";
        attachment["size"] = pdf.Length;
#pragma warning disable CA5350 // FHIR R4 Attachment.hash is SHA-1 by definition; it protects nothing here.
        attachment["hash"] = Convert.ToBase64String(SHA1.HashData(pdf));
#pragma warning restore CA5350
        attachment["title"] = document.Title;
        attachment["creation"] = at;
        content["format"] = new JsonObject
        {
            ["system"] = "https://mos.esante.gouv.fr/NOS/TRE_A11-IheFormatCode/FHIR/TRE-A11-IheFormatCode",
            ["code"] = "urn:ihe:iti:xds:2017:mimeTypeSufficient",
        };
    }

    private static byte[] Submission(Document document, string patient, RecordId reference, Guid unique, Guid entry)
    {
        var list = Template.Copy("submission");
        list["contained"] = Contained(document);
        list["extension"] = new JsonArray(
            new JsonObject { ["url"] = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-designationType", ["valueCodeableConcept"] = Facility(document) },
            new JsonObject
            {
                ["url"] = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-sourceId",
                ["valueIdentifier"] = new JsonObject { ["system"] = document.By.Identifier.System, ["value"] = document.By.Identifier.Value },
            },
            new JsonObject { ["url"] = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-ext-is-archived", ["valueBoolean"] = false });
        list["identifier"]![0]!["value"] = $"urn:uuid:{unique:D}";
        list["identifier"]![1]!["value"] = $"urn:uuid:{entry:D}";
        list["title"] = document.Title;
        list["subject"]!["reference"] = patient;
        list["date"] = Observations.Instant(document.At);
        list["source"] = new JsonObject { ["reference"] = "#author" };
        list.Remove("note");
        list["entry"]![0]!["item"]!["reference"] = $"DocumentReference/{reference}";
        return Template.Bytes(list);
    }

    /// <summary>Author and custodian as contained resources, as the profile wants them.</summary>
    private static JsonArray Contained(Document document)
    {
        var structure = document.Author.Structure ?? new ActorStructure(document.By.Identifier, document.By.Name);
        var custodian = new JsonObject
        {
            ["resourceType"] = "Organization", ["id"] = "custodian",
            ["identifier"] = new JsonArray(Identifier(structure.Identifier, structure.Identifier.System == Finess.System ? "FINEG" : null)),
            ["name"] = structure.Name,
        };
        return document.Author.Kind switch
        {
            ActorKind.Professional => [Role(), Practitioner(document.Author), custodian],
            ActorKind.Structure => [new JsonObject
            {
                ["resourceType"] = "Device", ["id"] = "author", ["owner"] = Local("custodian"),
                ["deviceName"] = new JsonArray(new JsonObject { ["name"] = document.Author.Name, ["type"] = "user-friendly-name" }),
            }, custodian],
            _ => [new JsonObject { ["resourceType"] = "Patient", ["id"] = "author", ["name"] = new JsonArray(new JsonObject { ["text"] = document.Author.Name }) }, custodian],
        };
    }

    private static JsonObject Role() => new()
    {
        ["resourceType"] = "PractitionerRole", ["id"] = "author", ["practitioner"] = Local("practitioner"), ["organization"] = Local("custodian"),
    };

    private static JsonObject Practitioner(Actor author) => new()
    {
        ["resourceType"] = "Practitioner", ["id"] = "practitioner",
        ["identifier"] = new JsonArray(
            Identifier(new ActorIdentifier(Rpps.PsIdNatSystem, "8" + author.Identifier.Value), "IDNPS"), Identifier(author.Identifier, "RPPS")),
        ["name"] = new JsonArray(new JsonObject { ["text"] = author.Name }),
    };

    private static JsonObject Local(string id) => new() { ["reference"] = "#" + id };

    private static JsonObject Identifier(ActorIdentifier identifier, string? type)
    {
        var made = new JsonObject { ["use"] = "official", ["system"] = identifier.System, ["value"] = identifier.Value };
        if (type is not null)
        {
            made["type"] = Template.Concept(FrCore, type);
        }

        return made;
    }

    private static bool IsHospital(Document document) => document.Author.Structure?.Identifier.System == Finess.System || document.By.Kind == ActorKind.Structure;

    private static JsonObject Facility(Document document) => document.Author.Kind is ActorKind.Citizen or ActorKind.Delegate
        ? Template.Concept(Sectors, "SA07")
        : Template.Concept(Sectors, IsHospital(document) ? "SA01" : "SA07");
}

/// <summary>What the documents of the nation say: general, plausible, of nobody.</summary>
internal static class Wording
{
    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr-FR");

    /// <summary>The head of every document.</summary>
    public static IEnumerable<string> Head(Citizen citizen, Actor author, DateTimeOffset at) =>
    [
        $"{author.Structure?.Name ?? author.Name}", $"Le {CivilDate.At(at).ToString("d MMMM yyyy", French)}", "",
        $"Patient : {citizen.Name}, né{(citizen.IsWoman ? "e" : "")} le {citizen.BirthOn.ToString("dd/MM/yyyy", French)}", $"Auteur : {author.Name}", "",
        "Document de démonstration : personne, structure et faits sont inventés.", "",
    ];
}
