using Sante.Kernel;

namespace Sante.DemoNation;

/// <summary>
/// The moments at which the nation acts: fourteen days of the last three years. At each the platform's clock stands there, so that events, trace lines and
/// versions of resources bear these dates.
/// </summary>
public sealed class Calendar
{
    private static readonly int[] DaysBefore = [1090, 1040, 930, 820, 700, 610, 500, 400, 300, 200, 120, 60, 20, 2];
    private static readonly TimeSpan Morning = TimeSpan.FromHours(9.5);

    /// <param name="today">The civil day on which the nation is filled.</param>
    public Calendar(DateOnly today)
    {
        Today = today;
        Eras = [.. DaysBefore.Select(days => CivilDate.StartOf(today.AddDays(-days)) + Morning)];
    }

    public DateOnly Today { get; }

    /// <summary>Platform times, the earliest first; all before today.</summary>
    public IReadOnlyList<DateTimeOffset> Eras { get; }
}
