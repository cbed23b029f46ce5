using System.Buffers.Text;
using System.Text;

namespace Sante.Fhir.Search;

/// <summary>
/// The place after the last match of a page, as the opaque text of a <c>next</c> link: URL-safe, never stored, never expiring. It holds the place's
/// sort values and id alone (keyset), and a mark of the query that it was given for; whoever forges one finds what his query finds anyway.
/// </summary>
internal static class SearchCursor
{
    private const byte Version = 1;

    /// <summary>Longest text that is read.</summary>
    private const int MaxLength = 4096;

    /// <summary>What a cursor says of its query: the types and the sort keys.</summary>
    public static uint MarkOf(SearchQuery query)
    {
        var text = new StringBuilder(query.Type);
        foreach (var part in query.Parts)
        {
            text.Append(part.Type).Append(',');
        }

        foreach (var sort in query.Sort)
        {
            text.Append(sort.Descending ? '-' : '+').Append(sort.Parameter.Code);
        }

        return Json.Utf8Hash.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }

    public static string Write(uint query, SortPlace place)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Version);
        writer.Write(query);
        writer.Write((byte)place.Values.Length);
        foreach (var value in place.Values)
        {
            writer.Write((byte)value.Kind);
            switch (value.Kind)
            {
                case SortValueKind.Instant:
                    writer.Write(value.Ticks);
                    break;
                case SortValueKind.Number:
                    writer.Write(value.Number);
                    break;
                case SortValueKind.Text:
                    writer.Write(value.Text!);
                    break;
            }
        }

        writer.Write(place.Type);
        writer.Write(place.Id);
        writer.Flush();
        return Base64Url.EncodeToString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>The place, or null for what is no cursor of this query with that many sort values.</summary>
    public static SortPlace? Read(string text, uint query, int count)
    {
        if (text.Length is 0 or > MaxLength || !Base64Url.IsValid(text))
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(Base64Url.DecodeFromChars(text)), new UTF8Encoding(false, true));
        try
        {
            if (reader.ReadByte() != Version || reader.ReadUInt32() != query || reader.ReadByte() != count)
            {
                return null;
            }

            var values = new SortValue[count];
            for (var at = 0; at < count; at++)
            {
                values[at] = (SortValueKind)reader.ReadByte() switch
                {
                    SortValueKind.Missing => default,
                    SortValueKind.Instant => SortValue.Of(reader.ReadInt64()),
                    SortValueKind.Number => SortValue.Of(reader.ReadDecimal()),
                    SortValueKind.Text => SortValue.Of(reader.ReadString()),
                    _ => throw new InvalidDataException("No kind of value."),
                };
            }

            var place = new SortPlace(values, reader.ReadString(), reader.ReadString());
            return reader.BaseStream.Position == reader.BaseStream.Length && place.Id.Length <= 256 ? place : null;
        }
        catch (Exception fault) when (fault is IOException or ArgumentException or FormatException or InvalidDataException)
        {
            // The reader's own ways to say that the bytes end early or hold no text or number: the cursor is none of ours.
            return null;
        }
    }
}
