using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Sante.Simulators.Story;

/// <summary>A type of document: LOINC code of JDV_J07 and its display.</summary>
public sealed record DocumentType(string Code, string Display)
{
    public static DocumentType DischargeLetter { get; } = new("11490-0", "Lettre de liaison à la sortie d'un établissement de soins");

    public static DocumentType LaboratoryReport { get; } = new("11502-2", "CR d'examens biologiques");

    public static DocumentType ConsultationNote { get; } = new("11488-4", "CR ou fiche de consultation ou de visite");
}

/// <summary>Who signs and keeps a document.</summary>
/// <param name="Rpps">Of the author, or null when the structure's system is the author.</param>
/// <param name="SystemId">What the submission set names as its source.</param>
public sealed record DocumentAuthor(string Name, string? Rpps, string StructureName, string StructureSystem, string StructureValue, string Sector, string Setting)
{
    public string SystemId => StructureValue;
}

/// <summary>One document to be provided: ITI-65 of PDSm (Bundle with a submission set, a DocumentReference and the file).</summary>
/// <param name="UniqueId">The author's own identifier, <c>urn:uuid:…</c>: the same again is the same document.</param>
/// <param name="At">When it was written.</param>
public sealed record ProvidedDocument(Guid UniqueId, DocumentType Type, string Title, byte[] File, DateTimeOffset At, DocumentAuthor Author)
{
    private const string Pdsm = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/";
    private const string Nos = "https://mos.esante.gouv.fr/NOS/";

    /// <summary><c>masterIdentifier.value</c>.</summary>
    public string MasterIdentifier => $"urn:uuid:{UniqueId}";

    /// <summary>The transaction.</summary>
    public JsonObject ToBundle(Newborn patient)
    {
        var (document, file) = ($"urn:uuid:{Derived("document")}", $"urn:uuid:{Derived("file")}");
        return new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["meta"] = Profile(Pdsm + "pdsm-comprehensive-provide-document-bundle"),
            ["type"] = "transaction",
            ["entry"] = new JsonArray(
                Entry($"urn:uuid:{Derived("list")}", "List", SubmissionSet(patient, document)),
                Entry(document, "DocumentReference", Reference(patient, file)),
                Entry(file, "Binary", new JsonObject
                {
                    ["resourceType"] = "Binary", ["contentType"] = "application/pdf", ["data"] = Convert.ToBase64String(File),
                })),
        };
    }

    private JsonObject SubmissionSet(Newborn patient, string document) => new()
    {
        ["resourceType"] = "List",
        ["meta"] = Profile(Pdsm + "pdsm-submissionset-comprehensive"),
        ["contained"] = new JsonArray(Device(), Organization()),
        ["extension"] = new JsonArray(
            new JsonObject
            {
                ["url"] = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-designationType",
                ["valueCodeableConcept"] = Concept($"{Nos}TRE_R02-SecteurActivite/FHIR/TRE-R02-SecteurActivite", Author.Sector),
            },
            new JsonObject
            {
                ["url"] = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-sourceId",
                ["valueIdentifier"] = new JsonObject { ["system"] = Author.StructureSystem, ["value"] = Author.SystemId },
            }),
        ["identifier"] = new JsonArray(
            Identifier("usual", $"urn:uuid:{Derived("submission")}"), Identifier("official", $"urn:uuid:{Derived("submission-entry")}")),
        ["status"] = "current",
        ["mode"] = "working",
        ["title"] = Title,
        ["code"] = Concept("https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes", "submissionset", "Submission Set"),
        ["subject"] = Subject(patient),
        ["date"] = Instant(At),
        ["source"] = new JsonObject
        {
            ["extension"] = new JsonArray(new JsonObject
            {
                ["url"] = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-authorOrg", ["valueReference"] = new JsonObject { ["reference"] = "#structure" },
            }),
            ["reference"] = "#system",
        },
        ["entry"] = new JsonArray(new JsonObject { ["item"] = new JsonObject { ["reference"] = document } }),
    };

    private JsonObject Reference(Newborn patient, string file) => new()
    {
        ["resourceType"] = "DocumentReference",
        ["meta"] = Profile(Pdsm + "pdsm-comprehensive-document-reference"),
        ["contained"] = new JsonArray(AuthorResource(), Organization(), SourcePatient(patient)),
        ["masterIdentifier"] = Identifier("usual", MasterIdentifier),
        ["status"] = "current",
        ["type"] = Concept("http://loinc.org", Type.Code, Type.Display),
        ["category"] = new JsonArray(Concept($"{Nos}TRE_A03-ClasseDocument/FHIR/TRE-A03-ClasseDocument", "10", "Compte-rendu")),
        ["subject"] = Subject(patient),
        ["date"] = Instant(At),
        ["author"] = new JsonArray(new JsonObject { ["reference"] = "#author" }),
        ["custodian"] = new JsonObject { ["reference"] = "#structure" },
        ["description"] = Title,
        ["securityLabel"] = new JsonArray(Concept("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "N", "normal")),
        ["content"] = new JsonArray(new JsonObject { ["attachment"] = Attachment(file), ["format"] = Format() }),
        ["context"] = new JsonObject
        {
            ["period"] = new JsonObject { ["start"] = Instant(At) },
            ["facilityType"] = Concept($"{Nos}TRE_R02-SecteurActivite/FHIR/TRE-R02-SecteurActivite", Author.Sector),
            ["practiceSetting"] = Concept($"{Nos}TRE_A01-CadreExercice/FHIR/TRE-A01-CadreExercice", Author.Setting),
            ["sourcePatientInfo"] = new JsonObject { ["reference"] = "#patient" },
        },
    };

    private JsonObject Attachment(string file) => new()
    {
        ["contentType"] = "application/pdf",
        ["language"] = "fr-FR",
        ["url"] = file,
        ["size"] = File.Length,
        ["hash"] = Sha1(),
        ["title"] = Title,
        ["creation"] = Instant(At),
    };

    // PDSm fixes SHA-1 for attachment.hash: it names a content and protects nothing.
#pragma warning disable CA5350
    private string Sha1() => Convert.ToBase64String(SHA1.HashData(File));
#pragma warning restore CA5350

    private static JsonObject Format() => new()
    {
        ["system"] = "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
        ["code"] = "urn:ihe:iti:xds:2017:mimeTypeSufficient",
    };

    private JsonObject AuthorResource() => Author.Rpps is not { } rpps ? Device("author") : new JsonObject
    {
        ["resourceType"] = "Practitioner",
        ["id"] = "author",
        ["identifier"] = new JsonArray(new JsonObject { ["system"] = "https://rpps.esante.gouv.fr", ["value"] = rpps }),
        ["name"] = new JsonArray(new JsonObject { ["text"] = Author.Name }),
    };

    private JsonObject Device(string id = "system") => new()
    {
        ["resourceType"] = "Device",
        ["id"] = id,
        ["deviceName"] = new JsonArray(new JsonObject { ["name"] = Author.Name, ["type"] = "user-friendly-name" }),
    };

    private JsonObject Organization() => new()
    {
        ["resourceType"] = "Organization",
        ["id"] = "structure",
        ["identifier"] = new JsonArray(new JsonObject { ["system"] = Author.StructureSystem, ["value"] = Author.StructureValue }),
        ["name"] = Author.StructureName,
    };

    private static JsonObject SourcePatient(Newborn patient) => new()
    {
        ["resourceType"] = "Patient",
        ["id"] = "patient",
        ["identifier"] = new JsonArray(new JsonObject { ["use"] = "official", ["system"] = patient.InsSystem, ["value"] = patient.Matricule }),
        ["name"] = new JsonArray(new JsonObject { ["use"] = "official", ["family"] = patient.FamilyName, ["given"] = new JsonArray(patient.GivenName) }),
        ["gender"] = "female",
        ["birthDate"] = patient.BirthOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };

    private static JsonObject Subject(Newborn patient) => new() { ["reference"] = $"Patient/{patient.PatientId}" };

    private static JsonObject Entry(string fullUrl, string type, JsonObject resource) => new()
    {
        ["fullUrl"] = fullUrl,
        ["resource"] = resource,
        ["request"] = new JsonObject { ["method"] = "POST", ["url"] = type },
    };

    private static JsonObject Profile(string canonical) => new() { ["profile"] = new JsonArray(canonical) };

    private static JsonObject Identifier(string use, string value) => new() { ["use"] = use, ["system"] = "urn:ietf:rfc:3986", ["value"] = value };

    private static JsonObject Concept(string system, string code, string? display = null)
    {
        var coding = new JsonObject { ["system"] = system, ["code"] = code };
        if (display is not null)
        {
            coding["display"] = display;
        }

        return new JsonObject { ["coding"] = new JsonArray(coding) };
    }

    private static string Instant(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    // The same document sent again has the same identifiers throughout, as a real sender's outbox keeps them.
    private Guid Derived(string part) => StableId.Of($"{UniqueId}/{part}");
}
