using System.Buffers;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Fhir.Check;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary>
/// A batch (http://hl7.org/fhir/R4/http.html#transaction): each entry is a request of its own, with its own decision and its own line, one after the other; one
/// that is refused, or for which the database was away, says so in its place. Past a bound of bytes nothing more is read (<c>batch-answer-too-large</c>). What leaves is the answers under the permit of each: where one no longer holds when the whole is sent, its entry is asked again.
/// </summary>
internal static class Batch
{
    private static readonly string[] Carried = [FhirCall.ModeHeader, FhirCall.PurposeHeader, "Prefer"];

    /// <summary>One entry's answer.</summary>
    private sealed record Answer(int Status, ReadOnlyMemory<byte> Body, string? Location, string? ETag, string? LastModified, DisclosePermit? Permit);

    public static async Task<IResult> HandleAsync(FhirCall call, Transaction batch, FhirStore store)
    {
        if (!FeedKeys.Given(call).TryGet(out var key, out var invalid) && invalid is not null)
            return FhirProblem.Of(invalid);
        var answers = new List<Answer>();
        var bytes = 0L;
        foreach (var entry in batch.Entries)
        {
            var answer = bytes > Workbench.BatchAnswers.MostReadBytes && entry.Method is TransactionMethod.Get or TransactionMethod.Patch
                ? await ExecutedAsync(FhirProblem.Of(Workbench.BatchAnswers.TooLarge), ContextOf(call, entry, key)) : await AnswerAsync(call, entry, key);
            bytes += answer.Body.Length;
            answers.Add(answer);
        }

        for (var at = 0; at < answers.Count; at++)
        {
            if (answers[at].Permit is { } permit && permit.Age > DisclosePermit.Life && !await store.StillHoldsAsync(permit, call.Cancel))
                answers[at] = await AfterwardsAsync(call, batch.Entries[at], answers[at]);
        }

        return new Sent(store, [.. answers.Select(answer => answer.Permit).OfType<DisclosePermit>()], Written(batch, answers));
    }

    /// <summary>The answer of an entry whose permit ended meanwhile: a read is asked again; what was written stays so, and its content is not told.</summary>
    private static async Task<Answer> AfterwardsAsync(FhirCall call, TransactionEntry entry, Answer answer) =>
        entry.Method == TransactionMethod.Get ? await AnswerAsync(call, entry, null) : answer with { Body = default, Permit = null };

    /// <summary>One entry carried out. Lost infrastructure is its own answer: what the entries before it stored is told in theirs.</summary>
    private static async Task<Answer> AnswerAsync(FhirCall call, TransactionEntry entry, string? key)
    {
        if (entry.Issues.Count > 0)
            return new Answer(OperationOutcomes.StatusOf(entry.Issues), OperationOutcomes.Write(entry.Issues), null, null, null, null);
        try
        {
            var context = ContextOf(call, entry, key);
            return await ExecutedAsync(await DispatchAsync(context, entry), context);
        }
        catch (Exception e) when (Infrastructure.IsLost(e) && !call.Cancel.IsCancellationRequested)
        {
            return await ExecutedAsync(FhirProblem.Of(Ledger.Ledger.Unavailable), ContextOf(call, entry, key));
        }
    }

    private static async Task<Answer> ExecutedAsync(IResult result, HttpContext context)
    {
        using var body = new MemoryStream();
        context.Response.Body = body;
        await result.ExecuteAsync(context);
        var headers = context.Response.Headers;
        return new Answer(context.Response.StatusCode, body.ToArray(), headers.Location, headers.ETag, headers.LastModified, PermitOf(result));
    }

    /// <summary>Under which content of a space is in an answer, of a reading or of a write.</summary>
    private static DisclosePermit? PermitOf(IResult result) => result switch
    {
        FhirAnswer answer => answer.Permit,
        FhirReceipt receipt => receipt.Permit,
        _ => null,
    };

    /// <summary>The entry as a request: same caller, same mode and purpose, the entry's own conditions; of the key of the whole, one of its own by its place.</summary>
    private static DefaultHttpContext ContextOf(FhirCall call, TransactionEntry entry, string? key)
    {
        var (outer, address) = (call.Context.Request, entry.Url.Split('?', 2));
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(call.Context.User.Identities), RequestServices = call.Context.RequestServices, RequestAborted = call.Cancel };
        var request = context.Request;
        (request.Scheme, request.Host, request.PathBase) = (outer.Scheme, outer.Host, outer.PathBase);
        request.Method = entry.Method.ToString().ToUpperInvariant();
        // As written: read as an address it could be no path at all.
        request.Path = new PathString("/fhir/" + address[0].TrimStart('/'));
        request.QueryString = new QueryString(address.Length > 1 ? "?" + address[1] : null);
        foreach (var name in Carried.Where(outer.Headers.ContainsKey))
            request.Headers[name] = outer.Headers[name];
        request.Headers.Accept = FhirMedia.Json;
        Set(request, FeedKeys.Header, key is null ? null : FeedKeys.OfEntry(key, entry.Position));
        Set(request, "If-None-Exist", entry.IfNoneExist);
        Set(request, "If-Match", entry.IfMatch);
        Set(request, "If-None-Match", entry.IfNoneMatch);
        if (entry.Resource is { } resource)
        {
            var isJsonPatch = entry.Method == TransactionMethod.Patch && resource.Type == "Binary";
            var bytes = isJsonPatch ? Decoded(resource.Root["data"u8].Text ?? "") : resource.Utf8.ToArray();
            request.ContentType = isJsonPatch ? resource.Root["contentType"u8].Text : FhirMedia.Json;
            (request.Body, request.ContentLength) = (new MemoryStream(bytes, writable: false), bytes.Length);
        }

        return context;
    }

    private static Task<IResult> DispatchAsync(HttpContext context, TransactionEntry entry)
    {
        var services = context.RequestServices;
        string[] path = [.. entry.Url.Split('?')[0].Trim('/').Split('/').Select(Uri.UnescapeDataString)];
        return (entry.Method, path) switch
        {
            (_, ["AuditEvent" or "Appointment", ..]) => OfOwnRoutes(context, entry, path, services),
            (TransactionMethod.Get, ["Patient", var id, "$everything"]) => Everything.HandleAsync(id, context, Of<FhirStore>(services), Of<CitizenNames>(services), Of<SpaceSearch>(services)),
            (TransactionMethod.Get, [var type, "_history"]) => History.OfTypeAsync(type, context, Of<FhirStore>(services), Of<CitizenNames>(services), Of<Disclosures>(services)),
            (TransactionMethod.Get, [var type, var id, "_history"]) => History.HandleAsync(type, id, context, Of<FhirStore>(services), Of<Disclosures>(services)),
            (TransactionMethod.Get, [var type, var id, "_history", var version]) => VRead.HandleAsync(type, id, version, context, Of<FhirStore>(services), Of<Disclosures>(services)),
            (TransactionMethod.Get, [var type, var id, "$meta"]) => Operations.MetaAsync(type, id, context, Of<FhirStore>(services), Of<Disclosures>(services)),
            (TransactionMethod.Get, ["Patient", var id, var type]) => Search.CompartmentAsync(id, type, context, Of<Search>(services)),
            (TransactionMethod.Get, [""]) => Search.SystemAsync(context, Of<Search>(services)),
            (TransactionMethod.Get, [var type]) => Search.HandleAsync(type, context, Of<Search>(services)),
            (TransactionMethod.Get, [var type, var id]) => Read.HandleAsync(type, id, context, Of<FhirStore>(services), Of<Disclosures>(services)),
            (TransactionMethod.Post, [var type]) => Create.HandleAsync(type, context, Of<Feeding>(services)),
            (TransactionMethod.Put, [var type]) => ConditionalWrites.UpdateAsync(type, context, Of<Amending>(services), Of<Feeding>(services), Of<Conditions>(services)),
            (TransactionMethod.Put, [var type, var id]) => Update.HandleAsync(type, id, context, Of<Amending>(services)),
            (TransactionMethod.Patch, [var type]) => ConditionalWrites.PatchAsync(type, context, Of<Amending>(services), Of<Conditions>(services)),
            (TransactionMethod.Patch, [var type, var id]) => Patch.HandleAsync(type, id, context, Of<Amending>(services)),
            (TransactionMethod.Delete, [var type]) => ConditionalWrites.DeleteAsync(type, context, Of<Amending>(services), Of<Conditions>(services)),
            (TransactionMethod.Delete, [var type, var id]) => Delete.HandleAsync(type, id, context, Of<Amending>(services)),
            _ => Task.FromResult(FhirProblem.Of(FhirRefusals.InteractionNotSupported)),
        };
    }

    /// <summary>The types that have endpoints of their own: the agenda, the trace.</summary>
    private static Task<IResult> OfOwnRoutes(HttpContext context, TransactionEntry entry, string[] path, IServiceProvider services) => (entry.Method, path) switch
    {
        (TransactionMethod.Get, ["Appointment"]) => Appointments.SearchAsync(context, Of<Appointments>(services)),
        (TransactionMethod.Post or TransactionMethod.Put, ["Appointment"]) => Appointments.PushAsync(context, Of<Appointments>(services)),
        (TransactionMethod.Get, ["AuditEvent"]) => AuditTrail.SearchAsync(context, Of<AuditTrail>(services)),
        (TransactionMethod.Get, ["AuditEvent", var id]) => AuditTrail.ReadAsync(id, context, Of<AuditTrail>(services)),
        _ => Task.FromResult(FhirProblem.Of(FhirRefusals.InteractionNotSupported)),
    };

    /// <summary>The patch in a Binary; what is no base64 is no patch, and is refused as an empty one.</summary>
    private static byte[] Decoded(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : [];
    }

    private static T Of<T>(IServiceProvider services)
        where T : notnull => services.GetRequiredService<T>();

    private static void Set(HttpRequest request, string header, string? value)
    {
        if (value is not null)
            request.Headers[header] = value;
    }

    private static ReadOnlyMemory<byte> Written(Transaction batch, List<Answer> answers)
    {
        var output = new ArrayBufferWriter<byte>();
        using var bundle = new BundleWriter(output, "batch-response");
        foreach (var (answer, entry) in answers.Zip(batch.Entries))
            bundle.Add(new BundleEntry
            {
                Resource = answer.Body,
                Status = string.Create(CultureInfo.InvariantCulture, $"{answer.Status} {ReasonPhrases.GetReasonPhrase(answer.Status)}"),
                Location = answer.Location,
                ETag = answer.ETag,
                LastModifiedAt = DateTimeOffset.TryParse(answer.LastModified, CultureInfo.InvariantCulture, out var at) ? at : null,
            });
        bundle.End();
        return output.WrittenMemory;
    }

    /// <summary>The whole, cut when one of its permits ends while it is sent.</summary>
    private sealed class Sent(FhirStore store, IReadOnlyList<DisclosePermit> permits, ReadOnlyMemory<byte> body) : IResult
    {
        private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.CacheControl = "no-store";
            httpContext.Response.ContentType = FhirMedia.Json;
            httpContext.Response.ContentLength = body.Length;
            var writing = httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
            while (!writing.IsCompleted && await Task.WhenAny(writing, Task.Delay(AskEvery, httpContext.RequestAborted)) != writing)
            {
                foreach (var permit in permits)
                {
                    if (!await store.StillHoldsAsync(permit, httpContext.RequestAborted))
                        httpContext.Abort();
                }
            }

            await writing;
        }
    }
}
