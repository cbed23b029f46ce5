namespace Sante.Kernel;

/// <summary>Name of one citizen's space: random, never derived from the INS, never sent outside (callers know <c>Patient.id</c>).</summary>
public readonly record struct SpaceId(Guid Value)
{
    public override string ToString() => Value.ToString("N");
}
