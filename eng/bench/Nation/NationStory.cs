using System.Text.Json;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Writing;
using Sante.Space;

namespace Sante.Bench.Nation;

/// <summary>What one chapter adds to a space, sealed. The lists are aligned with the sealed rows.</summary>
/// <param name="Citizen">Whose.</param>
/// <param name="Sealed">Rows by the ledger's own sealing.</param>
/// <param name="Lines">Number, instant and access version of each line.</param>
/// <param name="Events">State version and instant of each fact.</param>
/// <param name="ResourcesAt">Instant of each resource.</param>
internal sealed record NationPage(NationCitizen Citizen, SealedRequest Sealed,
    IReadOnlyList<(long Number, DateTimeOffset At, long AccessVersion)> Lines, IReadOnlyList<(long StateVersion, DateTimeOffset At)> Events,
    IReadOnlyList<DateTimeOffset> ResourcesAt);

/// <summary>
/// Tells each citizen's year in chapters: the space begins, opens and lets one professional in; he feeds and reads. Facts come from the slices'
/// own Decide, lines from their own TraceLines. Due work and notices are left out: by now they would have been carried out.
/// </summary>
internal sealed class NationStory(int resources, int lines)
{
    /// <summary>So many passes over all spaces: a space's rows lie apart in the files, as those of a life do.</summary>
    public const int Chapters = 5;
    private static readonly TimeSpan ChapterLength = TimeSpan.FromDays(60);

    /// <summary>One chapter of one life. Not thread-safe for one citizen; chapters in order.</summary>
    public NationPage Tell(NationCitizen citizen, int chapter)
    {
        var draft = new Draft(citizen, NationResources.FirstDay + ChapterLength * chapter + TimeSpan.FromSeconds(citizen.Number % 3600));
        if (chapter == 0)
            draft.Begin();
        var (fedNow, linesNow) = (Share(resources, chapter), Share(lines, chapter));
        // Two documents, each with its Binary, in the middle of the year; measures else.
        if (chapter is 1 or 3 && fedNow >= 2)
        {
            draft.FeedDocument();
            fedNow -= 2;
        }

        for (var i = 0; i < fedNow; i++)
            draft.FeedObservation();
        while (draft.LineCount < linesNow)
            draft.Read();
        return draft.Seal();
    }

    private static int Share(int total, int chapter) => total * (chapter + 1) / Chapters - total * chapter / Chapters;

    private sealed class Draft(NationCitizen citizen, DateTimeOffset begins)
    {
        private readonly List<ReadOnlyMemory<byte>> lines = [];
        private readonly List<(long, DateTimeOffset, long)> lineNumbers = [];
        private readonly List<NewEvent> events = [];
        private readonly List<(long, DateTimeOffset)> eventNumbers = [];
        private readonly Dictionary<string, int> streams = [];
        private readonly List<NewResource> resources = [];
        private readonly List<DateTimeOffset> resourcesAt = [];
        private DateTimeOffset now = begins;

        public int LineCount => lines.Count;

        public void Begin()
        {
            var registry = new Actor(ActorKind.Operator, new ActorIdentifier(ActorIdentifier.PlatformSystem, "ins"), "Registre national des identités");
            var birth = new AccessDecision("acc-registry", "Création de l'identité par l'état civil.", Capacity.Platform, null, null, null, VisibilityFilter.Nothing);
            Append(Accounts.Decide(citizen.State.Access.Account, new BeginAccount(citizen.Self.Identifier, citizen.Name, NationResources.BirthOn(citizen.Number), registry), now), birth, isBirth: true);
            Store(FhirContent.Prepare(citizen.Patient, 0, NationResources.Patient(citizen.Patient.ToString(), citizen.Number), registry));
            Govern(state => Accounts.Decide(state.Account, new OpenAccount(citizen.Self), now));
            var carer = citizen.Carer;
            Govern(state => Consents.Decide(state.Consent, new GrantConsent(Randomness.NewId(), new Grantee(GranteeKind.Person, carer.Identifier, carer.Name),
                Categories.Measures | Categories.Documents | Categories.Booklet, Categories.None, Purposes.Care | Purposes.Diagnosis | Purposes.FollowUp, null, null, citizen.Self), now));
        }

        public void FeedObservation()
        {
            Pass();
            var id = citizen.NewObservation();
            var body = NationResources.Observation(citizen.Patient.ToString(), Random.Shared.Next(NationResources.Measures.Count), now, Random.Shared.NextDouble());
            Store(FhirContent.Prepare(id, 0, NationResources.Parse(body), citizen.Carer));
            Trace(AccessAction.Feed, Categories.Measures, [id.ToString()], "Observation", []);
        }

        public void FeedDocument()
        {
            Pass();
            var (document, binary) = (FhirStore.NewId(citizen.Space), FhirStore.NewId(citizen.Space));
            var reference = NationResources.Document(citizen.Patient.ToString(), binary.ToString(), Randomness.NewId().ToString("D"), now);
            var type = FhirContent.TypeCodeOf(reference);
            Store(FhirContent.Prepare(document, 0, reference, citizen.Carer));
            Store(FhirContent.Prepare(binary, 0, NationResources.Binary(document.ToString(), citizen.Number), citizen.Carer, [new Followed(document.ToString(), type)]));
            Trace(AccessAction.Feed, Categories.Documents, [document.ToString()], "DocumentReference", [type!]);
        }

        public void Read()
        {
            Pass();
            var id = citizen.Observations[Random.Shared.Next(citizen.Observations.Count)].ToString();
            Trace(AccessAction.Read, Categories.Measures, [id], "Observation", []);
        }

        public NationPage Seal() => new(citizen,
            SealedRequest.Seal(new WriteRequest(citizen.Space, citizen.AccessVersion) { Lines = lines, Events = events, Resources = resources }, citizen.Keys),
            lineNumbers, eventNumbers, resourcesAt);

        private void Pass() => now += TimeSpan.FromHours(26);

        private void Store(NewResource row)
        {
            resources.Add(row);
            resourcesAt.Add(now);
        }

        private void Govern(Func<AccessState, Outcome<IReadOnlyList<SpaceEvent>>> decide)
        {
            Pass();
            var request = new AccessRequest(citizen.Self, AccessAction.Govern, AccessMode.Normal, Categories.None, Purposes.None, now, [], false);
            Append(decide(citizen.State.Access), Allowed(request));
        }

        private AccessDecision Allowed(AccessRequest request)
        {
            var decision = Access.Decide(citizen.State.Access, request);
            return decision.Allowed ? decision : throw new InvalidOperationException($"The nation may not do that: {decision.Rule}");
        }

        private void Append(Outcome<IReadOnlyList<SpaceEvent>> decided, AccessDecision decision, bool isBirth = false)
        {
            if (!decided.TryGet(out var happened, out var refusal))
                throw new InvalidOperationException($"The nation may not do that: {refusal.Code}");
            // The ledger numbers so: one raise per request, its lines on the version after it; a birth raises nothing.
            if (!isBirth && happened.Any(SpaceEvents.RaisesAccessVersion))
                citizen.AccessVersion++;
            foreach (var one in happened)
            {
                var stream = SpaceEvents.StreamOf(one);
                streams[stream] = streams.GetValueOrDefault(stream) + 1;
                citizen.State = SpaceState.Evolve(citizen.State, one);
                events.Add(new NewEvent(stream, streams[stream], SpaceJson.Write(one)));
                eventNumbers.Add((++citizen.Events, now));
                Line(TraceLines.Of(one, decision));
            }
        }

        private void Trace(AccessAction action, Categories categories, IReadOnlyList<string> ids, string query, IReadOnlyList<string> types)
        {
            var request = new AccessRequest(citizen.Carer, action, AccessMode.Normal, categories, Purposes.Care, now, types, false);
            Line(TraceLines.Of(citizen.State.Access, request, Allowed(request), ids, ids.Count, query));
        }

        private void Line(TraceLine line)
        {
            lines.Add(JsonSerializer.SerializeToUtf8Bytes(line, SpaceJson.Options));
            lineNumbers.Add((++citizen.Lines, now, citizen.AccessVersion));
        }
    }
}
