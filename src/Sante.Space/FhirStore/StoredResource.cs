using System.Buffers.Binary;
using System.Text.Json;
using Sante.Fhir;
using Sante.Fhir.Bundles;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>A resource whose visibility another one shares: hidden with it, shown with it. <paramref name="TypeCode"/>: document type of a document, else null.</summary>
public sealed record Followed(string Id, string? TypeCode)
{
    public override string ToString() => $"Followed {Id}";
}

/// <summary>
/// What the store keeps beside the bytes of a resource, sealed with them: what decides who sees it. <paramref name="Depositor"/> fed it,
/// in <paramref name="Structure"/> when it acted in one; <paramref name="TypeCode"/> is the JDV_J66 code of a document ("" for a document without one);
/// <paramref name="Follows"/>: it shows only when each of these does (a Binary its documents, a submission set its documents; record 0067).
/// </summary>
public sealed record StoredHeader(
    string Type, ActorIdentifier Depositor, ActorIdentifier? Structure, Categories Category, string? TypeCode, IReadOnlyList<Followed> Follows)
{
    public override string ToString() => $"{Type} {Category}";
}

/// <summary>
/// A version of a resource, opened under an evaluation. It must not leave without a <see cref="DisclosePermit"/>. Stored form: version byte 1,
/// length and JSON of the header, length and bytes of the stamp's places, the resource as received.
/// </summary>
public sealed record StoredResource(RecordId Id, int Version, DateTimeOffset At, StoredHeader Header, StampPlaces Places, ReadOnlyMemory<byte> Received)
{
    private const byte FormatVersion = 1;

    /// <summary>A last version that says that the resource is withdrawn: it holds the header and no content.</summary>
    public bool Deleted { get; init; }

    /// <summary>What the server says of this version: spliced over id and meta when it is served.</summary>
    public FhirStamp Stamp => new(Id.ToString(), Version, At);

    /// <summary>The resource as served: the received bytes with id, meta.versionId and meta.lastUpdated.</summary>
    public byte[] Stamped() => Places.Write(Received.Span, Stamp);

    /// <summary>The resource parsed, without the stamp. It was parsed when it was received: a failure now is damage.</summary>
    public FhirResource Parse() =>
        FhirJson.Parse(Received).Resource ?? throw new InvalidDataException("A stored resource cannot be parsed.");

    /// <summary>Whether this actor may know that it exists.</summary>
    public bool IsShownBy(VisibilityFilter filter) =>
        Shows(filter, Id.ToString(), Header.TypeCode) && Header.Follows.All(followed => Shows(filter, followed.Id, followed.TypeCode));

    /// <summary>Whether the actor or its structure fed it.</summary>
    public bool IsOwn(VisibilityFilter filter) =>
        filter.OwnDepositors.Contains(Header.Depositor) || (Header.Structure is { } structure && filter.OwnDepositors.Contains(structure));

    public override string ToString() => $"{Header} version {Version}";

    /// <summary>Header, places and bytes as one body of a row.</summary>
    public static byte[] Write(StoredHeader header, FhirResource resource)
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(header, SpaceJson.Options);
        var places = StampPlaces.Of(resource).ToBytes();
        var body = new byte[9 + head.Length + places.Length + resource.Utf8.Length];
        body[0] = FormatVersion;
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(1), head.Length);
        head.CopyTo(body, 5);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(5 + head.Length), places.Length);
        places.CopyTo(body, 9 + head.Length);
        resource.Utf8.Span.CopyTo(body.AsSpan(9 + head.Length + places.Length));
        return body;
    }

    /// <summary>Reads an opened row. Throws <see cref="InvalidDataException"/> on another form.</summary>
    public static StoredResource Read(int slot, OpenedResource row)
    {
        ReadOnlyMemory<byte> body = row.Body;
        if (body.Length < 9 || body.Span[0] != FormatVersion)
            throw new InvalidDataException("Not a stored resource.");
        var head = body.Slice(5, BinaryPrimitives.ReadInt32LittleEndian(body.Span[1..]));
        var rest = body[(5 + head.Length)..];
        var places = rest.Slice(4, BinaryPrimitives.ReadInt32LittleEndian(rest.Span));
        var header = JsonSerializer.Deserialize<StoredHeader>(head.Span, SpaceJson.Options) ?? throw new InvalidDataException("A stored resource without a header.");
        return new StoredResource(
            RecordId.Of(slot, row.Id), row.Version, row.At, header, StampPlaces.FromBytes(places.Span), rest[(4 + places.Length)..])
        {
            Deleted = row.Deleted,
        };
    }

    private bool Shows(VisibilityFilter filter, string id, string? typeCode) =>
        filter.Shows(id, Header.Depositor, typeCode) || (Header.Structure is { } structure && filter.Shows(id, structure, typeCode));
}
