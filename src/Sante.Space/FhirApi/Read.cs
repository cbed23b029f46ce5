using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Sante.Ledger;

namespace Sante.Space.FhirApi;

/// <summary><c>GET [base]/[type]/[id]</c> (http://hl7.org/fhir/R4/http.html#read). A Binary is also given as its own media type (PDSm ITI-68).</summary>
internal static class Read
{
    public static async Task<IResult> HandleAsync(string type, string id, HttpContext context, FhirStore store, Disclosures disclosures)
    {
        if (!FhirCall.For(context, type, "read", 'r', anyForm: type == "Binary").TryGet(out var asked, out var refusal))
            return FhirProblem.Of(refusal);
        var (call, held) = asked;
        var ran = await disclosures.ReadByIdAsync(store, call, type, id, call.Ask(AccessAction.Read, held.Category));
        return !ran.TryGet(out var disclosed, out var told) ? FhirProblem.Of(told)
            : disclosed.Found.Deleted ? FhirProblem.Of(FhirRefusals.Gone)
            : type == "Binary" && !FhirMedia.AsksForFhir(context.Request) ? Content(call, store, disclosed.Permit, disclosed.Found)
            : FhirAnswer.Of(call, store, disclosed.Permit, disclosed.Found);
    }

    /// <summary>The content of a Binary itself, as an attachment: a browser must not run it in our name.</summary>
    private static IResult Content(FhirCall call, FhirStore store, DisclosePermit permit, StoredResource binary)
    {
        var resource = binary.Parse().Root;
        // What the author wrote becomes a header: only a well-formed media type may.
        var mediaType = MediaTypeHeaderValue.TryParse(resource["contentType"u8].Text, out var type) && Ascii.IsValid(type.ToString()) ? type.ToString() : "application/octet-stream";
        if (!FhirMedia.Accepts(call.Context.Request, mediaType))
            return FhirProblem.Of(FhirRefusals.NotAcceptable);
        var text = resource["data"u8].Text ?? "";
        var content = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (!Convert.TryFromBase64String(text, content, out var length))
            throw new InvalidDataException("The stored content of a Binary is no base64.");
        call.Context.Response.Headers.ContentDisposition = "attachment";
        call.Context.Response.Headers.ContentSecurityPolicy = "sandbox";
        return new FhirAnswer(store.StillHoldsAsync, permit, content.AsMemory(0, length))
        {
            ContentType = mediaType,
            ETag = binary.Stamp.ETag,
            LastModifiedAt = binary.At,
        };
    }
}
