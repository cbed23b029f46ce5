using System.Text;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Ledger.Workbenches;

namespace Sante.Space.Workbench;

/// <summary>
/// The body of a row of a workbench: form byte, type, id and places of the stamp (each with a length byte), then the resource as received, packed.
/// The FHIR id stands here alone, hence sealed.
/// </summary>
internal static class StoredVersion
{
    private const byte Form = 2;

    public static byte[] Write(string type, string id, FhirResource? resource)
    {
        var places = resource is null ? [] : StampPlaces.Of(resource).ToBytes();
        var packed = resource is null ? [] : PackedJson.Pack(resource.Utf8.Span);
        var body = new byte[4 + type.Length + id.Length + places.Length + packed.Length];
        body[0] = Form;
        var at = 1;
        Put(Encoding.ASCII.GetBytes(type));
        Put(Encoding.ASCII.GetBytes(id));
        Put(places);
        packed.CopyTo(body, at);
        return body;

        void Put(byte[] part)
        {
            body[at++] = checked((byte)part.Length);
            part.CopyTo(body, at);
            at += part.Length;
        }
    }

    /// <summary>Reads an opened row. Throws <see cref="InvalidDataException"/> on another form.</summary>
    public static WorkbenchResource Read(WorkbenchRow row)
    {
        var body = row.Body.AsSpan();
        if (body.Length < 4 || body[0] != Form)
            throw new InvalidDataException("Not a stored version.");
        var at = 1;
        var type = string.Intern(Encoding.ASCII.GetString(Next(body, ref at)));
        var id = Encoding.ASCII.GetString(Next(body, ref at));
        var places = StampPlaces.FromBytes(Next(body, ref at));
        return new WorkbenchResource(type, id, row.Version, row.At, row.Deleted, row.Deleted ? default : PackedJson.Unpack(body[at..]), places);
    }

    /// <summary>The resource; its bytes are parsed when something inside is asked for.</summary>
    public static FhirResource Parse(WorkbenchResource stored) => FhirResource.Known(stored.Received, stored.Type);

    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> body, ref int at)
    {
        var part = body.Slice(at + 1, body[at]);
        at += 1 + part.Length;
        return part;
    }
}
