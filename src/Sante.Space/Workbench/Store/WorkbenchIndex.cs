using System.Globalization;
using Sante.Fhir;
using Sante.Fhir.Search;
using Sante.Ledger;

namespace Sante.Space.Workbench;

/// <summary>From a resource to its index rows, and to the patients of whose compartment it is. Pure.</summary>
internal sealed class WorkbenchIndex
{
    private WorkbenchIndex() { }

    public List<IndexToken> Tokens { get; } = [];
    public List<IndexDate> Dates { get; } = [];
    public List<IndexNumber> Numbers { get; } = [];
    public List<IndexText> Texts { get; } = [];

    /// <summary>Ids of the patients of whose compartment it is; those named by <c>subject</c> or <c>patient</c> first.</summary>
    public List<string> Patients { get; } = [];

    /// <summary>The patient whose it is, when only one can be: its space is the resource's.</summary>
    public string? Owner { get; private set; }

    public static WorkbenchIndex Of(FhirResource resource)
    {
        var index = new WorkbenchIndex();
        var ways = Compartments.PatientParameters(resource.Type);
        var owners = new List<string>();
        foreach (var value in SearchIndex.Of(resource))
        {
            if (value is ReferenceValue { Type: "Patient", Id: { } patient } && ways.Contains(value.Parameter))
                index.AddPatient(patient, value.Parameter, owners);
            if (IndexKeys.IsKept(resource.Type, value.Parameter))
                index.Add(resource.Type, value);
        }
        index.Owner = index.Patients is [var only] ? only : owners is [var subject] ? subject : null;
        return index;
    }

    private void AddPatient(string patient, string parameter, List<string> owners)
    {
        if (!Patients.Contains(patient))
            Patients.Add(patient);
        if (parameter is "subject" or "patient" && !owners.Contains(patient))
            owners.Add(patient);
    }

    private void Add(string type, IndexValue value)
    {
        foreach (var key in value.Keys)
        {
            var token = IndexKeys.TokenOf(type, key);
            if (!Tokens.Contains(token))
                Tokens.Add(token);
        }
        switch (value)
        {
            case DateValue date:
                Dates.Add(new IndexDate(IndexKeys.NameOf(type, date.Parameter), Instants.Of(date.LowTicks), Instants.Of(date.HighTicks)));
                break;
            case TextValue text when text.Folded.Length > 0:
                Texts.Add(new IndexText(IndexKeys.NameOf(type, text.Parameter), text.Folded));
                break;
            case NumberValue number:
                Numbers.Add(new IndexNumber(IndexKeys.NumberName(type, number.Parameter, ""), (double)number.Value));
                break;
            case QuantityValue { Canonical: var quantity }:
                Numbers.Add(new IndexNumber(IndexKeys.NumberName(type, value.Parameter, quantity.Unit), quantity.Value));
                break;
        }
    }
}

/// <summary>Ticks as PostgreSQL keeps instants: microseconds, cut; open ends are the ends of time.</summary>
internal static class Instants
{
    /// <summary>The first kept instant that is not before these ticks: what is asked "from" a tick inside a microsecond begins with the next one.</summary>
    public static DateTimeOffset AtLeast(long ticks) => Of(ticks + TimeSpan.TicksPerMicrosecond - 1);

    public static DateTimeOffset Of(long ticks) =>
        ticks <= 0 ? DateTimeOffset.MinValue
        : ticks >= DateTimeOffset.MaxValue.Ticks ? DateTimeOffset.MaxValue
        : new DateTimeOffset(ticks - (ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
