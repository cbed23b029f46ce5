using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Ledger.Workbenches;

namespace Sante.Space.Workbench;

/// <summary>
/// Candidates of a workbench. What names one patient is asked of that patient's space by its own tokens, unless resources of the patient's compartment
/// live elsewhere; the rest by the index that the spaces share.
/// </summary>
internal sealed class WorkbenchSource(WorkbenchServer workbench, WorkbenchRows rows, WorkbenchPlaces places) : ISearchSource
{
    /// <summary>The space that was asked first: where the line of a search that finds nothing goes.</summary>
    public SpaceId FirstAsked { get; private set; } = workbench.Home;

    public bool CanOrder(string type, CandidateOrder order) => true;

    /// <summary>Dates are kept and compared by the microsecond; tokens by 63 bits of a keyed hash.</summary>
    public bool IsExact(CandidateRequest request) => request.Updated.Count == 0 && request.Narrowings.All(n => n.Keys.Count > 0 || n.Windows.Count > 0);

    public async Task<IReadOnlyList<SearchSubject>> CandidatesAsync(CandidateRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (await SpaceOfAsync(request, cancel) is { } own)
        {
            if (FirstAsked == workbench.Home)
                FirstAsked = own.Space;
            if (await rows.FindInSpaceAsync(own.Space, own.Patient, QueryOf(request), cancel) is { } found)
                return SubjectsOf(found);
        }
        return SubjectsOf(await rows.FindInAllAsync(workbench.Home, QueryOf(request), cancel));
    }

    public async Task<long?> CountAsync(CandidateRequest request, CancellationToken cancel) =>
        IsExact(request) ? await rows.CountInAllAsync(workbench.Home, QueryOf(request) with { Limit = null, After = null }, cancel) : null;

    public async Task<IReadOnlyList<SearchSubject>> ReadAsync(IReadOnlyCollection<(string Type, string Id)> references, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(references);
        var ids = references.Where(r => r.Id.Length <= RowIds.MaxLength).Select(r => RowIds.Of(workbench.Number, r.Type, r.Id)).ToList();
        return ids.Count == 0 ? [] : SubjectsOf((await rows.ReadAsync(ids, cancel)).Where(row => !row.Deleted));
    }

    /// <summary>The patient's space, when one narrowing names one patient by parameters of its compartment.</summary>
    private async ValueTask<(SpaceId Space, Guid Patient)?> SpaceOfAsync(CandidateRequest request, CancellationToken cancel)
    {
        var patient = request is { Type: "Patient", Ids: [var only] } ? only : PatientOf(request);
        if (patient is null || patient.Length > RowIds.MaxLength)
            return null;
        var row = RowIds.Of(workbench.Number, "Patient", patient);
        return await places.FindAsync(row, cancel) is { } space ? (space, row) : null;
    }

    private static string? PatientOf(CandidateRequest request)
    {
        foreach (var narrowing in request.Narrowings)
            if (Narrowings.PatientOf(request.Type, narrowing) is { } patient)
                return patient;
        return null;
    }

    private RowQuery QueryOf(CandidateRequest request) => Narrowings.Apply(new RowQuery(request.Type)
    {
        Ids = request.Ids?.Where(id => id.Length <= RowIds.MaxLength).Select(id => RowIds.Of(workbench.Number, request.Type, id)).ToList(),
        Order = request.Order.Kind switch
        {
            CandidateOrderKind.Date => RowOrder.Date,
            CandidateOrderKind.LastUpdated => RowOrder.LastUpdated,
            _ => RowOrder.Id,
        },
        OrderParameter = request.Order.Parameter is { } parameter ? IndexKeys.NameOf(request.Type, parameter) : null,
        Descending = request.Order.Descending,
        After = request.After is { } after
            ? (after.Ticks is { } ticks ? Instants.Of(ticks) : null, RowIds.Of(workbench.Number, request.Type, after.Id))
            : null,
        Limit = request.Limit,
    }, request.Narrowings);

    public static IReadOnlyList<SearchSubject> SubjectsOf(IEnumerable<WorkbenchRow> rows)
    {
        var subjects = new List<SearchSubject>();
        foreach (var row in rows)
        {
            var stored = StoredVersion.Read(row);
            subjects.Add(new SearchSubject(StoredVersion.Parse(stored), stored.Id, stored.At, new FoundRow(row.Space, stored)));
        }
        return subjects;
    }
}

/// <summary>What leads a search subject back: its space and its stored version.</summary>
internal sealed record FoundRow(SpaceId Space, WorkbenchResource Stored);

/// <summary>The conditions of a search as conditions on rows.</summary>
internal static class Narrowings
{
    /// <summary>The one patient that a narrowing names, by parameters of its compartment alone; null when it is of another kind.</summary>
    public static string? PatientOf(string type, Narrowing narrowing)
    {
        const string Reference = "\nr\nPatient/";
        var ways = Compartments.PatientParameters(type);
        string? patient = null;
        foreach (var key in narrowing.Keys)
        {
            var at = key.IndexOf(Reference, StringComparison.Ordinal);
            var id = at < 0 || !ways.Contains(key[..at]) ? null : key[(at + Reference.Length)..];
            if (id is null || (patient is not null && id != patient))
                return null;
            patient = id;
        }
        return patient;
    }

    public static RowQuery Apply(RowQuery query, IReadOnlyList<Narrowing> narrowings) => query with
    {
        Tokens = [.. narrowings.Where(n => n.Keys.Count > 0 && PatientOf(query.Type, n) is null).Select(n => new TokenCondition(IndexKeys.TokensOf(query.Type, n.Keys)))],
        CommonTokens = [.. narrowings.Where(n => n.Keys.Count > 0 && PatientOf(query.Type, n) is not null).Select(n => new TokenCondition(IndexKeys.TokensOf(query.Type, n.Keys)))],
        Dates = [.. narrowings.Where(n => n.Windows.Count > 0).Select(n => BoundsOf(query.Type, n))],
        Numbers = [.. narrowings.Where(n => n.Numbers.Count > 0).Select(n =>
            new NumberCondition([.. n.Numbers.Select(r => (IndexKeys.NumberName(query.Type, n.Parameter, r.Unit), r.Low, r.High))]))],
        Texts = [.. narrowings.Where(n => n.Prefixes.Count > 0).Select(n => new TextCondition(IndexKeys.NameOf(query.Type, n.Parameter), [.. n.Prefixes]))],
    };

    private static DateWindows BoundsOf(string type, Narrowing narrowing) => new(IndexKeys.NameOf(type, narrowing.Parameter),
        [.. narrowing.Windows.Select(w => new DateBounds(From(w.LowFrom), To(w.LowTo), From(w.HighFrom), To(w.HighTo)))]);

    private static DateTimeOffset? From(long ticks) => ticks <= TimeSpan.TicksPerDay ? null : Instants.AtLeast(ticks);

    private static DateTimeOffset? To(long ticks) => ticks >= DateTimeOffset.MaxValue.Ticks - TimeSpan.TicksPerDay ? null : Instants.Of(ticks);
}
