using System.Text.Json;

namespace Sante.Kernel;

/// <summary>
/// The claim <c>actor</c> of an access token: the one JSON form of an <see cref="Kernel.Actor"/> between the authorization server and the API.
/// <code>{"kind","system","value","name","structure":{"system","value","name"}?,"situation":{"profession","specialty"?,"medicalRegulation"?}?,"idpeSystem"?}</code>
/// A <see cref="ActorKind.Delegate"/> is never in a token of this form: the space decides who may act for whom.
/// </summary>
/// <param name="Actor">Who acts. <see cref="Actor.Client"/> is not in the claim: it is the token's <c>client_id</c>.</param>
/// <param name="IdpeSystem">For an editor: OID (<c>urn:oid:…</c>) under which its patient pseudonyms (idPE) live.</param>
public sealed record ActorClaim(Actor Actor, string? IdpeSystem = null)
{
    /// <summary>Name of the claim.</summary>
    public const string Name = "actor";

    private static readonly (string Word, ActorKind Kind)[] Words =
    [
        ("citizen", ActorKind.Citizen),
        ("professional", ActorKind.Professional),
        ("structure-staff", ActorKind.StructureStaff),
        ("structure", ActorKind.Structure),
        ("app", ActorKind.App),
        ("operator", ActorKind.Operator),
    ];

    /// <summary>Reads the claim. Refusal: <c>actor-claim-invalid</c> (a member missing, of another type, or an unknown kind).</summary>
    public static Outcome<ActorClaim> Read(JsonElement claim)
    {
        if (claim.ValueKind != JsonValueKind.Object
            || Text(claim, "kind") is not { } word
            || Array.Find(Words, row => row.Word == word) is not { Word: not null } row
            || ReadIdentifier(claim) is not { } identifier
            || Text(claim, "name") is not { } name)
        {
            return Invalid;
        }
        if (!TryReadStructure(claim, out var structure) || !TryReadSituation(claim, out var situation))
        {
            return Invalid;
        }
        return new ActorClaim(new Actor(row.Kind, identifier, name, structure, situation), Text(claim, "idpeSystem"));
    }

    /// <summary>The claim as UTF-8 JSON. Throws <see cref="ArgumentException"/> for a delegate, which has no claim.</summary>
    public byte[] ToUtf8Json()
    {
        var word = Array.Find(Words, row => row.Kind == Actor.Kind).Word
            ?? throw new ArgumentException("A delegate has no actor claim.");
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", word);
            WriteIdentifier(json, Actor.Identifier, Actor.Name);
            if (Actor.Structure is { } structure)
            {
                json.WriteStartObject("structure");
                WriteIdentifier(json, structure.Identifier, structure.Name);
                json.WriteEndObject();
            }
            if (Actor.Situation is { } situation)
            {
                json.WriteStartObject("situation");
                json.WriteString("profession", situation.Profession);
                if (situation.Specialty is { } specialty)
                {
                    json.WriteString("specialty", specialty);
                }
                json.WriteBoolean("medicalRegulation", situation.MedicalRegulation);
                json.WriteEndObject();
            }
            if (IdpeSystem is { } system)
            {
                json.WriteString("idpeSystem", system);
            }
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    public override string ToString() => Actor.ToString();

    private static Refusal Invalid { get; } = new("actor-claim-invalid", RefusalKind.Invalid, "La description de l'acteur n'est pas lisible.");

    private static void WriteIdentifier(Utf8JsonWriter json, ActorIdentifier identifier, string name)
    {
        json.WriteString("system", identifier.System);
        json.WriteString("value", identifier.Value);
        json.WriteString("name", name);
    }

    private static ActorIdentifier? ReadIdentifier(JsonElement holder) =>
        Text(holder, "system") is { } system && Text(holder, "value") is { } value ? new ActorIdentifier(system, value) : null;

    private static bool TryReadStructure(JsonElement claim, out ActorStructure? structure)
    {
        structure = null;
        if (!claim.TryGetProperty("structure", out var element) || element.ValueKind == JsonValueKind.Null)
        {
            return true;
        }
        if (element.ValueKind == JsonValueKind.Object && ReadIdentifier(element) is { } identifier && Text(element, "name") is { } name)
        {
            structure = new ActorStructure(identifier, name);
        }
        return structure is not null;
    }

    private static bool TryReadSituation(JsonElement claim, out Situation? situation)
    {
        situation = null;
        if (!claim.TryGetProperty("situation", out var element) || element.ValueKind == JsonValueKind.Null)
        {
            return true;
        }
        if (element.ValueKind == JsonValueKind.Object && Text(element, "profession") is { } profession)
        {
            var regulation = element.TryGetProperty("medicalRegulation", out var flag) && flag.ValueKind == JsonValueKind.True;
            situation = new Situation(profession, Text(element, "specialty"), regulation);
        }
        return situation is not null;
    }

    private static string? Text(JsonElement holder, string member) =>
        holder.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
