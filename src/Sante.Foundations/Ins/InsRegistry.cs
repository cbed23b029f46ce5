using System.Globalization;
using Npgsql;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Foundations.Identities;

/// <summary>How this platform gives matricules.</summary>
/// <param name="Environment">Production accepts real numbers only, and gives none itself.</param>
public sealed record InsOptions(InsEnvironment Environment);

/// <summary>An identity to enter: by birth, or imported with its matricule.</summary>
/// <param name="Traits">Strict traits.</param>
/// <param name="Name">As people write it: "Zoé MARTIN".</param>
/// <param name="ByBirth">True for a declaration of birth.</param>
/// <param name="Ins">The matricule; null only for a birth outside production.</param>
/// <param name="Parents">Public ids of the parents declared.</param>
/// <param name="Document">High-trust document seen at import (PA, CN, LE, AN), or null.</param>
/// <param name="Space">Name of the space, drawn by the registry when null.</param>
/// <param name="Patient">Public id, drawn by the registry when null.</param>
public sealed record NewIdentity(
    StrictTraits Traits, string Name, bool ByBirth, Ins? Ins = null, IReadOnlyList<string>? Parents = null, string? Document = null,
    SpaceId? Space = null, RecordId? Patient = null)
{
    public override string ToString() => "NewIdentity ***";
}

/// <summary>An identity as entered.</summary>
public sealed record EnteredIdentity(SpaceId Space, string Patient, StoredMatricule Matricule, IdentityStatus Status);

/// <summary>
/// The registry of identities: births, imports, matricules, local identifiers, duplicates. The only place where a matricule and a space meet.
/// Everything is sealed or tokenised; nothing personal is in clear at rest. Throws on lost infrastructure, except where a refusal is named.
/// </summary>
public sealed partial class InsRegistry : IInsLookup
{
    private const int Attempts = 8;

    private readonly RegistryStore store;
    private readonly Ledger.Ledger ledger;
    private readonly ISpaceBirths births;
    private readonly IRegistryLines lines;
    private readonly InsOptions options;

    /// <param name="database">The main database as the api role.</param>
    /// <param name="ledger">Writes the lines and gives platform time.</param>
    /// <param name="births">Begins spaces.</param>
    /// <param name="lines">Forms lines.</param>
    /// <param name="options">Environment.</param>
    public InsRegistry(NpgsqlDataSource database, Ledger.Ledger ledger, ISpaceBirths births, IRegistryLines lines, InsOptions options)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        (this.ledger, this.births, this.lines, this.options) = (ledger, births, lines, options);
        store = new RegistryStore(database, ledger.Keys.Master);
    }

    /// <summary>
    /// Creates the identity, its space (pending) and its due opening. Repeated with the same key it finishes what was begun and gives the same
    /// answer. Refusals: <c>identity-exists</c> (matricule or all five traits known), <c>identity-parent-unknown</c>, <c>ins-number-required</c>,
    /// <c>ins-numbers-exhausted</c>, those of <see cref="IdentityLife"/> and of <see cref="ISpaceBirths"/>.
    /// </summary>
    public async Task<Outcome<EnteredIdentity>> EnterAsync(NewIdentity entered, string? idempotencyKey, Actor by, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(entered);
        ArgumentNullException.ThrowIfNull(by);
        RegistryToken? request = idempotencyKey is null ? null : store.Token(TokenKind.Request, $"{by.Identifier.System}|{by.Identifier.Value}|{idempotencyKey}");
        if (request is { } key && (await store.FindAsync(key, cancel)) is [var known])
        {
            var stored = (await store.LoadAsync([known], cancel))[0];
            return IdentityLife.Stored(entered.Traits).Equals(stored.State.Traits) ? await BeginSpaceAsync(stored, by, cancel) : IdentityRefusals.Exists;
        }

        if (!(await ParentsAsync(entered.Parents ?? [], cancel)).TryGet(out _, out var orphan))
        {
            return orphan;
        }

        var inserted = entered.Ins is { } ins ? await InsertAsync(entered, ins, request, by, cancel) : await InsertNumberedAsync(entered, request, by, cancel);
        return inserted.TryGet(out var identity, out var refusal) ? await BeginSpaceAsync(identity, by, cancel) : refusal;
    }

    /// <summary>
    /// Enters many identities whose spaces begin elsewhere (a demonstration nation, a migration): rows and tokens only, all or none.
    /// Refusal <c>identity-exists</c> when a matricule or public id is known.
    /// </summary>
    public async Task<Refusal?> EnterAllAsync(IReadOnlyList<NewIdentity> identities, Actor by, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(identities);
        var rows = new List<(SpaceId, IReadOnlyList<IdentityEvent>, IReadOnlyList<RegistryToken>)>();
        foreach (var entered in identities)
        {
            if (entered.Ins is null)
            {
                return IdentityRefusals.NumberRequired;
            }

            if (!Created(entered, entered.Ins, by).TryGet(out var identity, out var refusal))
            {
                return refusal;
            }

            rows.Add((identity.Space, identity.Events, RegistryTokens.Of(store, identity.State)));
        }

        return await store.InsertAsync(rows, cancel) is null ? null : IdentityRefusals.Exists;
    }

    /// <inheritdoc/>
    public async Task<SpaceId?> FindSpaceAsync(Ins ins, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(ins);
        return await store.FindAsync(RegistryTokens.Matricule(store, ins), cancel) is [var space] ? space : null;
    }

    /// <summary>The identity of a space, or null. For the platform's own use: leaves no line, so nothing of it may leave.</summary>
    public async Task<IdentityState?> FindAsync(SpaceId space, CancellationToken cancel = default) =>
        (await store.LoadAsync([space], cancel)) is [var found] ? found.State : null;

    private async Task<Outcome<StoredIdentity>> InsertAsync(NewIdentity entered, Ins ins, RegistryToken? request, Actor by, CancellationToken cancel)
    {
        if (!Created(entered, ins, by).TryGet(out var identity, out var refusal))
        {
            return refusal;
        }

        var tokens = RegistryTokens.Of(store, identity.State);
        var taken = await store.InsertAsync([(identity.Space, identity.Events, request is { } asked ? [.. tokens, asked] : tokens)], cancel);
        if (taken is null)
        {
            return identity;
        }

        // The same request, sent twice at once: the other one has it.
        return request is { } key && await store.FindAsync(key, cancel) is [var first] ? (await store.LoadAsync([first], cancel))[0] : IdentityRefusals.Exists;
    }

    /// <summary>Draws the order number of the register of births: from a random one on, the first that nobody holds.</summary>
    private async Task<Outcome<StoredIdentity>> InsertNumberedAsync(NewIdentity entered, RegistryToken? request, Actor by, CancellationToken cancel)
    {
        if (options.Environment == InsEnvironment.Production)
        {
            return IdentityRefusals.NumberRequired;
        }

        const int orders = 999;
        var traits = entered.Traits;
        var first = Math.Abs(BitConverter.ToInt32(Randomness.NewId().ToByteArray(), 0) % orders);
        for (var i = 0; i < orders; i++)
        {
            var number = string.Create(CultureInfo.InvariantCulture,
                $"{(traits.Sex == RegisteredSex.Male ? 1 : 2)}{traits.BirthOn:yyMM}{traits.BirthPlace}{((first + i) % orders) + 1:000}");
            if (!Ins.OfNumber(number, InsOid.NirTest, options.Environment).TryGet(out var ins, out var malformed))
            {
                return malformed;
            }

            if (await FindSpaceAsync(ins, cancel) is null)
            {
                var inserted = await InsertAsync(entered, ins, request, by, cancel);
                if (inserted.Refusal is null || await FindSpaceAsync(ins, cancel) is null)
                {
                    // Entered, or refused for another reason than the number, which someone else may just have taken.
                    return inserted;
                }
            }
        }

        return IdentityRefusals.Exhausted;
    }

    private Outcome<StoredIdentity> Created(NewIdentity entered, Ins ins, Actor by)
    {
        var space = entered.Space ?? new SpaceId(Randomness.NewId());
        var patient = entered.Patient ?? RecordId.Of(SlotMap.SlotOf(space), Randomness.NewId());
        var create = new CreateIdentity(entered.Traits, entered.Name, ins, patient.ToString(), entered.Parents ?? [], entered.ByBirth, entered.Document, by.Identifier);
        return IdentityLife.Decide(IdentityState.Zero, create, ledger.World.PlatformNow)
            .Then<StoredIdentity>(events => new StoredIdentity(space, events, events.Aggregate(IdentityState.Zero, IdentityLife.Evolve)));
    }

    private async Task<Outcome<EnteredIdentity>> BeginSpaceAsync(StoredIdentity identity, Actor by, CancellationToken cancel)
    {
        var state = identity.State;
        if (!(await ParentsAsync(state.Parents, cancel)).TryGet(out var parents, out var orphan))
        {
            return orphan;
        }

        var birth = new SpaceBirth(
            identity.Space, RecordId.TryParse(state.Patient).Value, state.Name, state.Traits!.BirthOn, PatientFhir.Write(state), parents, by);
        return (await births.BeginAsync(birth, cancel)).Then<EnteredIdentity>(_ =>
            new EnteredIdentity(identity.Space, state.Patient, state.Matricule!, state.Status));
    }

    private async Task<Outcome<IReadOnlyList<BirthRepresentative>>> ParentsAsync(IReadOnlyList<string> patients, CancellationToken cancel)
    {
        var parents = new List<BirthRepresentative>();
        foreach (var patient in patients.Distinct())
        {
            if (!RecordId.TryParse(patient).TryGet(out var id, out _) || await store.FindAsync(store.Token(TokenKind.Patient, patient), cancel) is not [var space])
            {
                return IdentityRefusals.ParentUnknown;
            }

            parents.Add(new BirthRepresentative(id, (await store.LoadAsync([space], cancel))[0].State.Name));
        }

        return Outcome.Of<IReadOnlyList<BirthRepresentative>>(parents);
    }

    private async Task<IEnumerable<StoredIdentity>> NearAsync(StoredTraits traits, CancellationToken cancel)
    {
        var keys = Duplicates.Keys(traits).Select(key => store.Token(TokenKind.Duplicate, key)).ToList();
        return (await store.LoadAsync(await store.FindAnyAsync(keys, cancel), cancel)).Where(other => other.State.MergedInto is null);
    }
}
