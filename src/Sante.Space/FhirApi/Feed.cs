using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Kernel;

namespace Sante.Space.FhirApi;

/// <summary>One resource of a feed on its way into the store. <see cref="Position"/> is its place in the request; negative for one that the platform takes out of another.</summary>
internal sealed class FeedEntry(int position, FhirResource received)
{
    public int Position { get; } = position;
    public FhirResource Received { get; } = received;
    public string Type => Received.Type;

    /// <summary>What its author knows it by: the same key has the same id for ever. Null: a new id each time.</summary>
    public string? KnownKey { get; init; }

    /// <summary>Criteria under which it is created only when its author fed no match before.</summary>
    public Criteria? Condition { get; init; }

    /// <summary>The version of what was there under its condition.</summary>
    public int MatchedVersion { get; set; } = 1;

    /// <summary>A Patient that travels with the request: it says who the citizen is and is not stored.</summary>
    public bool IsPatient => Type == "Patient";

    public RecordId Id { get; set; }

    /// <summary>Already there under its condition (<c>ifNoneExist</c>): not stored again.</summary>
    public bool IsMatched { get; set; }

    public bool IsStored => !IsPatient && !IsMatched;

    /// <summary>The bytes to store: references and attachments rewritten.</summary>
    public FhirResource Final { get; set; } = received;

    public string Reference => $"{Type}/{Id}";
}

/// <summary>The resources of one request: one alone, or those of a transaction.</summary>
internal sealed class Feed
{
    private readonly Dictionary<int, FeedEntry> byPosition;

    private Feed(IReadOnlyList<FeedEntry> entries, Transaction? transaction) =>
        (Entries, Transaction, byPosition) = (entries, transaction, entries.ToDictionary(entry => entry.Position));

    public IReadOnlyList<FeedEntry> Entries { get; }

    public Transaction? Transaction { get; }

    /// <summary>Whether one that is there under its condition is no success: what was sent is to be stored, there or elsewhere.</summary>
    public bool MustStore { get; private init; }

    /// <summary>One resource alone.</summary>
    public static Feed Of(FhirResource resource, Criteria? condition = null, bool mustStore = false) =>
        new([new FeedEntry(0, resource) { KnownKey = KnownKeyOf(resource), Condition = condition }], null) { MustStore = mustStore };

    /// <summary>
    /// The creations of a transaction. Refusals: <c>transaction-method-not-supported</c>, <c>entry-type-not-held</c>, <c>scope-insufficient</c>,
    /// <c>transaction-empty</c>, those of <see cref="Criteria.Read"/>.
    /// </summary>
    public static Outcome<Feed> Of(Transaction transaction, FhirCall call)
    {
        var entries = new List<FeedEntry>();
        foreach (var asked in transaction.Entries)
        {
            if (asked.Method != TransactionMethod.Post && (asked.Type != "Patient" || asked.Resource?.Type != "Patient"))
                return Refusals.MethodNotSupported;
            if (asked.Resource is not { } resource)
                return Refusals.MethodNotSupported;
            if (resource.Type != "Patient" && RecordTypes.Find(resource.Type)?.Allows("transaction") != true)
                return Refusals.TypeNotHeld;
            if (resource.Type != "Patient" && !call.Holder.Scopes.Allows(resource.Type, 'c'))
                return FhirRefusals.ScopeInsufficient;
            var key = KnownKeyOf(resource);
            Criteria? criteria = null;
            if (asked.IfNoneExist is { } condition && (key = ConditionKey(resource.Type, condition)) is null)
            {
                if (!Criteria.Read(resource.Type, condition, call).TryGet(out criteria, out var unread))
                    return unread;
                key = KnownKeyOf(resource);
            }

            entries.Add(new FeedEntry(asked.Position, resource) { KnownKey = key, Condition = criteria });
        }

        return entries.Any(entry => !entry.IsPatient) ? new Feed(entries, transaction) : Refusals.Empty;
    }

    /// <summary>The entry that a reference in this feed names, or null.</summary>
    public FeedEntry? Named(string? reference) =>
        reference is not null && Transaction?.Named(reference) is { } entry ? byPosition.GetValueOrDefault(entry.Position) : null;

    public IEnumerable<FeedEntry> OfType(string type) => Entries.Where(entry => entry.Type == type);

    /// <summary>A document is known by its masterIdentifier (XDS uniqueId): the author's own, never used for another.</summary>
    private static string? KnownKeyOf(FhirResource resource) =>
        resource.Type == "DocumentReference" && resource.Root["masterIdentifier"u8] is { Exists: true } master && master["value"u8].Text is { } value
            ? $"{master["system"u8].Text}|{value}"
            : null;

    /// <summary>The condition of the French flows, a device by its identifier: known by that for ever.</summary>
    private static string? ConditionKey(string type, string condition) =>
        type == "Device" && condition.StartsWith("identifier=", StringComparison.Ordinal) && !condition.Contains('&', StringComparison.Ordinal)
            ? Uri.UnescapeDataString(condition["identifier=".Length..])
            : null;

    private static class Refusals
    {
        public static readonly Refusal MethodNotSupported = new("transaction-method-not-supported", RefusalKind.Invalid, "Dans un lot, seul le dépôt (POST d'une ressource) est possible.");
        public static readonly Refusal TypeNotHeld = new("entry-type-not-held", RefusalKind.Invalid, "Ce lot contient une ressource que l'espace de santé ne reçoit pas par lot.");
        public static readonly Refusal Empty = new("transaction-empty", RefusalKind.Invalid, "Ce lot ne contient rien à déposer.");
    }
}
