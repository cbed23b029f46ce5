using Sante.Kernel;
using Sante.Space;

namespace Sante.DemoNation;

/// <summary>Whom a citizen, or who acts for him, lets in, keeps out and names; at fixed moments of the calendar, for some and not for others.</summary>
internal sealed class Permissions(Nation nation, SpaceBook book, Carer doctor)
{
    private readonly Citizen citizen = book.Citizen;
    private readonly Household home = nation.HomeOf(book.Citizen);
    private bool isSettled;

    /// <summary>Who decides: the holder, or the first representative in office.</summary>
    public Actor HolderSide()
    {
        var inOffice = book.State.RepresentativesAt(book.Now);
        return inOffice.Count > 0 ? home.Adults.First(adult => inOffice.Any(r => r.Person == adult.Identifier)).Actor : citizen.Actor;
    }

    /// <summary>What is decided at this moment.</summary>
    public void Tell(int era)
    {
        var by = HolderSide();
        if (!isSettled)
        {
            Settle(by);
            isSettled = true;
        }

        switch ((era + citizen.Number) % 14)
        {
            case 3:
                Grant(nation.Carers.FamilyDoctors[(citizen.Number + era) % nation.Carers.FamilyDoctors.Count], Categories.Documents, 120, by);
                break;
            case 5 when citizen.Number % 6 == 0:
                Consent(by, (who, now) => new BlockActor(nation.Carers.OtherDoctor.Grantee, who));
                break;
            case 6:
                Refused();
                break;
            case 8 when citizen.Number % 3 == 0:
                Consent(by, (who, now) => new RevokeConsent(doctor.Grantee, who));
                break;
            case 9 when book.State.Consent.Of(doctor.Identifier) is { End: ConsentEnd.Revoked }:
                Grant(doctor, Categories.Documents | Categories.Measures, null, by);
                break;
            case 10 when citizen.Number % 4 == 0:
                HideOne(by);
                break;
        }
    }

    /// <summary>One closes the space at the end.</summary>
    public void Close(int era)
    {
        if (home.Kind == HouseholdKind.Couple && citizen.Number % 11 == 0 && era == nation.Calendar.Eras.Count - 1)
        {
            book.Act(citizen.Actor, (state, by, now) => Accounts.Decide(state.Account, new CloseAccount(by), now));
        }
    }

    /// <summary>Médecin traitant, care team, trusted person, scale, the doctor's consent: soon after the opening.</summary>
    private void Settle(Actor by)
    {
        Entourage(by, who => new DeclareMedecinTraitant(doctor.Grantee, who));
        Grant(doctor, Categories.Documents | Categories.Measures, citizen.Number % 2 == 0 ? null : 1_500, by);
        var age = citizen.AgeOn(CivilDate.At(book.Now));
        if (age > 75)
        {
            Entourage(by, who => new AddCareTeamMember(nation.Carers.Nurses[citizen.Number % nation.Carers.Nurses.Count].Grantee, "Infirmier à domicile", who));
        }

        if (home.Kind == HouseholdKind.Ehpad && home.Dependants.Contains(citizen))
        {
            var ehpad = Carers.StructureOf(nation.Carers.Ehpad);
            Entourage(by, who => new AddCareTeamMember(new Grantee(GranteeKind.Structure, ehpad.Identifier, ehpad.Name), "Lieu de vie", who));
            Entourage(by, who => new NameTrustedPerson(home.Adults[0].Name, null, who));
        }

        if (age >= 18 && home.Adults.Count == 2 && citizen.Number % 3 == 0)
        {
            Entourage(by, who => new NameTrustedPerson(home.Adults.First(adult => adult != citizen).Name, null, who));
        }

        if (citizen.Number % 40 == 7)
        {
            book.Act(by, (state, who, now) => Emergencies.Decide(state.Emergency, new SetEmergencyOpposition(true, false, who), now));
        }

        if (Health.Of(nation.Seed, citizen, nation.Calendar.Today).HasScale && age >= 18)
        {
            Pair(by);
        }
    }

    private void Pair(Actor by)
    {
        var editor = new Grantee(GranteeKind.App, new ActorIdentifier(ActorIdentifier.ClientSystem, DemoClients.Scale), "Balance Lunéa");
        book.Act(by, (state, who, now) => Pairings.Decide(state.Pairing, new Pair(
            book.NewId("pairing"), editor, DemoClients.ScaleOid, $"lunea-{book.NewId("idpe"):N}", Categories.Measures, Categories.Measures, who), now));
    }

    private void Grant(Carer to, Categories categories, int? days, Actor by)
    {
        if (!book.State.Consent.IsBlocked(to.Identifier))
        {
            Consent(by, (who, now) => new GrantConsent(
                book.NewId("consent"), to.Grantee, categories, Categories.None, Purposes.Care | Purposes.FollowUp, null,
                days is { } span ? CivilDate.At(now).AddDays(span) : null, who));
        }
    }

    /// <summary>A doctor who was never let in asks, and is refused: the line stays.</summary>
    private void Refused() =>
        book.Ask(nation.Carers.OtherDoctor.At(0, DemoClients.Office), AccessAction.Search, Categories.Documents, "DocumentReference par patient");

    private void HideOne(Actor by)
    {
        var filter = book.State.Visibility;
        var document = book.Shelf.Values.FirstOrDefault(content => content.TypeCode is not null && !filter.Documents.ContainsKey(content.Id.ToString()));
        if (document is not null)
        {
            book.Act(by, (state, who, now) => Visibilities.Decide(state.Visibility, new HideDocument(document.Id.ToString(), who), now));
        }
    }

    private void Consent(Actor by, Func<Actor, DateTimeOffset, ConsentCommand> command) =>
        book.Act(by, (state, who, now) => Consents.Decide(state.Consent, command(who, now), now));

    private void Entourage(Actor by, Func<Actor, EntourageCommand> command) =>
        book.Act(by, (state, who, now) => Entourages.Decide(state.Entourage, command(who), now));
}
