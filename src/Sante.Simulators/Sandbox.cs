using System.Text.Json;
using Sante.Kernel;

namespace Sante.Simulators;

/// <summary>A demo client of <c>sandbox.json</c>, its private key included: development only.</summary>
/// <param name="ClientId">Name at the authorization server.</param>
/// <param name="Kind">structure, editor, booking, web or native.</param>
/// <param name="Scopes">All that it may ask for, separated by spaces.</param>
/// <param name="PrivateJwk">Its key as JSON; null for a public client.</param>
/// <param name="RedirectUris">For clients with a person in front of them.</param>
public sealed record SandboxClient(string ClientId, string Name, string Kind, string Scopes, string? PrivateJwk, IReadOnlyList<string> RedirectUris)
{
    /// <summary>As whom it acts by client credentials (<see cref="ActorClaim"/>); null when only people use it.</summary>
    public ActorClaim? Actor { get; init; }

    public override string ToString() => ClientId;
}

/// <summary>Strict traits of a synthetic citizen. Codes are COG codes; dates ISO; <paramref name="Sex"/> M or F.</summary>
public sealed record SandboxTraits(
    string FamilyName, IReadOnlyList<string> GivenNames, string BirthDate, string Sex, string? BirthPlaceCode, string? BirthCountryCode);

/// <summary>A synthetic person who can sign in.</summary>
/// <param name="Id">Name in sign-in links and <c>login_hint</c>.</param>
/// <param name="Kind">citizen or professional.</param>
/// <param name="Name">Shown on the page that offers personas.</param>
/// <param name="Ins">Matricule, when the citizen has one.</param>
/// <param name="InsOid">OID of the matricule.</param>
/// <param name="PatientId">The <c>Patient.id</c> of the own space, when there is one.</param>
/// <param name="Traits">For a citizen.</param>
/// <param name="Rpps">For a professional.</param>
/// <param name="ProSanteConnect">For a professional: the userinfo of Pro Santé Connect, as it is to be answered.</param>
/// <param name="SignInUrl">The one-line sign-in link.</param>
public sealed record SandboxPersona(
    string Id, string Kind, string Name, string? Ins, string? InsOid, string? PatientId, SandboxTraits? Traits, string? Rpps, JsonElement? ProSanteConnect, string? SignInUrl)
{
    public bool IsProfessional => Kind == "professional";

    public override string ToString() => Id;
}

/// <summary>The demo clients and personas written by AppHost.</summary>
public sealed record Sandbox(IReadOnlyList<SandboxClient> Clients, IReadOnlyList<SandboxPersona> Personas)
{
    /// <exception cref="JsonException">Not JSON, or a member missing.</exception>
    /// <exception cref="IOException">No such file.</exception>
    public static Sandbox Read(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return new Sandbox([.. Items(json.RootElement, "clients").Select(ReadClient)], [.. Items(json.RootElement, "personas").Select(ReadPersona)]);
    }

    /// <exception cref="KeyNotFoundException">No such persona.</exception>
    public SandboxPersona Persona(string id) => Personas.FirstOrDefault(persona => persona.Id == id) ?? throw new KeyNotFoundException($"No persona {id}.");

    /// <exception cref="KeyNotFoundException">No such client.</exception>
    public SandboxClient Client(string id) => Clients.FirstOrDefault(client => client.ClientId == id) ?? throw new KeyNotFoundException($"No client {id}.");

    private static SandboxClient ReadClient(JsonElement client) => new(
        Text(client, "clientId"), Text(client, "name"), Text(client, "kind"), Text(client, "scopes"), Member(client, "privateJwk")?.GetRawText(),
        [.. Items(client, "redirectUris").Select(uri => uri.GetString()!)])
    {
        Actor = Member(client, "actor") is { } actor ? ActorClaim.Read(actor).Value : null,
    };

    private static SandboxPersona ReadPersona(JsonElement persona) => new(
        Text(persona, "id"), Text(persona, "kind"), Text(persona, "name"), TextOrNull(persona, "ins"), TextOrNull(persona, "insOid"), TextOrNull(persona, "patientId"),
        Member(persona, "traits") is { } traits ? ReadTraits(traits) : null, TextOrNull(persona, "rpps"), Member(persona, "psc")?.Clone(), TextOrNull(persona, "signInUrl"));

    private static SandboxTraits ReadTraits(JsonElement traits) => new(
        Text(traits, "familyName"), [.. Items(traits, "givenNames").Select(name => name.GetString()!)], Text(traits, "birthDate"), Text(traits, "sex"),
        TextOrNull(traits, "birthPlaceCode"), TextOrNull(traits, "birthCountryCode"));

    private static JsonElement[] Items(JsonElement holder, string member) =>
        Member(holder, member) is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray()] : [];

    private static JsonElement? Member(JsonElement holder, string member) =>
        holder.TryGetProperty(member, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    private static string? TextOrNull(JsonElement holder, string member) => Member(holder, member) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static string Text(JsonElement holder, string member) => TextOrNull(holder, member) ?? throw new JsonException($"A member {member} is missing.");
}
