using Sante.Fhir;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>One write of a call, as decided in one attempt.</summary>
internal sealed class PlannedWrite(WorkbenchWrite write, int entry)
{
    public WorkbenchWrite Write { get; } = write;
    public int Entry { get; } = entry;

    /// <summary>The version that must be there; null for none or for <c>If-Match: *</c>.</summary>
    public int? Asked => Write.IfMatch is Preconditions.AnyVersion ? null : Write.IfMatch;

    /// <summary>The FHIR id; null while not decided, or for a delete that has nothing to delete.</summary>
    public string? Id { get; set; }
    public Guid Row { get; set; }
    /// <summary>Where it lives, or is to be born; null while a create does not know.</summary>
    public SpaceId? Space { get; set; }
    /// <summary>As <see cref="NewResource.ExpectedVersion"/>; null when nothing is to be written.</summary>
    public int? Expected { get; set; }
    public WorkbenchOutcome Outcome { get; set; }
    /// <summary>The resource to store, references resolved; null for a delete.</summary>
    public FhirResource? Resource { get; set; }
    /// <summary>Of a found or unchanged one: the version that is there.</summary>
    public WorkbenchResource? Present { get; set; }
    /// <summary>A space that begins with this write: a patient's.</summary>
    public bool IsBirth { get; set; }
    public NewResource? Stored { get; set; }
    public IReadOnlyCollection<string> References { get; set; } = [];

    public string Reference => $"{Write.Type}/{Id}";
}

/// <summary>An attempt ends: refused at an entry, or to be tried again because the state moved.</summary>
internal sealed class WriteFault(Refusal? refusal, int entry)
{
    public static readonly WriteFault Retry = new(null, 0);
    public Refusal? Refusal { get; } = refusal;
    public int Entry { get; } = entry;
}
