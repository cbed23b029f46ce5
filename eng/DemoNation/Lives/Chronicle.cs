using Sante.DirectoryFiles;
using Sante.Kernel;
using Sante.Space;

namespace Sante.DemoNation;

/// <summary>
/// What happens to one citizen at each moment of the calendar. Pure, and blind to the other books: each life is told alone, from the seed.
/// </summary>
public sealed class Chronicle
{
    private const int FirstMet = 12;

    private readonly Nation nation;
    private readonly SpaceBook book;
    private readonly Citizen citizen;
    private readonly Household home;
    private readonly Health health;
    private readonly Carer doctor;
    private readonly Permissions permissions;
    private RecordId? scale;

    /// <param name="nation">Everybody.</param>
    /// <param name="citizen">Whose life.</param>
    public Chronicle(Nation nation, Citizen citizen)
    {
        ArgumentNullException.ThrowIfNull(nation);
        (this.nation, this.citizen, home) = (nation, citizen, nation.HomeOf(citizen));
        health = Health.Of(nation.Seed, citizen, nation.Calendar.Today);
        // A household shares its family doctor.
        doctor = nation.Carers.FamilyDoctors[home.Members.First().Number % nation.Carers.FamilyDoctors.Count];
        book = new SpaceBook(citizen);
        permissions = new Permissions(nation, book, doctor);
    }

    /// <summary>The space of this life.</summary>
    public SpaceBook Book => book;

    /// <summary>Tells what happened until that moment; the page is then in <see cref="Book"/>.</summary>
    public void Tell(int era)
    {
        var now = nation.Calendar.Eras[era];
        if (CivilDate.At(now) < citizen.BirthOn.AddDays(1))
        {
            return;
        }

        book.TurnTo(now);
        if (!book.IsBegun)
        {
            Begin();
            return;
        }

        if (!book.IsOpen)
        {
            return;
        }

        var dice = new Dice(nation.Seed, "life", (citizen.Number * 100L) + era);
        permissions.Tell(era);
        var holder = permissions.HolderSide();
        Visit(ref dice);
        Home(era, ref dice, holder);
        Laboratory(era, ref dice);
        Hospital(era, ref dice);
        new Appointments(nation, book, doctor).Tell(era, ref dice);
        permissions.Close(era);
    }

    /// <summary>The registry begins the space, with who represents the citizen; the letter leaves, and a few refuse.</summary>
    private void Begin()
    {
        var isChild = book.Now < CivilDate.MajorityAt(citizen.BirthOn);
        var isProtected = home.Kind == HouseholdKind.Guardianship;
        var adults = home.Dependants.Contains(citizen) && (isChild || isProtected) ? home.Adults : [];
        book.Begin([.. adults.Select(adult =>
            new Representative(adult.Identifier, adult.Name, isChild ? RepresentativeKind.Parent : RepresentativeKind.Guardian))]);
        book.TurnTo(book.Now);
        if (home.Kind == HouseholdKind.Alone && citizen.Number % 9 == 0)
        {
            book.Act(citizen.Actor, (state, by, now) => Accounts.Decide(state.Account, new RefuseOpening(by), now));
        }
    }

    /// <summary>A visit to the doctor: measures, often a document, and his look into the record.</summary>
    private void Visit(ref Dice dice)
    {
        var age = citizen.AgeOn(CivilDate.At(book.Now));
        // The households that people meet first have the fuller records.
        var isFollowed = age < 3 || age > 70 || health.HasDiabetes || health.HasHypertension || citizen.Number < FirstMet;
        if (!dice.Percent(isFollowed ? 28 : 11))
        {
            return;
        }

        var at = book.Now.AddDays(-dice.Next(12)).AddMinutes(-dice.Next(240));
        var by = doctor.At(0, DemoClients.Office);
        var readings = Measures.AtVisit(citizen, health, at, ref dice);
        book.Ask(by, AccessAction.Search, Categories.Documents, "DocumentReference par patient");
        book.Deposit(by, Categories.Measures, [.. readings.Select(reading => Observe(reading, by))]);
        if (dice.Percent(40))
        {
            var written = Papers.OfVisit(citizen, health, by, at, ref dice);
            book.Deposit(by, Categories.Documents, Documents.Of(written, book), LabelsOf(written));
        }
    }

    /// <summary>What people and their devices measure at home, and the rare document of their own.</summary>
    private void Home(int era, ref Dice dice, Actor holder)
    {
        var isTurn = (era + citizen.Number) % 3 == 0;
        var own = Measures.AtHome(health, book.Now, ref dice);
        if (isTurn && own.Count > 0)
        {
            book.Deposit(holder, Categories.Measures, [.. own.Select(reading => Observe(reading, holder))]);
        }

        if (isTurn && book.State.Pairing.Of(new ActorIdentifier(ActorIdentifier.ClientSystem, DemoClients.Scale)) is not null)
        {
            var editor = DemoClients.OfApp(DemoClients.Scale, "Balance Lunéa");
            var fed = new List<Content>();
            if (scale is null)
            {
                scale = book.NewRecordId("Device");
                fed.Add(new Content(scale.Value, "Device", Observations.Scale($"LUNEA-{citizen.Number:0000}"), editor));
            }

            fed.AddRange(Measures.OfScale(citizen, health, book.Now, ref dice).Select(reading => Observe(reading, editor, scale)));
            book.Deposit(editor, Categories.Measures, fed);
        }

        if (dice.Percent(1))
        {
            book.Deposit(holder, Categories.Documents, Documents.Of(Papers.OfPatient(citizen, holder, book.Now), book));
        }
    }

    /// <summary>The yearly blood test of those over fifty or ill.</summary>
    private void Laboratory(int era, ref Dice dice)
    {
        var age = citizen.AgeOn(CivilDate.At(book.Now));
        if (era % 4 != citizen.Number % 4 || !(age >= 50 || health.HasDiabetes) || !dice.Percent(60))
        {
            return;
        }

        var at = book.Now.AddDays(-1).AddHours(-1);
        var laboratory = DemoClients.OfSite(nation.Carers.Laboratory, DemoClients.Laboratory);
        var readings = Measures.Blood(health, at, ref dice);
        book.Deposit(laboratory, Categories.Measures, Biology.Of(readings, at, laboratory, book));
        book.Deposit(laboratory, Categories.Documents, Documents.Of(Papers.OfLaboratory(citizen, laboratory, readings, at), book));
    }

    /// <summary>A stay at the hospital now and then; its system feeds the report and the letter.</summary>
    private void Hospital(int era, ref Dice dice)
    {
        if (!dice.Percent(citizen.AgeOn(CivilDate.At(book.Now)) > 75 ? 6 : 1))
        {
            return;
        }

        var system = DemoClients.OfSite(nation.Carers.Hospital, DemoClients.Hospital);
        foreach (var paper in Papers.OfHospital(citizen, nation.Carers.Nurse.At(), nation.Carers.HospitalDoctor.At(), system, book.Now.AddHours(-6), era))
        {
            book.Deposit(system, Categories.Documents, Documents.Of(paper, book), LabelsOf(paper));
        }

        book.Ask(nation.Carers.HospitalDoctor.At(0, DemoClients.Office), AccessAction.Search, Categories.Documents, "DocumentReference par patient");
    }

    private Content Observe(Reading reading, Actor by, RecordId? device = null) =>
        new(book.NewRecordId("Observation"), "Observation", Observations.Of(reading, citizen.Patient.ToString(), device?.ToString()), by);

    private static Labels LabelsOf(Document document) => document.Label switch
    {
        "MASQUE_PS" => Labels.MasquePs,
        "INVISIBLE_PATIENT" => Labels.InvisiblePatient,
        "INVISIBLE_REPRESENTANTS_LEGAUX" => Labels.InvisibleRepresentantsLegaux,
        _ => Labels.None,
    };
}
