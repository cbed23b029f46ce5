using System.Globalization;
using Sante.Foundations.Files;
using Sante.Kernel;

namespace Sante.Foundations.Identities;

/// <summary>Which tokens an identity is found by.</summary>
internal static class RegistryTokens
{
    /// <summary>All tokens of a living identity; of a merged one, only its public id.</summary>
    public static IReadOnlyList<RegistryToken> Of(RegistryStore store, IdentityState state)
    {
        var tokens = new List<RegistryToken> { store.Token(TokenKind.Patient, state.Patient) };
        if (state.MergedInto is not null || state.Traits is not { } traits)
        {
            return tokens;
        }

        IEnumerable<StoredMatricule> matricules = state.History.Select(former => former.Matricule);
        tokens.AddRange((state.Matricule is { } active ? matricules.Append(active) : matricules).Distinct().Select(one => Matricule(store, one)));
        tokens.AddRange(SearchNames(traits).Select(given => Traits(store, traits.Family, given, traits.BirthOn, traits.Sex)));
        tokens.Add(Exact(store, traits));
        tokens.AddRange(state.Locals.Select(local => Local(store, local)));
        tokens.AddRange(Duplicates.Keys(traits).Select(key => store.Token(TokenKind.Duplicate, key)));
        return tokens;
    }

    public static RegistryToken Matricule(RegistryStore store, StoredMatricule one) => store.Token(TokenKind.Matricule, $"{one.Oid}|{one.Matricule}");

    public static RegistryToken Matricule(RegistryStore store, Ins ins) => Matricule(store, IdentityLife.Stored(ins));

    /// <summary>Only one living identity has these five traits; with an unknown place of birth they do not prove that two are one.</summary>
    private static RegistryToken Exact(RegistryStore store, StoredTraits traits) => store.Token(
        TokenKind.Exact,
        string.Create(CultureInfo.InvariantCulture,
            $"{Folding.Fold(traits.Family)}|{Folding.Fold(string.Join(' ', traits.Given))}|{traits.BirthOn:yyyyMMdd}|{traits.Sex}|{traits.BirthPlace}"));

    public static RegistryToken Local(RegistryStore store, LocalIdentifier local) => store.Token(TokenKind.Local, $"{local.System.Length}|{local.System}|{local.Value}");

    public static RegistryToken Traits(RegistryStore store, string family, string given, DateOnly birthOn, RegisteredSex sex) => store.Token(
        TokenKind.Traits,
        string.Create(CultureInfo.InvariantCulture, $"{Folding.Fold(family)}|{Folding.Fold(given)}|{birthOn:yyyyMMdd}|{sex}"));

    private static IEnumerable<string> SearchNames(StoredTraits traits) =>
        traits.Given.Select(Folding.Fold).Append(Folding.Fold(string.Join(' ', traits.Given))).Distinct();
}
