using System.Text.Json;
using Sante.Foundations.Identities;
using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

public class TraceFrenchTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 3, 13, 12, 0, TimeSpan.Zero);

    internal static readonly TraceLine Consulted = new()
    {
        Who = Doctor,
        Action = TraceAction.Read,
        Allowed = true,
        Rule = "acc-consent",
        Reason = "Avec votre accord.",
        Purpose = Purposes.Care,
        Categories = Categories.Documents,
        Ids = ["0001-doc", "0001-doc2"],
        Total = 2,
        TypeCodes = ["11490-0"],
        Query = "DocumentReference par type",
        Consent = new(Id(1), new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero)) { GrantedBy = "Jeanne Durand" },
        Origin = "logiciel-du-cabinet",
    };

    private static TraceLine Refused => Consulted with { Allowed = false, Rule = "acc-no-consent", Reason = "Vous ne l'avez pas autorisé.", Consent = null, Total = 0, Ids = [] };

    public static TheoryData<string, string> Sentences => new()
    {
        { "consent", "Le Dr Anne Martin (cabinet des Lilas) a consulté 2 documents le 3 mars 2026 à 14 h 12 pour vos soins, avec votre accord du 1er mars 2026." },
        { "one", "Le Dr Anne Martin (cabinet des Lilas) a consulté 1 document le 3 mars 2026 à 14 h 12 pour vos soins, avec votre accord du 1er mars 2026." },
        { "none", "Le Dr Anne Martin (cabinet des Lilas) a cherché dans vos mesures et vu aucune mesure le 3 mars 2026 à 14 h 12 pour vos soins, comme membre de l'équipe de soins." },
        { "search two kinds", "Le Dr Anne Martin (cabinet des Lilas) a cherché dans vos documents et vos mesures et vu 5 éléments (documents et mesures) le 3 mars 2026 à 14 h 12 pour un diagnostic, avec votre accord du 1er mars 2026." },
        { "medecin traitant", "Le Dr Anne Martin (cabinet des Lilas) a consulté 2 documents le 3 mars 2026 à 14 h 12 pour votre suivi, comme médecin traitant." },
        { "own", "La structure « hôpital des Roses » a consulté 2 documents le 3 mars 2026 à 14 h 12 pour vos soins, en relisant son propre dépôt." },
        { "refused", "Le Dr Anne Martin (cabinet des Lilas) a demandé à consulter vos documents le 3 mars 2026 à 14 h 12 pour vos soins : refusé. Vous ne l'avez pas autorisé." },
        { "refused often", "Le Dr Anne Martin (cabinet des Lilas) a demandé à chercher dans vos documents le 3 mars 2026 à 14 h 12 pour vos soins : refusé (3 fois en une minute). Vous ne l'avez pas autorisé." },
        { "emergency", "Urgence (bris de glace) : Le Dr Eva Blanc (hôpital des Roses) a consulté 2 documents le 3 mars 2026 à 14 h 12 pour vos soins, lieu : rue des Lilas, motif : « inconscient »." },
        { "break", "Urgence (bris de glace) : Le Dr Eva Blanc (hôpital des Roses) a ouvert un accès en urgence le 3 mars 2026 à 14 h 12 pour vos soins, lieu : rue des Lilas, motif : « inconscient »." },
        { "centre 15", "Urgence (centre 15) : Le Dr Max Roux (hôpital des Roses) a consulté 2 documents le 3 mars 2026 à 14 h 12 pour vos soins." },
        { "deposit", "La structure « hôpital des Roses » a déposé 1 document le 3 mars 2026 à 14 h 12 pour vos soins." },
        { "app", "L'application « Balance Plus » a déposé 1 mesure le 3 mars 2026 à 14 h 12 pour votre suivi, par le lien établi le 1er mars 2026." },
        { "amend", "Le Dr Anne Martin (cabinet des Lilas) a modifié 1 document le 3 mars 2026 à 14 h 12 pour vos soins." },
        { "delete", "Le Dr Anne Martin (cabinet des Lilas) a supprimé 1 document le 3 mars 2026 à 14 h 12 pour vos soins." },
        { "mother", "Jeanne Durand, pour Léa Durand, a consulté 2 documents le 3 mars 2026 à 14 h 12." },
        { "you", "Vous avez consulté l'historique des accès le 3 mars 2026 à 14 h 12." },
        { "nurse", "Zoé Faure (cabinet des Lilas) a consulté 1 ordonnance le 3 mars 2026 à 14 h 12 pour la prévention, comme membre de l'équipe de soins." },
        { "identity", "Le Dr Anne Martin (cabinet des Lilas) a retrouvé votre identité de santé le 3 mars 2026 à 14 h 12 pour vos soins." },
        { "refused act", "Jeanne Durand, pour Léa Durand, a demandé à agir sur les réglages de l'espace le 3 mars 2026 à 14 h 12 : refusé. Vous ne l'avez pas autorisé." },
    };

    [Theory]
    [MemberData(nameof(Sentences))]
    public void Sentence_Says(string what, string sentence) => Assert.Equal(sentence, TraceFrench.Sentence(Line(what), At));

    private static TraceLine Line(string what)
    {
        var own = Consulted with { Consent = null, Total = 1 };
        return what switch
        {
            "consent" => Consulted,
            "one" => Consulted with { Total = 1 },
            "none" => own with { Action = TraceAction.Search, Total = 0, Categories = Categories.Measures, Rule = "acc-care-team" },
            "search two kinds" => Consulted with { Action = TraceAction.Search, Total = 5, Categories = Categories.Documents | Categories.Measures, Purpose = Purposes.Diagnosis },
            "medecin traitant" => Consulted with { Rule = "acc-medecin-traitant", Purpose = Purposes.FollowUp },
            "own" => Consulted with { Who = Hospital, Rule = "acc-own-deposit" },
            "refused" => Refused,
            "refused often" => Refused with { Action = TraceAction.Search, Count = 3 },
            "emergency" => Consulted with { Who = Urgentist, Mode = AccessMode.BrisDeGlace, Rule = "acc-emergency", EmergencyReason = "inconscient", Place = "rue des Lilas" },
            "break" => own with { Who = Urgentist, Action = TraceAction.BreakGlass, Mode = AccessMode.BrisDeGlace, Rule = "acc-emergency", EmergencyReason = "inconscient", Place = "rue des Lilas" },
            "centre 15" => Consulted with { Who = Regulator, Mode = AccessMode.Centre15, Rule = "acc-centre-15" },
            "deposit" => own with { Who = Hospital, Action = TraceAction.Deposit, Rule = "acc-feed" },
            "app" => own with { Who = App, Action = TraceAction.Deposit, Rule = "acc-pairing", Categories = Categories.Measures, Purpose = Purposes.FollowUp, Consent = Consulted.Consent },
            "amend" => own with { Action = TraceAction.Amend, Rule = "acc-feed" },
            "delete" => own with { Action = TraceAction.Delete, Rule = "acc-feed" },
            "mother" => Consulted with { Who = Mother.AsDelegate(), Rule = "acc-representative", Purpose = Purposes.None },
            "you" => own with { Who = Holder, Action = TraceAction.ReadTrace, Rule = "acc-holder", Purpose = Purposes.None },
            "nurse" => own with { Who = Nurse, Rule = "acc-care-team", Categories = Categories.Prescriptions, Purpose = Purposes.Prevention },
            "identity" => own with { Action = TraceAction.IdentityFound, Rule = "acc-identity" },
            _ => Refused with { Who = Mother.AsDelegate(), Action = TraceAction.Act, Purpose = Purposes.None },
        };
    }

    [Fact]
    public void Sentence_ForWhoReadsAboutAChild_NamesTheChildAndTheGiver() =>
        Assert.Equal(
            "Le Dr Anne Martin (cabinet des Lilas) a cherché dans le dossier de Léa Durand (documents) et vu 2 documents le 3 mars 2026 à 14 h 12 pour les soins de Léa Durand, avec l'accord donné par Jeanne Durand le 1er mars 2026.",
            TraceFrench.Sentence(Consulted with { Action = TraceAction.Search }, At, "Léa Durand"));

    [Fact]
    public void Moment_IsParisTime_WinterAndSummer()
    {
        Assert.Equal("1er janvier 2026 à 0 h 05", TraceFrench.Moment(new(2025, 12, 31, 23, 5, 0, TimeSpan.Zero)));
        Assert.Equal("14 juillet 2026 à 23 h 59", TraceFrench.Moment(new(2026, 7, 14, 21, 59, 59, TimeSpan.Zero)));
    }

    public static TheoryData<string> EventTypes => GoldenTests.EventTypes;

    [Theory]
    [MemberData(nameof(EventTypes))]
    public void EveryFact_MakesASentence(string type)
    {
        var happened = EventSamples.Of(type);
        var decision = Life.OpenNewborn().Ask(Mother, AccessAction.Govern);
        var sentence = TraceFrench.Sentence(TraceLines.Of(happened, decision), At);
        Assert.EndsWith(".", sentence, StringComparison.Ordinal);
        Assert.Contains("le 3 mars 2026 à 14 h 12", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("  ", sentence, StringComparison.Ordinal);
    }

    public static TheoryData<RegistryAct> RegistryActs => [.. Enum.GetValues<RegistryAct>()];

    [Theory]
    [MemberData(nameof(RegistryActs))]
    public void EveryActOfTheRegistry_MakesASentence(RegistryAct act)
    {
        var line = JsonSerializer.Deserialize<TraceLine>(new RegistryLines().LineOf(Doctor, act).Span, SpaceJson.Options)!;
        Assert.StartsWith("Le Dr Anne Martin (cabinet des Lilas) a ", TraceFrench.Sentence(line, At), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryPhrase_IsOfAFactThatExists() =>
        Assert.Equal(SpaceJson.EventNames.Values.Append("local-identifier-linked").Append("identity-merged").Order(), TraceActs.Known.Order());

    [Fact]
    public void Fact_Consent_SaysWhomWhatAndUntilWhen() =>
        Assert.Equal(
            "Jeanne Durand, pour Léa Durand, a autorisé Dr Anne Martin (lecture : documents et mesures ; écriture : mesures, jusqu'au 30 juin 2026) le 3 mars 2026 à 14 h 12.",
            TraceFrench.Sentence(TraceLines.Of(EventSamples.Of(nameof(ConsentGranted)), Life.OpenNewborn().Ask(Mother, AccessAction.Govern)), At));

    [Fact]
    public void LineOfARequest_NamesTheDelegate_TheRule_TheConsent_AndTheEmergency()
    {
        var life = Life.OpenNewborn().Do(new BreakGlass(Id(9), "inconscient", "rue des Lilas", Urgentist));
        var request = new AccessRequest(Urgentist, AccessAction.Read, AccessMode.BrisDeGlace, Categories.Documents, Purposes.Care, Now, ["11490-0"], false);
        var line = TraceLines.Of(life.State, request, Access.Decide(life.State, request), ["0001-doc"], 1);
        Assert.Equal(("acc-emergency", "inconscient", "rue des Lilas", AccessMode.BrisDeGlace), (line.Rule, line.EmergencyReason, line.Place, line.Mode));

        var mothers = new AccessRequest(Mother, AccessAction.Search, AccessMode.Normal, Categories.Documents, Purposes.None, Now, [], false);
        Assert.Equal("Léa Durand", TraceLines.Of(life.State, mothers, Access.Decide(life.State, mothers), [], 0).Who.For?.Name);
    }

    [Fact]
    public void TraceSight_TakesAMinorsSecretOutOfTheParentsLines()
    {
        var life = Life.OpenNewborn().Do(new LabelDocument("0001-doc", Labels.InvisibleRepresentantsLegaux, Hospital));
        var parents = life.Ask(Mother, AccessAction.ReadTrace).Filter;
        var seen = TraceSight.For(Consulted, parents)!;
        Assert.Equal((1, 0), (seen.Total, seen.TypeCodes.Count));
        Assert.Equal(["0001-doc2"], seen.Ids);
        Assert.Null(TraceSight.For(Consulted with { Ids = ["0001-doc"], Total = 1 }, parents));
        Assert.Null(TraceSight.For(TraceLines.Of(EventSamples.Of(nameof(DocumentLabelled)), life.Ask(Hospital, AccessAction.Feed)), parents));
        Assert.Same(Consulted, TraceSight.For(Consulted, life.Ask(Holder, AccessAction.ReadTrace).Filter));
    }
}
