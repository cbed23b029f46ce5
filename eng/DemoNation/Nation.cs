namespace Sante.DemoNation;

/// <summary>The whole model: who lives there and who cares, from a seed and a day. Pure: the same seed and day give the same nation anywhere.</summary>
public sealed class Nation
{
    private readonly Dictionary<Citizen, Household> homes = [];

    /// <param name="seed">Any number.</param>
    /// <param name="today">The civil day up to which the nation has lived.</param>
    public Nation(int seed, DateOnly today)
    {
        (Seed, Calendar, Carers) = (seed, new Calendar(today), new Carers(seed));
        Households = new Households(seed, today).All();
        foreach (var household in Households)
        {
            foreach (var citizen in household.Members)
            {
                homes.Add(citizen, household);
            }
        }

        Citizens = [.. homes.Keys.OrderBy(citizen => citizen.Number)];
    }

    public int Seed { get; }

    public Calendar Calendar { get; }

    public Carers Carers { get; }

    public IReadOnlyList<Household> Households { get; }

    /// <summary>By rank.</summary>
    public IReadOnlyList<Citizen> Citizens { get; }

    /// <summary>Where a citizen lives, or who decides with him.</summary>
    public Household HomeOf(Citizen citizen) => homes[citizen];
}
