using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Search;
using Sante.Foundations;
using Sante.Foundations.Identities;
using Sante.Kernel;
using Sante.Space.Tokens;

namespace Sante.Space.FhirApi;

/// <summary>How a request names a citizen.</summary>
internal enum CitizenNameKind
{
    /// <summary>Our Patient.id.</summary>
    PatientId,
    /// <summary>A matricule INS with its OID.</summary>
    Ins,
    /// <summary>An editor's pivot identifier of its user.</summary>
    IdPe,
}

/// <summary>One name of a citizen in a request. Personal.</summary>
internal sealed record CitizenName(CitizenNameKind Kind, string System, string Value)
{
    public override string ToString() => $"{Kind} ***";
}

/// <summary>Finds names of citizens in requests, and the space that each leads to.</summary>
internal sealed class CitizenNames(FhirStore store, PairingView pairings, IInsLookup registry, InsOptions identities)
{
    private const string PatientPrefix = "Patient/";

    /// <summary>
    /// The space of a name, or null when nobody has it. Refusals: those of <see cref="Ins.TryParse(string?, string?, InsEnvironment)"/>. Discloses nothing: the access decision follows.
    /// </summary>
    public async Task<Outcome<SpaceId?>> FindSpaceAsync(CitizenName name, CancellationToken cancel)
    {
        switch (name.Kind)
        {
            case CitizenNameKind.PatientId:
                return RecordId.TryParse(name.Value).TryGet(out var id, out _) ? await store.FindSpaceOfPatientAsync(id, cancel) : (SpaceId?)null;
            case CitizenNameKind.Ins:
                if (!Ins.TryParse(name.Value, name.System, identities.Environment).TryGet(out var ins, out var malformed))
                    return malformed;
                return await registry.FindSpaceAsync(ins, cancel);
            default:
                return await pairings.FindSpaceAsync(name.System, name.Value, cancel);
        }
    }

    /// <summary>
    /// The space that all these names lead to. Refusals: <c>space-not-named</c>, <c>one-citizen-at-a-time</c> (also when one of several names is nobody's),
    /// <c>pairing-missing</c>; to who may feed without an authorisation <c>patient-unknown</c>, <c>ins-unknown</c>. Anybody else is led to its own log,
    /// where it hears what one hears of a stranger's space: a feed must not tell who exists. So is everybody when nothing is fed (<paramref name="isFeed"/>
    /// false): the miss is recorded there.
    /// </summary>
    public async Task<Outcome<SpaceId>> FindOneSpaceAsync(IEnumerable<CitizenName> names, FhirCall call, bool isFeed = true)
    {
        SpaceId? one = null;
        var distinct = names.Distinct().ToList();
        foreach (var name in distinct)
        {
            if (!(await FindSpaceAsync(name, call.Cancel)).TryGet(out var found, out var refusal))
                return refusal;
            if (found is null && distinct.Count > 1)
                return FhirRefusals.OneCitizen;
            if (found is null && name.Kind != CitizenNameKind.IdPe
                && (!isFeed || call.Actor.Kind is not (ActorKind.Professional or ActorKind.StructureStaff or ActorKind.Structure)))
                found = await store.OwnLogAsync(call.Actor, call.Cancel);
            if (found is not { } space)
                return name.Kind switch
                {
                    CitizenNameKind.Ins => FhirRefusals.InsUnknown,
                    CitizenNameKind.IdPe => FhirRefusals.PairingMissing,
                    _ => FhirRefusals.PatientUnknown,
                };
            if (one is { } other && other != space)
                return FhirRefusals.OneCitizen;
            one = space;
        }

        return one is { } known ? known : FhirRefusals.SpaceNotNamed;
    }

    /// <summary>
    /// Names among search parameters (<c>patient</c>, <c>subject</c>, their <c>.identifier</c> and <c>:identifier</c>; of Patient itself <c>_id</c> and
    /// <c>identifier</c>), and the parameters that remain: within one space they would say nothing more. Two different names are refused without a
    /// look at whom they lead to. <paramref name="type"/> is "" for several types; <paramref name="owner"/> is named by the URL already.
    /// </summary>
    public static Outcome<(CitizenName Name, IReadOnlyList<KeyValuePair<string, string>> Others)> InQuery(
        string type, IEnumerable<KeyValuePair<string, string>> parameters, FhirCall call, CitizenName? owner = null)
    {
        var names = owner is null ? [] : new HashSet<CitizenName> { owner };
        var rest = new List<KeyValuePair<string, string>>();
        foreach (var parameter in parameters)
        {
            if (type == "Patient" && parameter.Key is "_id")
                names.UnionWith(parameter.Value.Split(',').Select(id => new CitizenName(CitizenNameKind.PatientId, "", id)));
            else if (IsIdentifier(type, parameter.Key))
                names.UnionWith(parameter.Value.Split(',').Select(token => OfToken(token, call.Holder)));
            else if (parameter.Key is "patient" or "subject" or "patient:Patient" or "subject:Patient" && Knows(type, parameter.Key))
                names.UnionWith(parameter.Value.Split(',').Select(reference => OfReference(reference, call.BaseUrl)));
            else
                rest.Add(parameter);
        }

        return names.Count switch
        {
            0 => FhirRefusals.SpaceNotNamed,
            1 => (names.First(), rest),
            _ => FhirRefusals.OneCitizen,
        };
    }

    /// <summary>
    /// The names of the citizen that a resource is about: its subject, of a document also the source patient; contained and bundled Patients by their
    /// INS. Refusals: <c>subject-not-resolved</c>, <c>idpe-mismatch</c>.
    /// </summary>
    public static Outcome<IReadOnlyList<CitizenName>> InResource(FhirResource resource, RecordType type, FhirCall call, Transaction? transaction)
    {
        var names = new List<CitizenName>();
        FhirNode[] nodes = type.Type == "DocumentReference"
            ? [resource.Root["subject"u8], resource.Root["context"u8]["sourcePatientInfo"u8]]
            : type.Subject is null ? [] : [resource.Root[type.Subject]];
        foreach (var node in nodes.Where(node => node.Exists))
        {
            if (OfNode(node, resource, call, transaction, names) is { } refusal)
                return refusal;
        }

        return Outcome.Of<IReadOnlyList<CitizenName>>(names);
    }

    /// <summary>The names of the citizens that take part in an appointment. Refusals as <see cref="InResource"/>.</summary>
    public static Outcome<IReadOnlyList<CitizenName>> InAppointment(FhirResource appointment, FhirCall call)
    {
        var names = new List<CitizenName>();
        foreach (var participant in appointment.Root["participant"u8].Items)
        {
            var actor = participant["actor"u8];
            var reference = actor["reference"u8].Text ?? "";
            var isPatient = IsIns(actor["identifier"u8]["system"u8].Text) || actor["type"u8].TextEquals("Patient"u8)
                || reference.StartsWith(PatientPrefix, StringComparison.Ordinal) || reference.StartsWith($"{call.BaseUrl}/{PatientPrefix}", StringComparison.Ordinal);
            if (isPatient && OfNode(actor, appointment, call, null, names) is { } refusal)
                return refusal;
        }

        return Outcome.Of<IReadOnlyList<CitizenName>>(names);
    }

    /// <summary>Whether the system is one of the INS.</summary>
    public static bool IsIns(string? system) => InsOid.TryParse(system).Refusal is null;

    private static Refusal? OfNode(FhirNode node, FhirResource resource, FhirCall call, Transaction? transaction, List<CitizenName> names)
    {
        var identifier = node["identifier"u8];
        if (identifier["value"u8].Text is { } value)
        {
            var system = identifier["system"u8].Text ?? "";
            if (IsIns(system) && call.Holder.IdpeSystem is not null)
                return FhirRefusals.InsInMeasures;
            else if (IsIns(system))
                names.Add(new CitizenName(CitizenNameKind.Ins, system, value));
            else if (call.Holder.IdpeSystem is { } own)
            {
                if (system != own)
                    return FhirRefusals.IdpeMismatch;
                names.Add(new CitizenName(CitizenNameKind.IdPe, system, value));
            }
            else
                return FhirRefusals.SubjectNotResolved;
        }

        if (node["reference"u8].Text is not { } reference)
            return identifier.Exists ? null : FhirRefusals.SubjectNotResolved;
        var patient = reference.StartsWith('#') ? Contained(resource, reference[1..]) : transaction?.Named(reference)?.Resource;
        if (patient is { Type: "Patient" })
            return OfPatient(patient, call, names);
        if (OfReference(reference, call.BaseUrl) is not { Kind: CitizenNameKind.PatientId } name || name.Value.Length == 0)
            return FhirRefusals.SubjectNotResolved;
        names.Add(name);
        return null;
    }

    /// <summary>A Patient that travels with the request says who it is by its INS; without one it says nothing.</summary>
    private static Refusal? OfPatient(FhirResource patient, FhirCall call, List<CitizenName> names)
    {
        foreach (var identifier in patient.Root["identifier"u8].Items)
        {
            if (identifier["system"u8].Text is not { } system || !IsIns(system) || identifier["value"u8].Text is not { } value || identifier["use"u8].TextEquals("old"u8))
                continue;
            if (call.Holder.IdpeSystem is not null)
                return FhirRefusals.InsInMeasures;
            names.Add(new CitizenName(CitizenNameKind.Ins, system, value));
        }

        return null;
    }

    /// <summary>
    /// Citizens named elsewhere than as the subject: Patients that travel with the request, referred to or not, and references to a Patient of ours
    /// anywhere. They must be the subject too. Refusal: <c>mesures-ins-refused</c>.
    /// </summary>
    public static Refusal? Beside(FhirResource resource, FhirCall call, List<CitizenName> names)
    {
        if (resource.Type == "Patient" && OfPatient(resource, call, names) is { } refused)
            return refused;
        foreach (var contained in resource.Root["contained"u8].Items.ToList())
            if (FhirResource.Within(contained) is { Type: "Patient" } patient && OfPatient(patient, call, names) is { } refusal)
                return refusal;
        names.AddRange(ReferenceRewrite.References(resource)
            .Select(reference => (Text: reference.Text!, Name: OfReference(reference.Text!, call.BaseUrl)))
            .Where(reference => reference.Text.Contains(PatientPrefix, StringComparison.Ordinal) && RecordId.TryParse(reference.Name.Value).Refusal is null)
            .Select(reference => reference.Name));
        return null;
    }

    private static FhirResource? Contained(FhirResource resource, string id)
    {
        foreach (var node in resource.Root["contained"u8].Items)
            if (node["id"u8].TextEquals(System.Text.Encoding.UTF8.GetBytes(id)))
                return FhirResource.Within(node);
        return null;
    }

    /// <summary>Whether the type has that parameter: one that it has not is left to the grammar to refuse.</summary>
    private static bool Knows(string type, string parameter) =>
        type.Length == 0 || SearchParameters.Of(type).ContainsKey(parameter.Split(':')[0]);

    private static bool IsIdentifier(string type, string parameter) => (type == "Patient" && parameter == "identifier") || Names(type, parameter);

    private static bool Names(string type, string parameter) => parameter is "patient.identifier" or "subject.identifier"
        or "patient:identifier" or "subject:identifier" or "patient:Patient.identifier" or "subject:Patient.identifier" && Knows(type, parameter.Split('.')[0]);

    private static CitizenName OfToken(string token, TokenHolder holder)
    {
        var bar = token.IndexOf('|', StringComparison.Ordinal);
        var (system, value) = bar < 0 ? ("", token) : (token[..bar], token[(bar + 1)..]);
        return new CitizenName(system == holder.IdpeSystem ? CitizenNameKind.IdPe : CitizenNameKind.Ins, system, value);
    }

    private static CitizenName OfReference(string reference, string baseUrl)
    {
        var local = reference.StartsWith(baseUrl + "/", StringComparison.Ordinal) ? reference[(baseUrl.Length + 1)..] : reference;
        return new CitizenName(CitizenNameKind.PatientId, "", local.StartsWith(PatientPrefix, StringComparison.Ordinal) ? local[PatientPrefix.Length..] : local);
    }
}
