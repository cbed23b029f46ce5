using System.Buffers;
using System.Globalization;

namespace Sante.Fhir.Bundles;

/// <summary>What the server itself says about a version: spliced over the received <c>id</c>, <c>meta.versionId</c> and <c>meta.lastUpdated</c>.</summary>
/// <param name="Id">The server's id: ASCII letters, digits, <c>-</c> and <c>.</c>, at most 64.</param>
/// <param name="Version">Version number, from 1.</param>
/// <param name="LastUpdatedAt">Instant of the version; written in UTC with milliseconds.</param>
public readonly record struct FhirStamp(string Id, long Version, DateTimeOffset LastUpdatedAt)
{
    /// <summary><c>meta.lastUpdated</c> as written in resources.</summary>
    public string LastUpdatedText => LastUpdatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The weak ETag of the version (http://hl7.org/fhir/R4/http.html#versioning): <c>W/"3"</c>.</summary>
    public string ETag => string.Create(CultureInfo.InvariantCulture, $"W/\"{Version}\"");
}

/// <summary>
/// Where the three stamped values go in one resource's bytes. Found once when the resource is written and kept beside the bytes, so that
/// serving is a copy with three insertions and no parse. At most four places; every other byte stays as received.
/// </summary>
public sealed class StampPlaces
{
    private readonly record struct Place(int At, int Length, StampForm Form);

    private readonly Place[] places;

    private StampPlaces(Place[] places) => this.places = places;

    /// <summary>The places for a resource, relative to <see cref="FhirResource.Utf8"/>.</summary>
    public static StampPlaces Of(FhirResource resource)
    {
        var root = resource.Root;
        var start = root.Tree.Entries[root.Index].Start;
        var type = root["resourceType"u8];
        var afterType = End(type) - start;
        List<Place> places = [];
        var id = root["id"u8];
        places.Add(id.Exists ? Over(id, start, StampForm.Id) : new Place(afterType, 0, StampForm.NewId));
        var meta = root["meta"u8];
        if (!meta.Exists)
        {
            places.Add(new Place(id.Exists ? End(id) - start : afterType, 0, StampForm.NewMeta));
        }
        else if (meta.Kind != FhirNodeKind.Map || meta.Members.Count == 0)
        {
            places.Add(Over(meta, start, StampForm.WholeMeta));
        }
        else
        {
            AddMeta(places, meta, start);
        }

        // A stable order: an insertion comes before a replacement at the same offset, and NewId before NewMeta.
        return new StampPlaces([.. places.OrderBy(place => place.At).ThenBy(place => place.Length).ThenBy(place => place.Form)]);
    }

    /// <summary>The compact form for storage: 3 integers a place, little endian.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[places.Length * 9];
        for (var at = 0; at < places.Length; at++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(at * 9), places[at].At);
            BitConverter.TryWriteBytes(bytes.AsSpan((at * 9) + 4), places[at].Length);
            bytes[(at * 9) + 8] = (byte)places[at].Form;
        }

        return bytes;
    }

    /// <summary>Reads <see cref="ToBytes"/>.</summary>
    public static StampPlaces FromBytes(ReadOnlySpan<byte> bytes)
    {
        var places = new Place[bytes.Length / 9];
        for (var at = 0; at < places.Length; at++)
        {
            var one = bytes.Slice(at * 9, 9);
            places[at] = new Place(BitConverter.ToInt32(one), BitConverter.ToInt32(one[4..]), (StampForm)one[8]);
        }

        return new StampPlaces(places);
    }

    /// <summary>Writes the resource with its stamp.</summary>
    public void Write(ReadOnlySpan<byte> resourceUtf8, in FhirStamp stamp, IBufferWriter<byte> output)
    {
        var copied = 0;
        foreach (var place in places)
        {
            output.Write(resourceUtf8[copied..place.At]);
            StampText.Write(place.Form, stamp, output);
            copied = place.At + place.Length;
        }

        output.Write(resourceUtf8[copied..]);
    }

    /// <summary>The stamped resource as new bytes.</summary>
    public byte[] Write(ReadOnlySpan<byte> resourceUtf8, in FhirStamp stamp)
    {
        var output = new ArrayBufferWriter<byte>(resourceUtf8.Length + 160);
        Write(resourceUtf8, stamp, output);
        return output.WrittenSpan.ToArray();
    }

    private static void AddMeta(List<Place> places, FhirNode meta, int start)
    {
        var inside = meta.Tree.Entries[meta.Index].Start + 1 - start;
        var version = meta["versionId"u8];
        var updated = meta["lastUpdated"u8];
        places.Add(version.Exists ? Over(version, start, StampForm.Version) : new Place(inside, 0, StampForm.NewVersion));
        places.Add(updated.Exists ? Over(updated, start, StampForm.LastUpdated) : new Place(inside, 0, StampForm.NewLastUpdated));
    }

    private static Place Over(FhirNode node, int start, StampForm form)
    {
        ref readonly var entry = ref node.Tree.Entries[node.Index];
        var quote = entry.Kind == FhirNodeKind.Text ? 1 : 0;
        return new Place(entry.Start - quote - start, entry.Length + (2 * quote), form);
    }

    private static int End(FhirNode node)
    {
        ref readonly var entry = ref node.Tree.Entries[node.Index];
        return entry.Start + entry.Length + (entry.Kind == FhirNodeKind.Text ? 1 : 0);
    }
}
