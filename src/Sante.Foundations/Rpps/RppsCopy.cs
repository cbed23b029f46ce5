using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Npgsql;
using Sante.Foundations.Directories;
using Sante.Foundations.Files;

namespace Sante.Foundations.RppsDirectory;

/// <summary>
/// Copies the rows of one file into the staging tables: a person, an activity and a structure once each (sets of their keys are held in memory,
/// some 150 bytes per row), and what their further rows add. Four COPY streams, each on its own connection. Not thread-safe.
/// </summary>
internal sealed class RppsCopy : IAsyncDisposable
{
    private readonly List<NpgsqlConnection> connections = [];
    private readonly Dictionary<UInt128, UInt128> firstQualification = [];
    private readonly HashSet<UInt128> activities = [];
    private readonly HashSet<UInt128> structures = [];
    private readonly byte[] scratch = new byte[1024];
    private CopyRows practitioner = null!;
    private CopyRows activity = null!;
    private CopyRows more = null!;
    private CopyRows structure = null!;

    /// <summary>Codes with labels met in the file.</summary>
    public TermSet Terms { get; } = new();

    public static async Task<RppsCopy> OpenAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        var copy = new RppsCopy();
        copy.practitioner = await copy.StreamAsync(database, "read_practitioner", cancel);
        copy.activity = await copy.StreamAsync(database, "read_activity", cancel);
        copy.more = await copy.StreamAsync(database, "read_more", cancel);
        copy.structure = await copy.StreamAsync(database, "read_structure", cancel);
        return copy;
    }

    /// <summary>Takes one row.</summary>
    public void Add(in RppsRow row)
    {
        var structureId = StructureId(row);
        Span<byte> activityId = stackalloc byte[32];
        HashActivity(row, structureId, activityId);
        var qualification = Hash(row[RppsColumn.Profession], row[RppsColumn.Category], row[RppsColumn.SkillType], row[RppsColumn.Skill]);
        ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(firstQualification, Key(row[RppsColumn.NationalId]), out var knownPerson);
        if (!knownPerson)
        {
            first = qualification;
            AddPractitioner(row);
        }

        var newActivity = activities.Add(BinaryPrimitives.ReadUInt128BigEndian(activityId));
        if (newActivity)
        {
            AddActivity(row, structureId, activityId);
        }

        if (!newActivity || first != qualification)
        {
            AddMore(row, activityId);
        }

        if (!structureId.IsEmpty && structures.Add(Hash(structureId)))
        {
            AddStructure(row, structureId);
        }

        AddTerms(row);
    }

    /// <summary>Sends what has gathered.</summary>
    public async ValueTask FlushIfFullAsync(CancellationToken cancel)
    {
        await practitioner.FlushIfFullAsync(cancel);
        await activity.FlushIfFullAsync(cancel);
        await more.FlushIfFullAsync(cancel);
        await structure.FlushIfFullAsync(cancel);
    }

    /// <summary>Ends the four streams and returns their connections.</summary>
    public async Task CompleteAsync(CancellationToken cancel)
    {
        foreach (var stream in (CopyRows[])[practitioner, activity, more, structure])
        {
            await stream.CompleteAsync(cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in (CopyRows?[])[practitioner, activity, more, structure])
        {
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }
        }

        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<CopyRows> StreamAsync(NpgsqlDataSource database, string table, CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        connections.Add(connection);
        return await CopyRows.OpenAsync(connection, "directory_next." + table, cancel);
    }

    /// <summary>A FINESS site is known by its FINESS number whatever the file's technical identifier, so that both directories meet.</summary>
    private ReadOnlySpan<byte> StructureId(in RppsRow row)
    {
        var finess = row[RppsColumn.FinessSite];
        if (finess.IsEmpty)
        {
            return row[RppsColumn.StructureId];
        }

        scratch[0] = (byte)'F';
        finess.CopyTo(scratch.AsSpan(1));
        return scratch.AsSpan(0, finess.Length + 1);
    }

    private static void HashActivity(in RppsRow row, ReadOnlySpan<byte> structureId, Span<byte> target)
    {
        Span<byte> text = stackalloc byte[512];
        var length = 0;
        Append(text, ref length, row[RppsColumn.NationalId]);
        Append(text, ref length, structureId);
        ReadOnlySpan<RppsColumn> manner =
            [RppsColumn.Profession, RppsColumn.Category, RppsColumn.Mode, RppsColumn.Sector, RppsColumn.PharmacistSection, RppsColumn.Function, RppsColumn.Genre];
        foreach (var column in manner)
        {
            Append(text, ref length, row[column]);
        }

        SHA256.HashData(text[..length], target);
    }

    private static void Append(Span<byte> text, ref int length, ReadOnlySpan<byte> part)
    {
        part.CopyTo(text[length..]);
        length += part.Length;
        text[length++] = (byte)'|';
    }

    private static UInt128 Hash(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b = default, ReadOnlySpan<byte> c = default, ReadOnlySpan<byte> d = default)
    {
        Span<byte> text = stackalloc byte[256];
        var length = 0;
        Append(text, ref length, a);
        Append(text, ref length, b);
        Append(text, ref length, c);
        Append(text, ref length, d);
        if (length <= 16)
        {
            text[length..16].Clear();
            return BinaryPrimitives.ReadUInt128BigEndian(text);
        }

        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(text[..length], hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>A national identifier has at most 12 characters: the key is the identifier itself.</summary>
    private static UInt128 Key(ReadOnlySpan<byte> nationalId)
    {
        Span<byte> sixteen = stackalloc byte[16];
        sixteen.Clear();
        nationalId.CopyTo(sixteen);
        return BinaryPrimitives.ReadUInt128BigEndian(sixteen);
    }

    private void AddPractitioner(in RppsRow row)
    {
        practitioner.Begin(12);
        practitioner.Text(row[RppsColumn.NationalId]);
        practitioner.Text(row[RppsColumn.Id]);
        practitioner.Text(row[RppsColumn.Civility]);
        practitioner.Text(row[RppsColumn.ExerciseCivility]);
        practitioner.Text(row[RppsColumn.Family]);
        practitioner.Text(row[RppsColumn.Given]);
        practitioner.Folded(row[RppsColumn.Family]);
        practitioner.Folded(row[RppsColumn.Given]);
        practitioner.Text(row[RppsColumn.Profession]);
        practitioner.Text(row[RppsColumn.Category]);
        AddSkill(practitioner, row);
    }

    private void AddActivity(in RppsRow row, ReadOnlySpan<byte> structureId, ReadOnlySpan<byte> id)
    {
        activity.Begin(12);
        activity.Uuid(id);
        activity.Text(row[RppsColumn.NationalId]);
        activity.Text(structureId);
        activity.Text(row[RppsColumn.Profession]);
        activity.Text(row[RppsColumn.Category]);
        activity.Text(row[RppsColumn.Mode]);
        activity.Text(row[RppsColumn.Sector]);
        activity.Text(row[RppsColumn.PharmacistSection]);
        activity.Text(row[RppsColumn.Function]);
        activity.Text(row[RppsColumn.Genre]);
        AddSkill(activity, row);
    }

    private void AddMore(in RppsRow row, ReadOnlySpan<byte> id)
    {
        more.Begin(6);
        more.Text(row[RppsColumn.NationalId]);
        more.Uuid(id);
        more.Text(row[RppsColumn.Profession]);
        more.Text(row[RppsColumn.Category]);
        AddSkill(more, row);
    }

    /// <summary>A skill without its type (the extract has such rows) is taken as an ordinal specialty, by far the commonest.</summary>
    private static void AddSkill(CopyRows rows, in RppsRow row)
    {
        rows.Text(row[RppsColumn.Skill].IsEmpty ? default : SkillType(row));
        rows.Text(row[RppsColumn.Skill]);
    }

    private static ReadOnlySpan<byte> SkillType(in RppsRow row) => row[RppsColumn.SkillType].IsEmpty ? "S"u8 : row[RppsColumn.SkillType];

    private void AddStructure(in RppsRow row, ReadOnlySpan<byte> structureId)
    {
        structure.Begin(26);
        structure.Text(structureId);
        structure.Text(row[RppsColumn.FinessSite]);
        structure.Text(row[RppsColumn.FinessEntity]);
        structure.Text(row[RppsColumn.Siret]);
        structure.Text(row[RppsColumn.Siren]);
        structure.Text(row[RppsColumn.Name]);
        structure.Text(row[RppsColumn.Sign]);
        structure.Folded(row[RppsColumn.Name]);
        structure.Folded(row[RppsColumn.Sign]);
        structure.Text(row[RppsColumn.Addressee]);
        structure.Text(row[RppsColumn.Point]);
        structure.Text(row[RppsColumn.StreetNumber]);
        structure.Text(row[RppsColumn.StreetType]);
        structure.Text(row[RppsColumn.Street]);
        structure.Text(row[RppsColumn.Distribution]);
        var city = Addresses.City(row[RppsColumn.Cedex], row[RppsColumn.CommuneLabel]);
        structure.Text(city);
        structure.Folded(city);
        structure.Text(row[RppsColumn.Postcode]);
        structure.Text(row[RppsColumn.Commune]);
        structure.Text(row[RppsColumn.Department]);
        structure.Text(row[RppsColumn.Country]);
        structure.Text(row[RppsColumn.Phone]);
        structure.Text(row[RppsColumn.Phone2]);
        structure.Text(row[RppsColumn.Fax]);
        structure.Text(row[RppsColumn.Email]);
        structure.Text(row[RppsColumn.Sector]);
    }

    private void AddTerms(in RppsRow row)
    {
        Terms.Add("G15"u8, row[RppsColumn.Profession], row[RppsColumn.ProfessionLabel]);
        Terms.Add("R09"u8, row[RppsColumn.Category], row[RppsColumn.CategoryLabel]);
        Terms.Add(SkillType(row), row[RppsColumn.Skill], row[RppsColumn.SkillLabel]);
        Terms.Add("R23"u8, row[RppsColumn.Mode], row[RppsColumn.ModeLabel]);
        Terms.Add("R02"u8, row[RppsColumn.Sector], row[RppsColumn.SectorLabel]);
        Terms.Add("R06"u8, row[RppsColumn.PharmacistSection], row[RppsColumn.PharmacistSectionLabel]);
        Terms.Add("R21"u8, row[RppsColumn.Function], row[RppsColumn.FunctionLabel]);
        Terms.Add("R22"u8, row[RppsColumn.Genre], row[RppsColumn.GenreLabel]);
    }
}
