using Sante.Kernel;

namespace Sante.Foundations;

/// <summary>A legal representative named by the civil registry: the Patient.id of his own space, and his name.</summary>
/// <param name="IsGuardian">A guardian; else a holder of parental authority, whose power ends at majority.</param>
public sealed record BirthRepresentative(RecordId Patient, string Name, bool IsGuardian = false)
{
    public override string ToString() => "Representative";
}

/// <summary>A space to begin with an identity. The registry chooses <paramref name="Space"/> and <paramref name="Patient"/> (random, slot of the space) and keeps both.</summary>
/// <param name="PatientJson">The FHIR Patient, UTF-8, with its id.</param>
/// <param name="By">Who declared the birth or import, as lines name it.</param>
public sealed record SpaceBirth(
    SpaceId Space, RecordId Patient, string HolderName, DateOnly BirthOn, ReadOnlyMemory<byte> PatientJson, IReadOnlyList<BirthRepresentative> Representatives, Actor By)
{
    public override string ToString() => $"Birth of {Space}";
}

/// <summary>The registry's only word to the record: a space begins (house idea 1). Carried out by the spaces.</summary>
public interface ISpaceBirths
{
    /// <summary>
    /// Begins the space, pending. Idempotent by space: a repeat for the same patient changes nothing, so that a crash between the registry and the space is
    /// healed by calling again. Durable when it answers. Refusals: <c>account-exists</c>, <c>birth-date-future</c>, <c>entourage-person-invalid</c>,
    /// <c>database-unavailable</c>.
    /// </summary>
    Task<Outcome<SpaceId>> BeginAsync(SpaceBirth birth, CancellationToken cancel = default);
}
