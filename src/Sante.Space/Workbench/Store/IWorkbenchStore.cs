using Sante.Fhir.Search;
using Sante.Kernel;

namespace Sante.Space.Workbench;

/// <summary>Workbenches by name. Names: 1–64 of <c>a-z 0-9 -</c>.</summary>
public interface IWorkbenches
{
    /// <summary>The workbench of that name, or null. Looked up once, then remembered for a second at most beyond its wiping on another host.</summary>
    ValueTask<WorkbenchServer?> FindAsync(string name, CancellationToken cancel = default);

    /// <summary>Finds or makes it. Refusals: <c>workbench-name-invalid</c>, <c>workbenches-too-many</c>, <c>database-unavailable</c>.</summary>
    Task<Outcome<(WorkbenchServer Workbench, bool Created)>> CreateAsync(string name, CancellationToken cancel = default);

    /// <summary>Wipes content, index, trace and keys of all its spaces; false when there is none. Refusal: <c>database-unavailable</c>.</summary>
    Task<Outcome<bool>> WipeAsync(string name, CancellationToken cancel = default);
}

/// <summary>
/// The store of workbenches. Every answer was traced, in each space whose content leaves or changes, before it is returned; every write is durable when it
/// is answered. Refusals of all: <c>database-unavailable</c>, <c>host-cannot-hear</c>, <c>workbench-unknown</c> (wiped meanwhile).
/// </summary>
public interface IWorkbenchStore
{
    /// <summary>The present version, or version <paramref name="version"/>.</summary>
    Task<Outcome<WorkbenchRead>> ReadAsync(WorkbenchServer workbench, Actor by, string type, string id, int? version = null, CancellationToken cancel = default);

    /// <summary>One page. Refusals besides: those of <c>SearchRun</c> (<c>cursor-invalid</c>, <c>search-too-broad</c>).</summary>
    Task<Outcome<WorkbenchPage>> SearchAsync(WorkbenchServer workbench, Actor by, SearchQuery query, string? cursor = null, CancellationToken cancel = default);

    /// <summary>One page of versions, newest first. An instance that never was: refusal <c>resource-unknown</c>. Refusal besides: <c>cursor-invalid</c>.</summary>
    Task<Outcome<WorkbenchPage>> HistoryAsync(WorkbenchServer workbench, Actor by, WorkbenchHistoryQuery query, CancellationToken cancel = default);

    /// <summary>The patient and its compartment, and what they refer to. Refusals besides: <c>resource-unknown</c>, <c>cursor-invalid</c>.</summary>
    Task<Outcome<WorkbenchPage>> EverythingAsync(WorkbenchServer workbench, Actor by, WorkbenchEverythingQuery query, CancellationToken cancel = default);

    /// <summary>
    /// All or nothing, in one transaction, in the specification's order of methods (delete, create, update and patch). Refusals: <see cref="WorkbenchRefusals"/>.
    /// </summary>
    Task<WorkbenchAnswer> WriteAsync(WorkbenchServer workbench, Actor by, IReadOnlyList<WorkbenchWrite> writes, CancellationToken cancel = default);

    /// <summary>The entries of a batch: each stands alone and has an answer of its own, in their order; they are committed with one another.</summary>
    Task<IReadOnlyList<WorkbenchAnswer>> WriteEachAsync(WorkbenchServer workbench, Actor by, IReadOnlyList<WorkbenchWrite> writes, CancellationToken cancel = default);

    /// <summary>
    /// Lines of the trace of the patient's space, newest first, below number <paramref name="before"/> (null: from the newest): the source of AuditEvent.
    /// Refusal besides: <c>resource-unknown</c>.
    /// </summary>
    Task<Outcome<IReadOnlyList<WorkbenchTraceLine>>> LinesAsync(
        WorkbenchServer workbench, Actor by, string patientId, long? before, int most, CancellationToken cancel = default);
}

/// <summary>Refusals of writes, beside those of every call.</summary>
public static class WorkbenchRefusals
{
    /// <summary>A relative reference leads to nothing that exists (422).</summary>
    public static readonly Refusal ReferenceUnknown = new("reference-unknown", RefusalKind.Invalid, "Une référence ne désigne aucune ressource existante.");
    /// <summary>The present version is not the one of If-Match (412).</summary>
    public static readonly Refusal VersionConflict = new("version-conflict", RefusalKind.Conflict, "La ressource a changé depuis la version indiquée.");
    /// <summary>More than one resource matches the criteria (412).</summary>
    public static readonly Refusal CriteriaAmbiguous = new("criteria-ambiguous", RefusalKind.Conflict, "Plusieurs ressources répondent aux critères.");
    /// <summary>A conditional reference names none or several (412).</summary>
    public static readonly Refusal ConditionalReference = new("conditional-reference-unresolved", RefusalKind.Conflict, "Une référence conditionnelle ne désigne pas exactement une ressource.");
    /// <summary>A patch, or an update with If-Match, of what is not there (404).</summary>
    public static readonly Refusal ResourceUnknown = new("resource-unknown", RefusalKind.Unknown, "Cette ressource n’existe pas.");
    /// <summary>A patch of what is deleted (410).</summary>
    public static readonly Refusal ResourceDeleted = new("resource-deleted", RefusalKind.Unknown, "Cette ressource a été supprimée.");
    /// <summary>If-None-Match: * and something is there (412).</summary>
    public static readonly Refusal ResourceExists = new("resource-exists", RefusalKind.Conflict, "Cette ressource existe déjà.");
    /// <summary>The id in the resource is not that of the one which the criteria found (400).</summary>
    public static readonly Refusal IdDiffers = new("id-differs", RefusalKind.Invalid, "L’« id » de la ressource n’est pas celui de la ressource désignée.");
    /// <summary>Two writes of one transaction change the same resource (400).</summary>
    public static readonly Refusal ResourceTwice = new("transaction-resource-twice", RefusalKind.Invalid, "Une ressource ne figure qu’une fois dans un lot.");
    /// <summary>Others kept changing the same resources (409): nothing was written, the same call may succeed.</summary>
    public static readonly Refusal Contention = new("write-contention", RefusalKind.Conflict, "D’autres écritures portent sur les mêmes ressources : réessayez.");
    /// <summary>The workbench was wiped (404).</summary>
    public static readonly Refusal WorkbenchUnknown = new("workbench-unknown", RefusalKind.Unknown, "Cet atelier n’existe pas.");
    /// <summary>As many workbenches as one database holds (409): wipe one.</summary>
    public static readonly Refusal TooMany = new("workbenches-too-many", RefusalKind.Conflict, "Il y a trop d’ateliers : effacez-en un.");
    /// <summary>Not a name for a workbench (400).</summary>
    public static readonly Refusal NameInvalid = new("workbench-name-invalid", RefusalKind.Invalid, "Un nom d’atelier a 1 à 64 lettres minuscules, chiffres ou tirets.");
}
