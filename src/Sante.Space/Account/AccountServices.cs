using Orleans;
using Sante.Fhir;
using Sante.Foundations;
using Sante.Kernel;

namespace Sante.Space;

/// <summary>Spaces begin here, at the word of the INS registry.</summary>
public sealed class SpaceBirths(IGrainFactory grains, EntourageView entourage) : ISpaceBirths
{
    public async Task<Outcome<SpaceId>> BeginAsync(SpaceBirth birth, CancellationToken cancel = default)
    {
        foreach (var parent in birth.Representatives)
        {
            await entourage.NoteAsync(PersonOf(parent.Patient), birth.Space, cancel);
        }

        // The registry, not whoever brought the news, names holder and representatives.
        var registry = birth.By with { Kind = ActorKind.Operator };
        var beginning = new SpaceBeginning(
            PersonOf(birth.Patient), birth.HolderName, birth.BirthOn,
            [.. birth.Representatives.Select(r => new Representative(PersonOf(r.Patient), r.Name, r.IsGuardian ? RepresentativeKind.Guardian : RepresentativeKind.Parent))],
            FhirContent.Prepare(birth.Patient, 0, Patient(birth.PatientJson), registry), registry);
        var begun = await grains.GetGrain<IAccountGrain>(birth.Space.Value).BeginAsync(beginning);
        return begun.Then<SpaceId>(_ => birth.Space);
    }

    private static FhirResource Patient(ReadOnlyMemory<byte> json) =>
        FhirJson.Parse(json).Resource is { Type: "Patient" } patient ? patient : throw new ArgumentException("The birth's Patient is none.", nameof(json));

    private static ActorIdentifier PersonOf(RecordId patient) => new(ActorIdentifier.PatientSystem, patient.ToString());
}
