using System.Globalization;
using Sante.Identity.Federation;
using Sante.Kernel;

namespace Sante.Identity.Pages;

/// <summary>The pages that a person meets while signing in or out.</summary>
internal static class SignInPages
{
    public static IResult ChooseProvider(IEnumerable<ProviderProfile> providers, string handle)
    {
        var choices = providers.Select(provider => $"""<li><a class="choice" href="/federation/{provider.Key}/start?demande={handle}">{Page.Text(LabelOf(provider))}</a></li>""");
        return new Page("Se connecter à Santé", $"<p>Choisissez comment prouver votre identité.</p>\n<ul class=\"choices\">\n{string.Join('\n', choices)}\n</ul>");
    }

    /// <summary>One button per situation; the form needs no script.</summary>
    public static IResult ChooseSituation(IReadOnlyList<ActorClaim> actors, string handle, string redirectUri)
    {
        var choices = actors.Select((claim, index) =>
            $"""<li><button name="situation" value="{index.ToString(CultureInfo.InvariantCulture)}">{Page.Text(LabelOf(claim.Actor))}</button></li>""");
        var body = $"""
            <p>Vous exercez dans plusieurs situations. Celle que vous choisissez sera inscrite, avec votre nom, dans la trace de chaque accès.</p>
            <form method="post" action="/federation/situation">
            <input type="hidden" name="demande" value="{handle}">
            <ul class="choices">
            {string.Join('\n', choices)}
            </ul>
            </form>
            """;
        return new Page("Choisir votre situation d'exercice", body, formTarget: redirectUri);
    }

    public static IResult Refused(Refusal refusal)
    {
        var status = refusal.Kind switch
        {
            RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
            RefusalKind.Unknown => StatusCodes.Status404NotFound,
            RefusalKind.Conflict => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status400BadRequest,
        };
        return new Page("Connexion impossible", $"<p>{Page.Text(refusal.Text)}</p>\n{AdviceFor(refusal)}<p>Code : <span class=\"code\">{refusal.Code}</span></p>", status);
    }

    public static IResult ConfirmLogout() => new Page("Se déconnecter de Santé ?", """
        <p>Votre session prendra fin dans ce navigateur, pour toutes les applications.</p>
        <form method="post" action="/connect/logout">
        <button name="confirmation" value="oui">Se déconnecter</button>
        </form>
        """);

    public static IResult LoggedOut() => new Page("Vous êtes déconnecté", "<p>Votre session a pris fin. Vous pouvez fermer cette page.</p>");

    private static string LabelOf(ProviderProfile provider) => provider.Kind == ActorKind.Professional
        ? $"Professionnel : continuer avec {provider.Name}" : $"Citoyen : continuer avec {provider.Name}";

    private static string LabelOf(Actor actor)
    {
        var specialty = actor.Situation?.Specialty is { } code ? $" ({code})" : "";
        return $"{Professions.LabelOf(actor.Situation!.Profession)}{specialty} – {actor.Structure?.Name ?? "sans structure déclarée"}";
    }

    // Nothing of the person is repeated: the page may be seen by someone else.
    private static string AdviceFor(Refusal refusal) => refusal == SignInRefusals.MatchNone
        ? """
          <p>Cela arrive quand l'état civil connu de FranceConnect et celui de votre identité nationale de santé ne sont pas écrits de la même façon, ou quand votre espace n'est pas encore créé.</p>
          <ul><li>Votre organisme d'assurance maladie peut faire corriger votre identité nationale de santé.</li>
          <li>Un établissement de santé peut vérifier votre identité avec une pièce d'identité.</li></ul>

          """
        : refusal == SignInRefusals.MatchSeveral
        ? """
          <p>Ce n'est pas une erreur de votre part. Adressez-vous à votre organisme d'assurance maladie avec une pièce d'identité : il saura vous distinguer par votre matricule.</p>

          """
        : "";
}
