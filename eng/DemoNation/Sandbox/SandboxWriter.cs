using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Sante.DemoNation;

/// <summary>
/// Writes <c>sandbox.json</c>: the demo clients with their private keys and the personas. Development only; mode 0600. Keys are random, and kept when the
/// file is there: everything else follows from the nation, so that writing twice changes no byte.
/// </summary>
public static class SandboxWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <param name="path">Replaced whole: a reader sees the former file or the new one.</param>
    /// <param name="nation">Whose clients and personas.</param>
    /// <param name="identityUrl">Address of the authorization server, for whole sign-in links; null for links without host.</param>
    public static void Write(string path, Nation nation, string? identityUrl)
    {
        ArgumentNullException.ThrowIfNull(nation);
        var kept = KeysIn(path);
        var sandbox = new JsonObject
        {
            ["clients"] = new JsonArray([.. DemoClients.All(nation.Carers).Select((client, number) => (JsonNode)Client(client, number, kept))]),
            ["personas"] = new JsonArray([.. Personas.All(nation).Select(persona => (JsonNode)Person(persona, identityUrl))]),
        };
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var next = path + ".next";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(next, options))
        {
            file.Write(Encoding.UTF8.GetBytes(sandbox.ToJsonString(Indented) + "\n"));
        }

        File.Move(next, path, overwrite: true);
    }

    private static JsonObject Client(DemoClient client, int number, Dictionary<string, JsonNode> kept)
    {
        var written = new JsonObject { ["clientId"] = client.ClientId, ["name"] = client.Name, ["kind"] = client.Kind, ["scopes"] = client.Scopes };
        if (client.HasKey)
        {
            written["privateJwk"] = kept.TryGetValue(client.ClientId, out var key) ? key.DeepClone() : NewKey(client.ClientId, number);
        }

        written["redirectUris"] = new JsonArray([.. client.RedirectUris.Select(uri => (JsonNode)uri)]);
        if (client.Actor is { } actor)
        {
            written["actor"] = JsonNode.Parse(actor.ToUtf8Json());
        }

        return written;
    }

    private static JsonObject Person(Persona persona, string? identityUrl)
    {
        var written = new JsonObject { ["id"] = persona.Id, ["kind"] = persona.Carer is null ? "citizen" : "professional" };
        if (persona.Citizen is { } citizen)
        {
            written["name"] = citizen.Name;
            written["ins"] = citizen.Ins.Reveal();
            written["insOid"] = citizen.Ins.Oid.Oid;
            written["patientId"] = citizen.Patient.ToString();
            written["traits"] = new JsonObject
            {
                ["familyName"] = citizen.FamilyName,
                ["givenNames"] = new JsonArray([.. citizen.GivenNames.Select(name => (JsonNode)name)]),
                ["birthDate"] = citizen.BirthOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["sex"] = citizen.Sex,
                ["birthPlaceCode"] = citizen.BirthPlace.IsAbroad ? null : citizen.BirthPlace.Code,
                ["birthCountryCode"] = citizen.BirthPlace.CountryCode,
            };
        }

        if (persona.Carer is { } carer)
        {
            written["name"] = carer.Name;
            written["rpps"] = carer.Person.Identifier;
            written["psc"] = JsonSerializer.SerializeToNode(Personas.ProSanteConnect(carer));
        }

        written["role"] = persona.Role;
        written["signInUrl"] = $"{identityUrl?.TrimEnd('/')}/dev/sign-in/{persona.Id}";
        return written;
    }

    /// <summary>P-256 and P-384 in turn, so that both are tried.</summary>
    private static JsonObject NewKey(string clientId, int number)
    {
        var is384 = number % 2 == 1;
        using var key = ECDsa.Create(is384 ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256);
        var parameters = key.ExportParameters(includePrivateParameters: true);
        return new JsonObject
        {
            ["kty"] = "EC", ["crv"] = is384 ? "P-384" : "P-256", ["alg"] = is384 ? "ES384" : "ES256", ["use"] = "sig", ["kid"] = clientId,
            ["x"] = Base64Url(parameters.Q.X!), ["y"] = Base64Url(parameters.Q.Y!), ["d"] = Base64Url(parameters.D!),
        };
    }

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static Dictionary<string, JsonNode> KeysIn(string path)
    {
        var keys = new Dictionary<string, JsonNode>();
        if (!File.Exists(path))
        {
            return keys;
        }

        foreach (var client in JsonNode.Parse(File.ReadAllBytes(path))?["clients"]?.AsArray() ?? [])
        {
            if (client?["clientId"]?.GetValue<string>() is { } id && client["privateJwk"] is { } key)
            {
                keys[id] = key;
            }
        }

        return keys;
    }
}
