namespace Sante.Space.FhirApi;

/// <summary>
/// What an AuditEvent of one kind of line is called: its BALP profile where one fits, type, subtype, action, and the parts that user, client and
/// server play in it. Acts on the settings of a space and emergencies have no BALP pattern: DICOM's codes of events. Pure.
/// </summary>
internal sealed record AuditPattern(string? Profile, (string System, string Code) Type, (string System, string Code) Subtype, string Action)
{
    private const string Dicom = "http://dicom.nema.org/resources/ontology/DCM";
    private const string Interactions = "http://hl7.org/fhir/restful-interaction";
    private static readonly (string, string) Rest = ("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest");

    /// <summary>DICOM's role of the client: where the data comes from, or goes to.</summary>
    public string Client { get; private init; } = "110153";

    public (string System, string Code) Server { get; private init; } = (Dicom, "110152");

    /// <summary>IRCP receives information, AUT is its author.</summary>
    public string User { get; private init; } = "IRCP";

    public bool IsQuery => Action == "E" && Type == Rest;

    public static AuditPattern Of(TraceLine line) => line.Action switch
    {
        TraceAction.Read => new("PatientRead", Rest, (Interactions, "read"), "R") { Client = "110152", Server = (Dicom, "110153") },
        TraceAction.Search or TraceAction.ReadTrace => new("PatientQuery", Rest, (Interactions, "search"), "E"),
        TraceAction.Deposit => new("PatientCreate", Rest, (Interactions, "create"), "C") { User = "AUT" },
        TraceAction.Amend => new("PatientUpdate", Rest, (Interactions, "update"), "U") { User = "AUT" },
        TraceAction.Delete => new("PatientDelete", Rest, (Interactions, "delete"), "D")
        {
            User = "AUT", Client = "110150", Server = ("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "custodian"),
        },
        // Security Alert, Emergency Override Started; Query; Patient Record.
        TraceAction.BreakGlass => new(null, (Dicom, "110113"), (Dicom, "110127"), "E"),
        TraceAction.IdentityFound => new(null, (Dicom, "110112"), (AuditEventJson.Facts, "identity-found"), "E"),
        TraceAction.Act => new(null, (Dicom, "110110"), (AuditEventJson.Facts, line.Fact ?? "act"), "U") { User = "AUT" },
        _ => throw new ArgumentOutOfRangeException(nameof(line), line.Action, null),
    };
}
