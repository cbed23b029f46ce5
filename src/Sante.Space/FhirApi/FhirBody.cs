using Microsoft.AspNetCore.Http;
using Sante.Fhir;
using Sante.Fhir.Check;

namespace Sante.Space.FhirApi;

/// <summary>Reads and checks the body of a request: a resource that may be stored, or the answer that says why not.</summary>
internal static class FhirBody
{
    /// <summary>10 MiB: the largest PDSm and MSSanté attachments known are of 10 MB, and base64 within JSON must fit a request of 16 MiB.</summary>
    private static readonly FhirLimits Limits = FhirLimits.Default with { MaxBytes = 10 * 1024 * 1024 };

    /// <summary>The parsed body, or null with the refusal: 415, 413 <c>body-too-large</c>, 400 <c>json-…</c>.</summary>
    public static async Task<(FhirResource? Resource, IResult? Refused)> ReadAsync(HttpContext context)
    {
        if (!FhirMedia.IsFhirBody(context.Request))
            return (null, FhirProblem.Of(FhirRefusals.UnsupportedMediaType));
        var parsed = FhirJson.Parse(await BytesAsync(context.Request, context.RequestAborted), Limits);
        return parsed.TryGet(out var resource, out var issues) ? (resource, null) : (null, FhirProblem.Of(issues));
    }

    /// <summary>Checks against R4 and the claimed profiles. Null when it may be stored; the findings that do not refuse are in <paramref name="remarks"/>.</summary>
    public static IResult? Check(FhirResource resource, FhirInteraction interaction, IReadOnlyList<string> profiles, out IReadOnlyList<FhirIssue> remarks)
    {
        var issues = FhirCheck.Check(resource, new FhirCheckOptions { Interaction = interaction, Profiles = profiles, Limits = Limits });
        remarks = issues;
        return issues.Any(issue => issue.Refuses) ? FhirProblem.Of(issues) : null;
    }

    /// <summary>One byte more than allowed is read, so that the parser says that it is too much.</summary>
    private static async Task<byte[]> BytesAsync(HttpRequest request, CancellationToken cancel)
    {
        var buffer = new MemoryStream(4096);
        var chunk = new byte[64 * 1024];
        int read;
        while (buffer.Length <= Limits.MaxBytes && (read = await request.Body.ReadAsync(chunk, cancel)) > 0)
            buffer.Write(chunk, 0, read);
        return buffer.ToArray();
    }
}
