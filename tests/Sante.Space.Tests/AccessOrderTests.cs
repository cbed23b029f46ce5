using Sante.Kernel;
using static Sante.Space.Tests.People;

namespace Sante.Space.Tests;

/// <summary>
/// The whole legal order as one table: open → not blocked → mode → matrix → visibility. Each obstacle is put in alone and with all later ones:
/// the earliest must always be the one that answers.
/// </summary>
public class AccessOrderTests
{
    private const string Doc = "0001-doc";

    private static Life Ready(AccessMode mode)
    {
        var life = Life.OpenNewborn();
        return mode switch
        {
            AccessMode.Normal => life.LetIn(Asking(mode).Grant()),
            AccessMode.BrisDeGlace => life.Do(new BreakGlass(Id(9), "inconscient", "rue des Lilas", Asking(mode))),
            _ => life,
        };
    }

    private static Actor Asking(AccessMode mode) => mode switch
    {
        AccessMode.Normal => Doctor,
        AccessMode.BrisDeGlace => Urgentist,
        _ => Regulator,
    };

    private static readonly (string Rule, AccessMode[] Modes, Action<Life, AccessMode> Put)[] Obstacles =
    [
        ("acc-not-open", [AccessMode.Normal, AccessMode.BrisDeGlace, AccessMode.Centre15], (life, _) => life.Do(new CloseAccount(Mother.AsDelegate()))),
        ("acc-blocked", [AccessMode.Normal, AccessMode.BrisDeGlace, AccessMode.Centre15], (life, mode) => life.Do(new BlockActor(Asking(mode).Grant(), Father.AsDelegate()))),
        ("acc-consent-revoked", [AccessMode.Normal], (life, mode) => life.Do(new RevokeConsent(Asking(mode).Grant(), Mother.AsDelegate()))),
        ("acc-emergency-opposed", [AccessMode.BrisDeGlace], (life, _) => life.Do(new SetEmergencyOpposition(true, false, Mother.AsDelegate()))),
        ("acc-centre-15-opposed", [AccessMode.Centre15], (life, _) => life.Do(new SetEmergencyOpposition(false, true, Mother.AsDelegate()))),
        ("acc-emergency-not-begun", [AccessMode.BrisDeGlace], (life, _) => life.Do(new CloseEmergency(Id(9), Mother.AsDelegate()))),
    ];

    public static TheoryData<AccessMode> Modes => [AccessMode.Normal, AccessMode.BrisDeGlace, AccessMode.Centre15];

    [Theory]
    [MemberData(nameof(Modes))]
    public void WithoutObstacle_TheCarerEnters(AccessMode mode)
    {
        var decision = Ready(mode).Ask(Asking(mode), mode: mode, types: "11490-0");
        Assert.True(decision.Allowed);
        Assert.Equal(mode switch { AccessMode.Normal => "acc-consent", AccessMode.BrisDeGlace => "acc-emergency", _ => "acc-centre-15" }, decision.Rule);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void EachObstacle_AloneOrWithAllLaterOnes_IsTheOneThatAnswers(AccessMode mode)
    {
        var obstacles = Obstacles.Where(o => o.Modes.Contains(mode)).ToList();
        for (var first = 0; first < obstacles.Count; first++)
        {
            var alone = Ready(mode);
            obstacles[first].Put(alone, mode);
            var together = Ready(mode);
            // A closed account stops nobody from putting the others first: apply in reverse, the earliest last.
            foreach (var obstacle in obstacles.Skip(first).Reverse())
            {
                obstacle.Put(together, mode);
            }

            foreach (var life in new[] { alone, together })
            {
                // ATTEST-RESID is denied by the matrix to every profession: the last obstacle, always there.
                var decision = life.Ask(Asking(mode), mode: mode, types: "ATTEST-RESID");
                Assert.Equal(obstacles[first].Rule, decision.Rule);
                Assert.Equal(AccessRefusals.NotAuthorised, decision.Public);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void TypeOutsideTheMatrix_IsRefusedInEveryMode(AccessMode mode) =>
        Assert.Equal("acc-matrix", Ready(mode).Ask(Asking(mode), mode: mode, types: "ATTEST-RESID").Rule);

    [Theory]
    [MemberData(nameof(Modes))]
    public void HiddenDocument_StaysHiddenInEveryMode_AndOutOfTheFilter(AccessMode mode)
    {
        var life = Ready(mode).Do(new HideDocument(Doc, Mother.AsDelegate()));
        var filter = life.Ask(Asking(mode), mode: mode).Filter;
        Assert.False(filter.Shows(Doc, Hospital.Identifier == HospitalPlace.Identifier && mode != AccessMode.Normal ? Colleague.Identifier : Hospital.Identifier, "11490-0"));
        Assert.True(filter.Shows("0001-other", Colleague.Identifier, "11490-0"));
        Assert.False(filter.Shows("0001-other", Colleague.Identifier, "ATTEST-RESID"));
    }

    /// <summary>Whatever a carer is refused for, he hears the same code and the same text.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void EveryRefusal_TellsTheCarerTheSame(AccessMode mode)
    {
        var told = Obstacles.Where(o => o.Modes.Contains(mode)).Select(obstacle =>
        {
            var life = Ready(mode);
            obstacle.Put(life, mode);
            return life.Ask(Asking(mode), mode: mode).Public;
        }).Append(Life.OpenNewborn().Ask(Nurse, mode: mode).Public).Append(new Life().Ask(Doctor, mode: mode).Public);
        Assert.All(told, refusal => Assert.Same(AccessRefusals.NotAuthorised, refusal));
    }
}
