using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace Sante.Fhir.Check;

/// <summary>What an Attachment says about its own data must be true: <c>size</c> in bytes and <c>hash</c> (SHA-1, http://hl7.org/fhir/R4/datatypes.html#attachment).</summary>
internal static class Attachments
{
    public static void Check(CheckRun run, FhirNode attachment)
    {
        var data = attachment["data"u8];
        if (data.Kind != FhirNodeKind.Text || data.Tree.Entries[data.Index].Escaped)
        {
            return;
        }

        if (!attachment["contentType"u8].Exists)
        {
            run.Error(attachment, "invariant", "att-1", "Une pièce jointe avec des données a un « contentType ».");
        }

        var text = data.Tree.Value(data.Index);
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, bytes, out _, out var length) != System.Buffers.OperationStatus.Done)
        {
            return;
        }

        if (attachment["size"u8].Text is { } size && size != length.ToString(CultureInfo.InvariantCulture))
        {
            run.Error(attachment["size"u8], "value", "attachment-size-wrong", "« size » n’est pas la taille des données jointes.");
        }

        if (attachment["hash"u8].Text is { } hash && hash != Sha1(bytes.AsSpan(0, length)))
        {
            run.Error(attachment["hash"u8], "value", "attachment-hash-wrong", "« hash » n’est pas l’empreinte SHA-1 des données jointes.");
        }
    }

    // FHIR R4 and PDSm fix SHA-1 here; it identifies a content and protects nothing.
#pragma warning disable CA5350
    private static string Sha1(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(SHA1.HashData(bytes));
#pragma warning restore CA5350
}
