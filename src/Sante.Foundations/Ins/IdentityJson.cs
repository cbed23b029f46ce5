using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sante.Foundations.Identities;

/// <summary>The stored form of the events of an identity: stable (golden files), a member that nobody knows is damage.</summary>
internal static class IdentityJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(IReadOnlyList<IdentityEvent> events) => JsonSerializer.SerializeToUtf8Bytes(events, Options);

    public static IReadOnlyList<IdentityEvent> Read(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize<IReadOnlyList<IdentityEvent>>(utf8, Options) ?? throw new JsonException("No events.");
}
