using System.Globalization;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Keys;
using Sante.Space;

namespace Sante.Bench.Nation;

/// <summary>One citizen while the nation is filled: the space, its keys, what stands in it, and how far its numbers have come.</summary>
internal sealed class NationCitizen(int number, SpaceId space, SpaceKeys keys)
{
    private readonly List<RecordId> observations = [];

    public int Number => number;
    public SpaceId Space => space;
    public SpaceKeys Keys => keys;
    public int Slot { get; } = SlotMap.SlotOf(space);
    public RecordId Patient { get; } = FhirStore.NewId(space);
    public Actor Carer => Carers[number % NationCarers.Count];

    /// <summary>The Observations, as the load generator will read them.</summary>
    public IReadOnlyList<RecordId> Observations => observations;

    public SpaceState State { get; set; } = SpaceState.Zero;
    public long AccessVersion { get; set; } = 1;
    public int Events { get; set; }
    public int Lines { get; set; }

    public string Name => string.Create(CultureInfo.InvariantCulture, $"Camille Banc {number}");

    public Actor Self => new(ActorKind.Citizen, new ActorIdentifier(ActorIdentifier.PatientSystem, Patient.ToString()), Name, Client: "bench-portal");

    public RecordId NewObservation()
    {
        var id = FhirStore.NewId(space);
        observations.Add(id);
        return id;
    }

    private static Actor[] Carers { get; } = [.. Enumerable.Range(0, NationCarers.Count).Select(NationCarers.Of)];
}
