using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sante.Fhir.Bundles;

/// <summary>What stands at one place of a stamp; the numbers are stored.</summary>
internal enum StampForm
{
    Id = 1,
    NewId,
    Version,
    NewVersion,
    LastUpdated,
    NewLastUpdated,
    NewMeta,
    WholeMeta,
}

/// <summary>Writes the stamp's own bytes without a string between: every resource that is served passes here.</summary>
internal ref struct StampText(Span<byte> target)
{
    /// <summary>More than all names and numbers around an id: two names, a version of 20 digits, an instant of 24.</summary>
    private const int MostBytes = 160;

    private readonly Span<byte> target = target;
    private int length;

    public static void Write(StampForm form, in FhirStamp stamp, IBufferWriter<byte> output)
    {
        var text = new StampText(output.GetSpan(MostBytes + stamp.Id.Length));
        switch (form)
        {
            case StampForm.Id:
                text.Id("\""u8, stamp);
                break;
            case StampForm.NewId:
                text.Id(",\"id\":\""u8, stamp);
                break;
            case StampForm.Version:
                text.Version("\""u8, stamp, "\""u8);
                break;
            case StampForm.NewVersion:
                text.Version("\"versionId\":\""u8, stamp, "\","u8);
                break;
            case StampForm.LastUpdated:
                text.LastUpdated("\""u8, stamp, "\""u8);
                break;
            case StampForm.NewLastUpdated:
                text.LastUpdated("\"lastUpdated\":\""u8, stamp, "\","u8);
                break;
            default:
                text.Version(form == StampForm.NewMeta ? ",\"meta\":{\"versionId\":\""u8 : "{\"versionId\":\""u8, stamp, "\","u8);
                text.LastUpdated("\"lastUpdated\":\""u8, stamp, "\"}"u8);
                break;
        }

        output.Advance(text.length);
    }

    private void Id(ReadOnlySpan<byte> before, in FhirStamp stamp)
    {
        Add(before);
        length += Encoding.ASCII.GetBytes(stamp.Id, target[length..]);
        Add("\""u8);
    }

    private void Version(ReadOnlySpan<byte> before, in FhirStamp stamp, ReadOnlySpan<byte> after)
    {
        Add(before);
        Utf8Formatter.TryFormat(stamp.Version, target[length..], out var written);
        length += written;
        Add(after);
    }

    /// <summary><c>yyyy-MM-ddTHH:mm:ss.fffZ</c>.</summary>
    private void LastUpdated(ReadOnlySpan<byte> before, in FhirStamp stamp, ReadOnlySpan<byte> after)
    {
        Add(before);
        var at = stamp.LastUpdatedAt.UtcDateTime;
        Number(at.Year, 4, (byte)'-');
        Number(at.Month, 2, (byte)'-');
        Number(at.Day, 2, (byte)'T');
        Number(at.Hour, 2, (byte)':');
        Number(at.Minute, 2, (byte)':');
        Number(at.Second, 2, (byte)'.');
        Number(at.Millisecond, 3, (byte)'Z');
        Add(after);
    }

    private void Number(int value, int digits, byte after)
    {
        for (var at = length + digits - 1; at >= length; at--, value /= 10)
            target[at] = (byte)('0' + (value % 10));
        target[length + digits] = after;
        length += digits + 1;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target[length..]);
        length += bytes.Length;
    }
}
