using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Sante.Identity.Tests;

/// <summary>A sandbox.json of the agreed form, with a name that must be found nowhere outside tokens and pages.</summary>
internal static class TestSandbox
{
    public const string SentinelName = "ZYGOMALAS";
    public const string ClairePatientId = "12-abcdefghijklmnopqrstuvwxyz";
    public const string WebRedirect = "http://127.0.0.1:9/retour";
    private const string Rpps = "810100000017";

    public static string Json { get; } = JsonSerializer.Serialize(new
    {
        clients = new object[]
        {
            new { clientId = "web", name = "Application de démonstration", kind = "web", scopes = "openid profile patient/*.rs user/*.cruds space/*", redirectUris = new[] { WebRedirect } },
            new { clientId = "web-2", name = "Autre application", kind = "native", scopes = "openid patient/Observation.rs", redirectUris = new[] { "com.example.autre:/retour", WebRedirect } },
            new { clientId = "guarded", name = "Application avec clé", kind = "web", scopes = "openid profile patient/*.rs", privateJwk = Ec("P-256", "ES256"), redirectUris = new[] { WebRedirect } },
            Backend("hospital", Ec("P-256", "ES256")),
            Backend("hospital-es384", Ec("P-384", "ES384")),
            Backend("hospital-rs384", Rsa("RS384")),
            Backend("hospital-ps256", Rsa("PS256")),
            new { clientId = "no-actor", name = "Sans acteur", kind = "structure", scopes = "system/*.c", privateJwk = Ec("P-256", "ES256") },
        },
        personas = new object[]
        {
            Citizen("claire", SentinelName, "Claire"),
            Citizen("nobody", SentinelName, "Inconnue"),
            Citizen("twice", "DOUBLON", "Jean"),
            Citizen("unreadable", "ILLISIBLE", "Jeanne"),
            Professional("anne", Rpps, Exercise("10", "SM26", Site("750000001", "", "HOPITAL D'ESSAI"))),
            Professional("paul", Rpps, Exercise("10", "SM26", Site("750000001", "", "HOPITAL D'ESSAI"), Site("", "R81311", "CABINET <B>PAUL</B>")), Exercise("60", "", Site("", "", ""))),
            Professional("no-rpps", "ANS20231122132732", Exercise("10", "SM26", Site("750000001", "", "HOPITAL D'ESSAI"))),
            Professional("no-situation", Rpps),
        },
    });

    private static object Backend(string id, object jwk) => new
    {
        clientId = id,
        name = "Hôpital d'essai",
        kind = "structure",
        scopes = "system/*.cruds",
        privateJwk = jwk,
        actor = new { kind = "structure", system = "https://finess.esante.gouv.fr", value = "750000001", name = "Hôpital d'essai" },
    };

    private static object Citizen(string id, string familyName, string givenName) => new
    {
        id,
        kind = "citizen",
        name = $"{givenName} {familyName}",
        ins = "290057510100135",
        insOid = "1.2.250.1.213.1.4.10",
        patientId = ClairePatientId,
        traits = new { familyName, givenNames = new[] { givenName, "Marie-Hélène" }, birthDate = "1990-05-17", sex = "F", birthPlaceCode = "75101", birthCountryCode = "99100" },
        signInUrl = "http://127.0.0.1:9/dev/sign-in/" + id,
    };

    private static object Professional(string id, string nameId, params object[] exercises) => new
    {
        id,
        kind = "professional",
        name = $"Dr {id} {SentinelName}",
        rpps = nameId[1..],
        psc = new
        {
            sub = "f:550dc1c8-0000-4000-8000-000000000000:" + id,
            SubjectNameID = nameId,
            preferred_username = nameId,
            family_name = SentinelName,
            given_name = id,
            Acces_Regulation_Medicale = id == "anne" ? "VRAI" : "FAUX",
            SubjectRefPro = new { exercices = exercises },
            UITVersion = "1.0",
        },
    };

    private static object Exercise(string profession, string specialty, params object[] activities) => new
    {
        codeProfession = profession,
        codeCategorieProfessionnelle = "C",
        codeCiviliteDexercice = "DR",
        nomDexercice = SentinelName,
        prenomDexercice = "Anne",
        codeTypeSavoirFaire = specialty.Length > 0 ? "S" : "",
        codeSavoirFaire = specialty,
        activities,
    };

    private static object Site(string finess, string technical, string name) => new
    {
        codeModeExercice = "S",
        codeSecteurDactivite = "SA01",
        numeroFinessSite = finess,
        numeroSiretSite = "",
        identifiantTechniqueDeLaStructure = technical,
        raisonSocialeSite = name,
    };

    private static object Ec(string curve, string algorithm)
    {
        using var key = ECDsa.Create(curve == "P-256" ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384);
        var parts = key.ExportParameters(includePrivateParameters: true);
        return new { kty = "EC", crv = curve, x = Text(parts.Q.X), y = Text(parts.Q.Y), d = Text(parts.D), kid = Guid.NewGuid().ToString("N"), alg = algorithm };
    }

    private static object Rsa(string algorithm)
    {
        using var key = RSA.Create(2048);
        var p = key.ExportParameters(includePrivateParameters: true);
        return new
        {
            kty = "RSA", n = Text(p.Modulus), e = Text(p.Exponent), d = Text(p.D), p = Text(p.P), q = Text(p.Q), dp = Text(p.DP), dq = Text(p.DQ), qi = Text(p.InverseQ),
            kid = Guid.NewGuid().ToString("N"), alg = algorithm,
        };
    }

    private static string Text(byte[]? bytes) => Base64UrlEncoder.Encode(bytes!);
}
