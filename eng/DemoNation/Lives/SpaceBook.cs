using System.Text.Json;
using Sante.Foundations.Identities;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space;
using DueWork = Sante.Space.DueWork;

namespace Sante.DemoNation;

/// <summary>FHIR content deposited in a space. <paramref name="Body"/> is the resource without the server's id and meta.</summary>
/// <param name="Id">Its id under <c>/fhir</c>.</param>
/// <param name="Type">FHIR type.</param>
/// <param name="Body">UTF-8 JSON.</param>
/// <param name="By">Who deposited it.</param>
/// <param name="TypeCode">Document type (JDV_J66), for a DocumentReference.</param>
/// <param name="OfDocument">Id of the document with which it is hidden and shown, for a Binary and a submission set.</param>
public sealed record Content(RecordId Id, string Type, byte[] Body, Actor By, string? TypeCode = null, RecordId? OfDocument = null)
{
    public override string ToString() => $"{Type} {Id}";
}

/// <summary>What one space has to record at one moment, ready for the ledger but for the form in which resources are stored.</summary>
public sealed record BookPage(
    IReadOnlyList<NewEvent> Events, IReadOnlyList<ReadOnlyMemory<byte>> Lines, IReadOnlyList<Content> Contents, IReadOnlyList<DueChange> Due, bool RaisesAccess)
{
    /// <summary>The registry's entry, on the page with which the space begins.</summary>
    public NewIdentity? Birth { get; init; }

    /// <summary>Facts that are looked up from outside of the space: who represents, which editor's user is tied.</summary>
    public IReadOnlyList<SpaceEvent> Noted { get; init; } = [];
}

/// <summary>
/// One citizen's space while the nation is made: every act passes the same pure decisions as in the running platform (access first, then the
/// slice) and leaves the same events, lines, due work and notices. Pure: time is given. What a decision refuses is a fault of the nation and throws.
/// </summary>
public sealed class SpaceBook(Citizen citizen)
{
    private readonly Dictionary<string, int> streams = [];
    private readonly Dictionary<string, DueWork> waiting = [];
    private readonly Dictionary<string, DueChange> due = [];
    private readonly List<SpaceEvent> events = [];
    private readonly List<NewEvent> numbered = [];
    private readonly List<ReadOnlyMemory<byte>> lines = [];
    private readonly List<Content> contents = [];
    private static readonly AccessDecision Birth = new(
        "acc-registry", "Création de l'identité par l'état civil.", Capacity.Platform, null, null, null, VisibilityFilter.Nothing);

    private int made;
    private NewIdentity? birth;

    /// <summary>What an act decides, over the state and as the acting person.</summary>
    public delegate Outcome<IReadOnlyList<SpaceEvent>> Decision(AccessState state, Actor acting, DateTimeOffset now);

    public Citizen Citizen => citizen;

    /// <summary>The folded state, acts of the present page included.</summary>
    public AccessState State { get; private set; } = AccessState.Zero;

    /// <summary>Appointments told.</summary>
    public AgendaState Agenda { get; private set; } = AgendaState.Zero;

    /// <summary>Platform time of the present page.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>True once the identity has begun a space.</summary>
    public bool IsBegun => State.Account.Status != AccountStatus.None;

    /// <summary>True when content may be fed.</summary>
    public bool IsOpen => State.Account.Status == AccountStatus.Open;

    /// <summary>Notices of the present page, for others as well as for the holder.</summary>
    public List<Notice> Notices { get; } = [];

    /// <summary>Everything deposited so far, by id.</summary>
    public Dictionary<string, Content> Shelf { get; } = [];

    /// <summary>Goes on to a later moment and does the work that has become due by then.</summary>
    public void TurnTo(DateTimeOffset now)
    {
        Now = now;
        foreach (var (name, work) in waiting.Where(pair => pair.Value.At <= now).OrderBy(pair => pair.Value.At).ToList())
        {
            waiting.Remove(name);
            due[name] = new DueChange(name, null, default);
            Act(Actor.Platform, (state, by, at) => DueActs.Decide(state, work, by, at));
        }
    }

    /// <summary>An id that this space will not give again.</summary>
    public Guid NewId(string kind) => Maternity.Number(citizen.Number, $"{kind}/{citizen.Patient}", made++);

    /// <summary>The id of a new record in this space's slot.</summary>
    public RecordId NewRecordId(string type) => RecordId.Of(citizen.Patient.Slot, NewId(type));

    /// <summary>
    /// The space begins with its identity, as <c>IAccountGrain.BeginAsync</c> does it: representatives before the letter, for it goes to them. The Patient by
    /// which others know the citizen is stored with it.
    /// </summary>
    public void Begin(IReadOnlyList<Representative> representatives)
    {
        var by = DemoClients.Registry;
        var account = Accounts.Decide(State.Account, new BeginAccount(citizen.Identifier, citizen.Name, citizen.BirthOn, by), Now).Value;
        var declared = representatives.SelectMany(person =>
            Entourages.Decide(State.Entourage, new DeclareRepresentative(person.Person, person.Name, person.Kind, by), Now).Value);
        foreach (var happened in (SpaceEvent[])[account[0], .. declared, .. account.Skip(1)])
        {
            Append(happened, Birth);
        }

        birth = Registration.Of(citizen, representatives, Now);
        contents.Add(new Content(citizen.Patient, "Patient", Registration.PatientOf(birth, Now), by));
    }

    /// <summary>An act of the holder's side, of the registry or of the platform on the space itself.</summary>
    public void Act(Actor by, Decision decide)
    {
        var access = Space.Access.Decide(State, Govern(by));
        var acting = State.Acting(by, Now);
        var decided = access.Allowed ? decide(State, acting, Now) : access.Public!;
        foreach (var happened in decided.TryGet(out var facts, out var refusal) ? facts : throw Fault(refusal))
        {
            Append(happened, access);
        }
    }

    /// <summary>Content fed in one act, with its one line; restrictive labels of the documents in the same write.</summary>
    public void Deposit(Actor by, Categories category, IReadOnlyList<Content> fed, Labels labels = Labels.None)
    {
        var document = fed.FirstOrDefault(content => content.TypeCode is not null);
        var request = new AccessRequest(by, AccessAction.Feed, AccessMode.Normal, category, Purposes.Care, Now, document is null ? [] : [document.TypeCode!], false);
        var decision = Space.Access.Decide(State, request);
        if (!decision.Allowed)
        {
            throw Fault(decision.Public!);
        }

        lines.Add(Json(TraceLines.Of(State, request, decision, [.. fed.Select(content => content.Id.ToString())], fed.Count)));
        contents.AddRange(fed);
        foreach (var content in fed)
        {
            Shelf.Add(content.Id.ToString(), content);
        }

        if (document is not null && labels != Labels.None)
        {
            var acting = State.Acting(by, Now);
            foreach (var happened in Visibilities.Decide(State.Visibility, new LabelDocument(document.Id.ToString(), labels, acting), Now).Value)
            {
                Append(happened, decision);
            }
        }
    }

    /// <summary>A look into the record, allowed or refused: only its line stays.</summary>
    public bool Ask(Actor by, AccessAction action, Categories category, string query)
    {
        var request = new AccessRequest(by, action, AccessMode.Normal, category, Purposes.Care, Now, [], false);
        var decision = Space.Access.Decide(State, request);
        string[] seen = decision.Allowed && category == Categories.Documents
            ? [.. Shelf.Values.Where(c => c.TypeCode is { } code && decision.Filter.Shows(c.Id.ToString(), c.By.Identifier, code)).Select(c => c.Id.ToString())]
            : [];
        lines.Add(Json(TraceLines.Of(State, request, decision, seen, seen.Length, query)));
        return decision.Allowed;
    }

    /// <summary>An appointment told by its platform.</summary>
    public void Push(PushAppointment push)
    {
        var request = new AccessRequest(push.By, AccessAction.Feed, AccessMode.Normal, Categories.Agenda, Purposes.FollowUp, Now, [], false);
        var decision = Space.Access.Decide(State, request);
        var decided = decision.Allowed ? Agendas.Decide(Agenda, push, Now) : decision.Public!;
        foreach (var happened in decided.TryGet(out var facts, out var refusal) ? facts : throw Fault(refusal))
        {
            Append(happened, decision);
        }
    }

    /// <summary>What has gathered since the last page; the book goes on after it.</summary>
    public BookPage TakePage()
    {
        // Nobody has decided anything on a space that only begins.
        var page = new BookPage([.. numbered], [.. lines], [.. contents], [.. due.Values], birth is null && events.Any(SpaceEvents.RaisesAccessVersion))
        {
            Birth = birth, Noted = [.. events.Where(happened => happened is RepresentativeDeclared or Paired)],
        };
        birth = null;
        events.Clear();
        numbered.Clear();
        lines.Clear();
        contents.Clear();
        due.Clear();
        Notices.Clear();
        return page;
    }

    /// <summary>The stored form of anything of a space.</summary>
    public static ReadOnlyMemory<byte> Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, SpaceJson.Options);

    private AccessRequest Govern(Actor by) =>
        new(by, AccessAction.Govern, AccessMode.Normal, Categories.None, Purposes.None, Now, [], false);

    private void Append(SpaceEvent happened, AccessDecision access)
    {
        State = SpaceState.Evolve(new SpaceState(State), happened).Access;
        Agenda = happened is AgendaEvent told ? Agendas.Evolve(Agenda, told) : Agenda;
        events.Add(happened);
        var stream = SpaceEvents.StreamOf(happened);
        numbered.Add(new NewEvent(stream, streams[stream] = streams.GetValueOrDefault(stream) + 1, SpaceJson.Write(happened)));
        lines.Add(Json(TraceLines.Of(happened, access)));
        Notices.AddRange(Space.Notices.Of(State, happened));
        foreach (var work in SpaceEvents.DueOf(happened))
        {
            Await(work);
        }
    }

    private void Await(DueWork work)
    {
        var name = $"{work.Kind}/{work.Key}";
        waiting[name] = work;
        due[name] = new DueChange(name, work.At, Json(work));
    }

    private InvalidOperationException Fault(Refusal refusal) => new($"The nation asks what is refused: {refusal.Code}, {citizen}.");
}

/// <summary>Due work as the platform does it (<c>DueGrain</c>), over the pure slices.</summary>
internal static class DueActs
{
    public static Outcome<IReadOnlyList<SpaceEvent>> Decide(AccessState state, DueWork work, Actor by, DateTimeOffset now) => work.Kind switch
    {
        DueWork.Opening => Accounts.Decide(state.Account, new OpenWhenDue(by), now),
        DueWork.Majority => Accounts.Decide(state.Account, new ReachMajority(by), now),
        DueWork.ConsentEnd => Consents.Decide(state.Consent, new ExpireConsent(Guid.Parse(work.Key), by), now),
        DueWork.EmergencyEnd => Emergencies.Decide(state.Emergency, new ExpireEmergency(Guid.Parse(work.Key), by), now),
        DueWork.PatientInvitation => Visibilities.Decide(state.Visibility, new InvitePatientWhenDue(work.Key, by), now),
        DueWork.PatientReveal => Visibilities.Decide(state.Visibility, new RevealToPatientWhenDue(work.Key, by), now),
        _ => throw new ArgumentOutOfRangeException(nameof(work), work.Kind, null),
    };
}
