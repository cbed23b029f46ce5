using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Sante.Space;

/// <summary>
/// The one stored JSON form of events, trace lines and snapshots. Names of events never change; golden files hold each.
/// camelCase; enumerations in kebab-case, flags as arrays; instants and civil dates in ISO 8601.
/// </summary>
public static class SpaceJson
{
    /// <summary>The short name of each event, as stored in <c>$type</c>.</summary>
    public static IReadOnlyDictionary<Type, string> EventNames { get; } = new Dictionary<Type, string>
    {
        [typeof(AccountBegun)] = "account-begun",
        [typeof(OpeningLetterSent)] = "opening-letter-sent",
        [typeof(OpeningRefused)] = "opening-refused",
        [typeof(AccountOpened)] = "account-opened",
        [typeof(AccountClosed)] = "account-closed",
        [typeof(AccountReopened)] = "account-reopened",
        [typeof(MajorityReached)] = "majority-reached",
        [typeof(DeathRecorded)] = "death-recorded",
        [typeof(ConsentGranted)] = "consent-granted",
        [typeof(ConsentNarrowed)] = "consent-narrowed",
        [typeof(ConsentRevoked)] = "consent-revoked",
        [typeof(ConsentExpired)] = "consent-expired",
        [typeof(ActorBlocked)] = "actor-blocked",
        [typeof(ActorUnblocked)] = "actor-unblocked",
        [typeof(RepresentativeDeclared)] = "representative-declared",
        [typeof(RepresentativeEnded)] = "representative-ended",
        [typeof(CareTeamMemberAdded)] = "care-team-member-added",
        [typeof(CareTeamMemberRemoved)] = "care-team-member-removed",
        [typeof(MedecinTraitantDeclared)] = "medecin-traitant-declared",
        [typeof(MedecinTraitantEnded)] = "medecin-traitant-ended",
        [typeof(TrustedPersonNamed)] = "trusted-person-named",
        [typeof(TrustedPersonRemoved)] = "trusted-person-removed",
        [typeof(EmergencyOppositionSet)] = "emergency-opposition-set",
        [typeof(GlassBroken)] = "glass-broken",
        [typeof(EmergencyClosed)] = "emergency-closed",
        [typeof(EmergencyExpired)] = "emergency-expired",
        [typeof(DocumentHidden)] = "document-hidden",
        [typeof(DocumentShown)] = "document-shown",
        [typeof(DocumentLabelled)] = "document-labelled",
        [typeof(PatientInvited)] = "patient-invited",
        [typeof(RevealedToPatient)] = "revealed-to-patient",
        [typeof(RevealedToRepresentatives)] = "revealed-to-representatives",
        [typeof(Paired)] = "paired",
        [typeof(Unpaired)] = "unpaired",
        [typeof(AppointmentPushed)] = "appointment-pushed",
        [typeof(AppointmentStatusChanged)] = "appointment-status-changed",
    };

    /// <summary>The options of every stored form; frozen.</summary>
    public static JsonSerializerOptions Options { get; } = Make(indented: false);

    internal static JsonSerializerOptions Indented { get; } = Make(indented: true);

    /// <summary>One event as stored, UTF-8, with its <c>$type</c> first.</summary>
    public static byte[] Write(SpaceEvent happened) => JsonSerializer.SerializeToUtf8Bytes(happened, Options);

    /// <summary>Reads a stored event. Throws <see cref="JsonException"/> on bytes that are not one: that is damage, not an expected failure.</summary>
    public static SpaceEvent ReadEvent(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize<SpaceEvent>(utf8, Options) ?? throw new JsonException("null is not an event");

    private static JsonSerializerOptions Make(bool indented)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = indented,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameEvents, KeepComputedOut } },
            Converters = { new FlagsAsArray<Categories>(), new FlagsAsArray<Purposes>(), new FlagsAsArray<Labels>(), new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, false) },
        };
        options.MakeReadOnly();
        return options;
    }

    private static void NameEvents(JsonTypeInfo type)
    {
        if (type.Type == typeof(SpaceEvent))
        {
            type.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "$type" };
            foreach (var (derived, name) in EventNames)
            {
                type.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(derived, name));
            }
        }
    }

    /// <summary>Derived data is never stored: only what a constructor or an initialiser takes.</summary>
    private static void KeepComputedOut(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].Set is null && type.Properties[i].AssociatedParameter is null)
            {
                type.Properties.RemoveAt(i);
            }
        }
    }
}

/// <summary>A flags enumeration as an array of kebab-case names in the order of their bits; unknown names are refused.</summary>
public sealed class FlagsAsArray<TEnum> : JsonConverter<TEnum>
    where TEnum : struct, Enum
{
    private static readonly (TEnum Value, int Bits, string Name)[] Singles =
        [.. Enum.GetValues<TEnum>()
            .Select(value => (value, Convert.ToInt32(value, null), JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString())))
            .Where(single => int.PopCount(single.Item2) == 1)];

    public override TEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"An array of {typeof(TEnum).Name} is expected.");
        }

        var bits = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            bits |= TryBits(name, out var bit) ? bit : throw new JsonException($"Unknown {typeof(TEnum).Name}.");
        }

        return (TEnum)Enum.ToObject(typeof(TEnum), bits);
    }

    public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var name in NamesOf(value))
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }

    /// <summary>The bit of one name; false when it is none of them.</summary>
    internal static bool TryBits(string? name, out int bits)
    {
        bits = Array.Find(Singles, single => single.Name == name).Bits;
        return bits != 0;
    }

    /// <summary>The names of the set bits.</summary>
    internal static IReadOnlyList<string> NamesOf(TEnum value) => [.. Singles.Where(single => value.HasFlag(single.Value)).Select(single => single.Name)];
}
