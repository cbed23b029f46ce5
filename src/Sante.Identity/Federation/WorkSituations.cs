using System.Text.Json;
using Sante.Kernel;

namespace Sante.Identity.Federation;

/// <summary>
/// From Pro Santé Connect's userinfo to the actors that the professional may choose among: one per activity of each exercise
/// (<c>SubjectRefPro.exercices[].activities[]</c>), one for an exercise without activity.
/// </summary>
internal static class WorkSituations
{
    public const string RppsSystem = "https://rpps.esante.gouv.fr";
    public const string FinessSystem = "https://finess.esante.gouv.fr";
    public const string SiretSystem = "https://sirene.fr";
    /// <summary>The technical identifier of a structure in RPPS has no published system: ours.</summary>
    public const string TechnicalSystem = "urn:sante:rpps-structure";

    // PS_IdNat: 8 and the RPPS number (Annuaire Santé); other first digits are other registers.
    private const char RppsPrefix = '8';
    private const int IdNatCharacters = 12;

    /// <summary>Refusals: <c>professional-without-rpps</c>, <c>professional-without-situation</c>.</summary>
    public static Outcome<IReadOnlyList<ActorClaim>> Read(JsonElement claims)
    {
        if (Text(claims, "SubjectNameID") is not { Length: IdNatCharacters } idNat || idNat[0] != RppsPrefix || !idNat.All(char.IsAsciiDigit))
        {
            return SignInRefusals.NotRpps;
        }
        var rpps = new ActorIdentifier(RppsSystem, idNat[1..]);
        var mayRegulate = Text(claims, "Acces_Regulation_Medicale") == "VRAI";
        var actors = Items(claims, "SubjectRefPro", "exercices")
            .SelectMany(exercise => ActorsOf(exercise, claims, rpps, mayRegulate))
            .DistinctBy(claim => (claim.Actor.Situation, claim.Actor.Structure?.Identifier))
            .ToArray();
        return actors.Length == 0 ? SignInRefusals.NoSituation : actors;
    }

    private static IEnumerable<ActorClaim> ActorsOf(JsonElement exercise, JsonElement claims, ActorIdentifier rpps, bool mayRegulate)
    {
        if (Text(exercise, "codeProfession") is not { } profession)
        {
            yield break;
        }
        var situation = new Situation(profession, Text(exercise, "codeSavoirFaire"), mayRegulate);
        var actor = new Actor(ActorKind.Professional, rpps, NameOf(exercise, claims), null, situation);
        var activities = Items(exercise, "activities").ToArray();
        if (activities.Length == 0)
        {
            yield return new ActorClaim(actor);
        }
        foreach (var activity in activities)
        {
            yield return new ActorClaim(actor with { Structure = StructureOf(activity) });
        }
    }

    private static string NameOf(JsonElement exercise, JsonElement claims)
    {
        var title = Text(exercise, "codeCiviliteDexercice") switch { "DR" => "Dr", "PR" => "Pr", _ => null };
        var given = Text(exercise, "prenomDexercice") ?? Text(claims, "given_name");
        var family = Text(exercise, "nomDexercice") ?? Text(claims, "family_name");
        var name = string.Join(' ', new[] { title, given, family }.Where(part => part is not null));
        return name.Length > 0 ? name : "Professionnel sans nom";
    }

    private static ActorStructure? StructureOf(JsonElement activity)
    {
        var identifier = Identifier(activity, "numeroFinessSite", FinessSystem)
            ?? Identifier(activity, "numeroFinessetablissementJuridique", FinessSystem)
            ?? Identifier(activity, "numeroSiretSite", SiretSystem)
            ?? Identifier(activity, "identifiantTechniqueDeLaStructure", TechnicalSystem);
        return identifier is null
            ? null
            : new ActorStructure(identifier, Text(activity, "raisonSocialeSite") ?? Text(activity, "enseigneCommercialeSite") ?? "Structure sans nom");
    }

    private static ActorIdentifier? Identifier(JsonElement activity, string member, string system) =>
        Text(activity, member) is { } value ? new ActorIdentifier(system, value) : null;

    private static IEnumerable<JsonElement> Items(JsonElement holder, params string[] path)
    {
        foreach (var member in path)
        {
            if (holder.ValueKind != JsonValueKind.Object || !holder.TryGetProperty(member, out holder))
            {
                return [];
            }
        }
        return holder.ValueKind == JsonValueKind.Array ? holder.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object) : [];
    }

    private static string? Text(JsonElement holder, string member) =>
        holder.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
