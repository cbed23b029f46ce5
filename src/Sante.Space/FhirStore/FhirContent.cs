using System.Collections.Immutable;
using Sante.Fhir;
using Sante.Fhir.Search;
using Sante.Kernel;
using Sante.Ledger;

namespace Sante.Space;

/// <summary>
/// From FHIR content to rows of the ledger: body, search tokens, dates. Pure; the bytes are stored as they are given, references already rewritten.
/// </summary>
public static class FhirContent
{
    private static readonly ImmutableDictionary<string, Labels> LabelCodes = ImmutableDictionary.CreateRange(new Dictionary<string, Labels>
    {
        ["MASQUE_PS"] = Labels.MasquePs,
        ["INVISIBLE_PATIENT"] = Labels.InvisiblePatient,
        ["INVISIBLE_REPRESENTANTS_LEGAUX"] = Labels.InvisibleRepresentantsLegaux,
    });

    /// <summary>
    /// A row for <see cref="Deposit"/> or a write request. Throws <see cref="ArgumentException"/> for a type that the record does not hold.
    /// </summary>
    /// <param name="id">The server's id, made by <see cref="RecordId.Of(int, Guid)"/> with the slot of the space.</param>
    /// <param name="expectedVersion">The present version; 0 to create.</param>
    /// <param name="resource">The resource.</param>
    /// <param name="by">Who feeds it.</param>
    /// <param name="follows">What its visibility follows.</param>
    public static NewResource Prepare(RecordId id, int expectedVersion, FhirResource resource, Actor by, IReadOnlyList<Followed>? follows = null) =>
        Prepare(id, expectedVersion, resource, HeaderOf(resource, by, follows ?? []));

    /// <summary>The same with a header that exists: a new version keeps its depositor.</summary>
    public static NewResource Prepare(RecordId id, int expectedVersion, FhirResource resource, StoredHeader header)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(header);
        var tokens = DepositedBy(header);
        var entries = IndexEntries.Of(resource);
        tokens.AddRange(entries.Keys.Select(key => TokenOf(resource.Type, key)));
        var dates = entries.Dates.Select(date => new IndexDate(DateName(resource.Type, date.Parameter), Instant(date.LowTicks), Instant(date.HighTicks)));
        return new NewResource(SpaceIds.StoredId(id), expectedVersion, resource.Type, StoredResource.Write(header, resource),
            [.. tokens.Distinct()], [.. dates.Distinct()]);
    }

    /// <summary>The last version of a resource that is withdrawn: its header stays, so that it can be told from what never was; it is found by who fed it alone.</summary>
    public static NewResource Withdraw(RecordId id, StoredResource present)
    {
        ArgumentNullException.ThrowIfNull(present);
        var empty = FhirJson.Parse(System.Text.Encoding.UTF8.GetBytes($"{{\"resourceType\":\"{present.Header.Type}\"}}")).Resource!;
        return new NewResource(SpaceIds.StoredId(id), present.Version, present.Header.Type, StoredResource.Write(present.Header, empty), DepositedBy(present.Header), [], Deleted: true);
    }

    private static List<IndexToken> DepositedBy(StoredHeader header) => header.Structure is { } structure
        ? [DepositTokens.Of(header.Depositor), DepositTokens.Of(structure)] : [DepositTokens.Of(header.Depositor)];

    public static StoredHeader HeaderOf(FhirResource resource, Actor by, IReadOnlyList<Followed> follows)
    {
        var type = RecordTypes.Find(resource.Type) ?? throw new ArgumentException($"The record holds no {resource.Type}.", nameof(resource));
        return new StoredHeader(resource.Type, by.Identifier, by.Structure?.Identifier, type.Category, TypeCodeOf(resource), follows);
    }

    /// <summary>The document type: the LOINC code of <c>type</c>, else its first code, else ""; null for what is no document.</summary>
    public static string? TypeCodeOf(FhirResource resource)
    {
        if (resource.Type != "DocumentReference")
            return null;
        string? first = null;
        foreach (var coding in resource.Root["type"u8]["coding"u8].Items)
        {
            var code = coding["code"u8].Text;
            if (code is not null && coding["system"u8].TextEquals("http://loinc.org"u8))
                return code;
            first ??= code;
        }

        return first ?? "";
    }

    /// <summary>The restrictive labels among <c>securityLabel</c> (TRE_A07), whatever the system is written as.</summary>
    public static Labels LabelsOf(FhirResource document)
    {
        var labels = Labels.None;
        foreach (var concept in document.Root["securityLabel"u8].Items)
            foreach (var coding in concept["coding"u8].Items)
                labels |= LabelCodes.GetValueOrDefault(coding["code"u8].Text ?? "");
        return labels;
    }

    /// <summary>The key names its parameter.</summary>
    internal static IndexToken TokenOf(string type, string key) => new(type, key);

    internal static string DateName(string type, string parameter) => $"{type}.{parameter}";

    /// <summary>The instant of a tick count; open ends are the ends of time. PostgreSQL keeps microseconds: what is finer is cut.</summary>
    internal static DateTimeOffset Instant(long ticks) =>
        ticks <= 0 ? DateTimeOffset.MinValue : ticks >= DateTimeOffset.MaxValue.Ticks ? DateTimeOffset.MaxValue : new DateTimeOffset(ticks, TimeSpan.Zero);
}
