using System.Text.Json;
using Sante.Identity.Federation;
using Sante.Identity.Protocol;
using Sante.Kernel;

namespace Sante.Identity.Clients;

/// <summary>A persona of the sandbox, as far as the authorization server needs it: which provider knows it.</summary>
internal sealed record SandboxPersona(string Id, bool IsProfessional);

/// <summary>
/// The part of <c>sandbox.json</c> that this process reads: <c>clients[]</c> {clientId, name, kind, scopes, privateJwk?, redirectUris?, actor?,
/// idpeSystem within actor} and <c>personas[]</c> {id, kind}. Of a private JWK only the public members are taken.
/// </summary>
internal sealed record SandboxFile(IReadOnlyList<Client> Clients, IReadOnlyList<SandboxPersona> Personas)
{
    /// <summary>Names that the server keeps for itself.</summary>
    public static readonly string[] ReservedClientIds = [CitizenMatch.ClientId, "dev-sign-in"];

    /// <exception cref="JsonException">Not JSON, or a client without its members: the file is written by AppHost, so this is a fault, not an input.</exception>
    public static SandboxFile Read(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return new SandboxFile(
            [.. Items(json.RootElement, "clients").Select(ReadClient)],
            [.. Items(json.RootElement, "personas").Select(persona => new SandboxPersona(Text(persona, "id"), Text(persona, "kind") == "professional"))]);
    }

    private static Client ReadClient(JsonElement client)
    {
        var clientId = Text(client, "clientId");
        if (ReservedClientIds.Contains(clientId))
        {
            throw new JsonException($"The client name {clientId} is reserved.");
        }
        var keys = client.TryGetProperty("privateJwk", out var jwk) && jwk.ValueKind == JsonValueKind.Object
            ? ClientKeys.FromJwk(jwk) ?? throw new JsonException($"The key of client {clientId} is not of an allowed kind.")
            : ClientKeys.None;
        return new Client(
            clientId, Text(client, "name"), Text(client, "kind"), ScopeSet.Parse(Text(client, "scopes")), keys,
            [.. Items(client, "redirectUris").Select(uri => uri.GetString()!)], ReadActor(clientId, client));
    }

    private static ActorClaim? ReadActor(string clientId, JsonElement client)
    {
        if (!client.TryGetProperty("actor", out var actor) || actor.ValueKind == JsonValueKind.Null)
        {
            return null;
        }
        return ActorClaim.Read(actor).TryGet(out var claim, out var refusal) ? claim : throw new JsonException($"Client {clientId}: {refusal.Code}.");
    }

    private static JsonElement[] Items(JsonElement holder, string member) =>
        holder.TryGetProperty(member, out var array) && array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray()] : [];

    private static string Text(JsonElement holder, string member) =>
        holder.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()! : throw new JsonException($"A member {member} is missing.");
}
