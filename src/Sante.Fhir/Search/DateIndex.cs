using System.Text;

namespace Sante.Fhir.Search;

/// <summary>Dates of resources as intervals (http://hl7.org/fhir/R4/search.html#date): dates by precision, periods, timings from first to last event.</summary>
internal static class DateIndex
{
    public static void Add(List<IndexValue> values, string code, PathValue value)
    {
        switch (value.Use?.Name)
        {
            case "Period":
                Period(values, code, value.Node);
                break;
            case "Timing":
                Timing(values, code, value.Node);
                break;
            default:
                if (Parse(value.Node) is { } date)
                {
                    values.Add(new DateValue(code, date.LowTicks, date.HighTicks));
                }

                break;
        }
    }

    internal static FhirDate? Parse(string? text) => text is not null && FhirDate.TryParse(Encoding.UTF8.GetBytes(text), out var date) ? date : null;

    private static FhirDate? Parse(FhirNode node) =>
        node.Kind == FhirNodeKind.Text && FhirDate.TryParse(node.Tree.Value(node.Index), out var date) ? date : null;

    private static void Period(List<IndexValue> values, string code, FhirNode period)
    {
        var (start, end) = (Parse(period["start"u8]), Parse(period["end"u8]));
        if (start is not null || end is not null)
        {
            values.Add(new DateValue(code, start?.LowTicks ?? long.MinValue, end?.HighTicks ?? long.MaxValue));
        }
    }

    // R4: the intervals of the timing's own schedule do not matter, only its outer limits.
    private static void Timing(List<IndexValue> values, string code, FhirNode timing)
    {
        var (low, high) = (long.MaxValue, long.MinValue);
        foreach (var item in timing["event"u8].Items)
        {
            if (Parse(item) is { } date)
            {
                (low, high) = (Math.Min(low, date.LowTicks), Math.Max(high, date.HighTicks));
            }
        }

        var bounds = timing["repeat"u8]["boundsPeriod"u8];
        if (low > high)
        {
            Period(values, code, bounds);
            return;
        }

        if (bounds.Exists)
        {
            low = Math.Min(low, Parse(bounds["start"u8])?.LowTicks ?? long.MinValue);
            high = Math.Max(high, Parse(bounds["end"u8])?.HighTicks ?? long.MaxValue);
        }

        values.Add(new DateValue(code, low, high));
    }
}
