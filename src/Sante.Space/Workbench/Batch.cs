using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Check;
using Sante.Kernel;
using Sante.Ledger;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>POST [base]</c> (http://hl7.org/fhir/R4/http.html#transaction). A batch: each entry stands alone, the writes are committed with one another. A
/// transaction: its writes are one. In both, what is read is read after what is written.
/// </summary>
internal static class Batch
{
    public static async Task<IResult> HandleAsync(WorkbenchCall call, HttpContext context)
    {
        var (bundle, unread) = await FhirBody.ReadAsync(context);
        if (bundle is null)
            return unread!;
        if (!Fhir.Bundles.Transaction.TryRead(bundle, FhirBody.Limits, out var entries, out var issues))
            return FhirProblem.Of(issues);
        return entries.IsBatch ? await EachAsync(call, entries) : await Transaction.HandleAsync(call, bundle, entries);
    }

    private static async Task<IResult> EachAsync(WorkbenchCall call, Fhir.Bundles.Transaction batch)
    {
        var answers = new BatchAnswers(call, "batch-response", batch.Entries.Count);
        List<WorkbenchWrite> writes = [];
        List<(int Position, IReadOnlyList<FhirIssue> Remarks)> written = [];
        foreach (var entry in batch.Entries)
        {
            if (entry.Issues.Count > 0)
                answers.Refuse(entry.Position, OperationOutcomes.StatusOf(entry.Issues), entry.Issues);
            else if (entry.Method != TransactionMethod.Get && Checked(entry, answers) is { } remarks)
            {
                if (EntryWrites.Of(call, entry, []).TryGet(out var write, out var refusal))
                {
                    writes.Add(write);
                    written.Add((entry.Position, remarks));
                }
                else
                    answers.Refuse(entry.Position, refusal);
            }
        }

        await WriteAsync(call, writes, written, answers);
        await answers.ReadAsync(batch.Entries);
        return answers;
    }

    private static async Task WriteAsync(
        WorkbenchCall call, List<WorkbenchWrite> writes, List<(int Position, IReadOnlyList<FhirIssue> Remarks)> places, BatchAnswers answers)
    {
        if (writes.Count == 0)
            return;
        var each = await call.Store.WriteEachAsync(call.Server, call.Actor, writes, call.Cancel);
        for (var at = 0; at < each.Count; at++)
        {
            if (each[at].Refused is { } refused)
                answers.Refuse(places[at].Position, refused.Refusal);
            else
                answers.Add(places[at].Position, each[at].Written[0], each[at].Permit, places[at].Remarks);
        }
    }

    /// <summary>The findings that do not refuse the entry's resource; null when it is refused, which is then told.</summary>
    private static IReadOnlyList<FhirIssue>? Checked(TransactionEntry entry, BatchAnswers answers)
    {
        if (entry.Method is not (TransactionMethod.Post or TransactionMethod.Put))
            return [];
        var interaction = entry.Method == TransactionMethod.Post ? FhirInteraction.Create : FhirInteraction.Update;
        var issues = FhirCheck.Check(entry.Resource!, new FhirCheckOptions { Interaction = interaction, Limits = FhirBody.Limits });
        foreach (var issue in issues)
        {
            if (issue.Refuses)
            {
                answers.Refuse(entry.Position, OperationOutcomes.StatusOf(issues), issues);
                return null;
            }
        }

        return issues;
    }
}

/// <summary>A transaction of a workbench: all of its writes or none.</summary>
internal static class Transaction
{
    public static async Task<IResult> HandleAsync(WorkbenchCall call, FhirResource bundle, Fhir.Bundles.Transaction transaction)
    {
        if (FhirBody.Check(bundle, FhirInteraction.Create, [], out var remarks) is { } wrong)
            return wrong;
        List<WorkbenchWrite> writes = [];
        List<int> positions = [];
        foreach (var entry in transaction.Entries)
        {
            if (entry.Method == TransactionMethod.Get)
                continue;
            if (!EntryWrites.Of(call, entry, transaction.NamesOf(entry)).TryGet(out var write, out var refusal))
                return Refused(refusal, entry.Position);
            writes.Add(write);
            positions.Add(entry.Position);
        }

        var answers = new BatchAnswers(call, "transaction-response", transaction.Entries.Count);
        if (writes.Count > 0)
        {
            var answer = await call.Store.WriteAsync(call.Server, call.Actor, writes, call.Cancel);
            if (answer.Refused is { } refused)
                return Refused(refused.Refusal, positions[Math.Clamp(refused.Entry, 0, positions.Count - 1)]);
            for (var at = 0; at < positions.Count; at++)
                answers.Add(positions[at], answer.Written[at], answer.Permit, Of(remarks, positions[at]));
        }

        await answers.ReadAsync(transaction.Entries);
        return answers;
    }

    /// <summary>The refusal of the whole, with the entry at fault as its expression.</summary>
    private static IResult Refused(Refusal refusal, int position) => FhirProblem.Of(
        FhirRefusals.StatusOf(refusal), [OperationOutcomes.ToIssue(refusal) with { Expression = string.Create(CultureInfo.InvariantCulture, $"Bundle.entry[{position}]") }]);

    private static IReadOnlyList<FhirIssue> Of(IReadOnlyList<FhirIssue> remarks, int position)
    {
        if (remarks.Count == 0)
            return [];
        var prefix = string.Create(CultureInfo.InvariantCulture, $"Bundle.entry[{position}].");
        return [.. remarks.Where(remark => remark.Severity == FhirSeverity.Warning && remark.Expression?.StartsWith(prefix, StringComparison.Ordinal) == true)];
    }
}

/// <summary>The answers to the entries of a batch or transaction, each at the place of its entry.</summary>
internal sealed class BatchAnswers(WorkbenchCall call, string type, int count) : IResult
{
    /// <summary>Most bytes read for one bundle: what its GETs may fetch in all.</summary>
    internal const int MostReadBytes = 32 * 1024 * 1024;

    internal static Refusal TooLarge { get; } = new("batch-answer-too-large", RefusalKind.Invalid, "La réponse à ce lot serait trop grande : lisez en plusieurs fois.");

    private readonly BundleEntry?[] entries = new BundleEntry?[count];
    private readonly List<Reading> readings = [];
    private DisclosePermit? permit;

    public void Refuse(int position, Refusal refusal) => Refuse(position, FhirRefusals.StatusOf(refusal), [OperationOutcomes.ToIssue(refusal)]);

    public void Refuse(int position, int status, IReadOnlyList<FhirIssue> issues) =>
        entries[position] = new BundleEntry { Status = StatusText(status), Outcome = issues };

    /// <summary>What became of a write; its resource too when the representation is preferred.</summary>
    public void Add(int position, WorkbenchWritten written, DisclosePermit? line, IReadOnlyList<FhirIssue> remarks)
    {
        permit ??= line;
        var status = written.Outcome switch
        {
            WorkbenchOutcome.Created => StatusCodes.Status201Created,
            WorkbenchOutcome.Deleted or WorkbenchOutcome.Nothing => StatusCodes.Status204NoContent,
            _ => StatusCodes.Status200OK,
        };
        var entry = new BundleEntry { Status = StatusText(status), Outcome = remarks };
        if (written.Resource is { } resource)
        {
            entry = entry with
            {
                Location = resource.Deleted ? null : string.Create(CultureInfo.InvariantCulture, $"{resource.Type}/{resource.Id}/_history/{resource.Version}"),
                ETag = FhirHeaders.ETag(resource.Version),
                LastModifiedAt = resource.At,
            };
            if (call.Prefer.Return == PreferredReturn.Representation && !resource.Deleted)
                entry = entry with { FullUrl = $"{call.BaseUrl}/{resource.Type}/{resource.Id}", Resource = resource.Received, Places = resource.Places, Stamp = resource.Stamp };
        }

        entries[position] = entry;
    }

    /// <summary>Carries out the GETs, one after the other.</summary>
    public async Task ReadAsync(IReadOnlyList<TransactionEntry> asked)
    {
        var bytes = 0L;
        foreach (var entry in asked)
        {
            if (entry.Method != TransactionMethod.Get || entries[entry.Position] is not null)
                continue;
            if (bytes > MostReadBytes)
            {
                Refuse(entry.Position, TooLarge);
                continue;
            }

            if (!(await EntryReads.FindAsync(call, entry.Url)).TryGet(out var reading, out var refusal))
            {
                Refuse(entry.Position, refusal);
                continue;
            }

            readings.Add(reading);
            permit ??= reading.Permit;
            bytes += reading.Body.Length;
            entries[entry.Position] = Answer(entry, reading);
        }
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        try
        {
            using var answer = Reading.Bundle(permit, type, null, [], bundle =>
            {
                foreach (var entry in entries)
                    bundle.Add(entry ?? throw new InvalidOperationException("An entry without an answer."));
            });
            await new ReadingAnswer(call.Door.StillHolds, answer).ExecuteAsync(httpContext);
        }
        finally
        {
            readings.ForEach(reading => reading.Dispose());
        }
    }

    private static BundleEntry Answer(TransactionEntry entry, Reading reading) =>
        reading.ETag is not null && entry.IfNoneMatch is { } known && Preconditions.VersionOf(known) == Preconditions.VersionOf(reading.ETag)
            ? new BundleEntry { Status = StatusText(StatusCodes.Status304NotModified), ETag = reading.ETag }
            : new BundleEntry { Resource = reading.Body, Status = StatusText(StatusCodes.Status200OK), ETag = reading.ETag, LastModifiedAt = reading.LastModifiedAt };

    private static string StatusText(int status) => status switch
    {
        201 => "201 Created",
        200 => "200 OK",
        204 => "204 No Content",
        _ => $"{status.ToString(CultureInfo.InvariantCulture)} {ReasonPhrases.GetReasonPhrase(status)}",
    };
}
