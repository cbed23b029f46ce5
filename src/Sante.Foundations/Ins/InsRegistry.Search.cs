using Sante.Foundations.Files;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Foundations.Identities;

/// <summary>A search as the INSi takes it: birth name, one first name, sex, date; the place narrows.</summary>
/// <param name="Family">Birth name.</param>
/// <param name="Given">One first name, or all of them together.</param>
/// <param name="BirthOn">Date of birth.</param>
/// <param name="Sex">Registered sex.</param>
/// <param name="BirthPlace">INSEE code, or null.</param>
public sealed record TraitSearch(string Family, string Given, DateOnly BirthOn, RegisteredSex Sex, string? BirthPlace)
{
    public override string ToString() => "TraitSearch ***";
}

/// <summary>The answer in the INSi's words: 00 one person, 01 none, 02 several.</summary>
/// <param name="Code">00, 01 or 02.</param>
/// <param name="Label">In French.</param>
/// <param name="Identity">The person, for 00.</param>
public sealed record InsAnswer(string Code, string Label, IdentityState? Identity)
{
    internal static InsAnswer None { get; } = new("01", "Aucune identité trouvée", null);
    internal static InsAnswer Several { get; } = new("02", "Plusieurs identités trouvées", null);

    public override string ToString() => $"InsAnswer {Code}";
}

/// <summary>Searches: a hit writes a line in that person's space before it is answered, a miss one in the caller's own log.</summary>
public sealed partial class InsRegistry
{
    /// <summary>By traits. Refusals: <c>host-cannot-hear</c>, <c>database-unavailable</c>.</summary>
    public async Task<Outcome<InsAnswer>> SearchAsync(TraitSearch search, Actor by, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(search);
        var token = RegistryTokens.Traits(store, search.Family, search.Given, search.BirthOn, search.Sex);
        var candidates = await store.LoadAsync(await store.FindAsync(token, cancel), cancel);
        var found = candidates.Where(one => IsFindable(one.State) && Answers(one.State, search)).ToList();
        return await AnswerAsync(found, by, RegistryAct.FoundByTraits, cancel);
    }

    /// <summary>By matricule, present or former. Refusals as above.</summary>
    public async Task<Outcome<InsAnswer>> SearchAsync(Ins ins, Actor by, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(ins);
        var found = await store.LoadAsync(await store.FindAsync(RegistryTokens.Matricule(store, ins), cancel), cancel);
        return await AnswerAsync([.. found.Where(one => IsFindable(one.State))], by, RegistryAct.FoundByMatricule, cancel);
    }

    /// <summary>By an establishment's own number. Refusals as above.</summary>
    public async Task<Outcome<InsAnswer>> SearchAsync(LocalIdentifier local, Actor by, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(local);
        var found = await store.LoadAsync(await store.FindAsync(RegistryTokens.Local(store, local), cancel), cancel);
        return await AnswerAsync(found, by, RegistryAct.FoundByLocal, cancel);
    }

    /// <summary>
    /// The space holder who has exactly these traits (identity pivot of FranceConnect): all first names must agree. Refusals:
    /// <c>identity-unknown</c>, <c>identity-ambiguous</c>. Leaves no line: the person signs in as himself.
    /// </summary>
    public async Task<Outcome<(string Patient, string Name)>> MatchAsync(StrictTraits traits, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(traits);
        var token = RegistryTokens.Traits(store, traits.Family, string.Join(' ', traits.Given), traits.BirthOn, traits.Sex);
        var candidates = await store.LoadAsync(await store.FindAsync(token, cancel), cancel);
        var search = new TraitSearch(traits.Family, string.Join(' ', traits.Given), traits.BirthOn, traits.Sex, traits.BirthPlace);
        var names = Folding.Fold(search.Given);
        var found = candidates
            .Where(one => IsFindable(one.State) && Answers(one.State, search) && Folding.Fold(string.Join(' ', one.State.Traits!.Given)) == names)
            .ToList();
        return found switch
        {
            [] => IdentityRefusals.Unknown,
            [var one] => Outcome.Of((one.State.Patient, one.State.Name)),
            _ => IdentityRefusals.Ambiguous,
        };
    }

    private static bool IsFindable(IdentityState state) => state.MergedInto is null && !state.Attributes.HasFlag(IdentityAttributes.Fictif);

    /// <summary>Tokens only narrow: the opened traits decide.</summary>
    private static bool Answers(IdentityState state, TraitSearch search) =>
        state.Traits is { } t
        && StrictTraits.TryCreate(t.Family, t.Given, t.BirthOn.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), t.Sex == RegisteredSex.Male ? "M" : "F", t.BirthPlace)
            .TryGet(out var traits, out _)
        && traits.Answers(search.Family, search.Given, search.BirthOn, search.Sex, search.BirthPlace);

    private async Task<Outcome<InsAnswer>> AnswerAsync(IReadOnlyList<StoredIdentity> found, Actor by, RegistryAct act, CancellationToken cancel)
    {
        if (found is [var one])
        {
            var refused = await WriteLineAsync(one.Space, by, act, cancel);
            if (refused?.Code == "space-unknown")
            {
                // The host that entered this identity died before its space began: begin it now, then tell.
                refused = (await BeginSpaceAsync(one, Actor.Platform, cancel)).Refusal ?? await WriteLineAsync(one.Space, by, act, cancel);
            }

            return refused is null ? new InsAnswer("00", "Identité trouvée", one.State) : refused;
        }

        // A person whose own log it goes to needs no fence: it is nobody's record but the caller's.
        var own = await ledger.ActorSpaceAsync(by.Identifier, cancel);
        return await WriteLineAsync(own, by, RegistryAct.NotFound, cancel) is { } failed ? failed : found.Count == 0 ? InsAnswer.None : InsAnswer.Several;
    }

    /// <summary>Writes the line on the space as it stands; nothing is answered before it is durable.</summary>
    private async Task<Refusal?> WriteLineAsync(SpaceId space, Actor by, RegistryAct act, CancellationToken cancel)
    {
        if (!ledger.World.CanHear)
        {
            return new Refusal("host-cannot-hear", RefusalKind.Unavailable, "Ce serveur n'entend plus la plateforme : il ne communique plus rien. Réessayez dans quelques secondes.");
        }

        var line = lines.LineOf(by, act);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (!(await ledger.LoadAsync(space, [], cancel)).TryGet(out var snapshot, out var refusal))
            {
                return refusal;
            }

            if (!(await ledger.CommitAsync(new WriteRequest(space, snapshot.AccessVersion) { Lines = [line] }, cancel)).TryGet(out var verdict, out refusal))
            {
                return refusal;
            }

            if (verdict.IsAccepted)
            {
                return null;
            }
        }

        return IdentityRefusals.Moved;
    }
}
