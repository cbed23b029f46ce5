using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Sante.Simulators.Story;

/// <summary>What the steps share: the platform, who plays, and what has happened so far.</summary>
public sealed class Stage(Platform platform, Narration narration, Checks checks, Cast cast) : IDisposable
{
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly List<BackendClient> systems = [];
    private Newborn? child;

    public Platform Platform => platform;

    public Narration Narration => narration;

    public Checks Checks => checks;

    public Cast Cast => cast;

    /// <summary>Plain calls outside of the front-ends.</summary>
    public HttpClient Http => http;

    /// <summary>Known after her birth.</summary>
    public Newborn Child
    {
        get => child ?? throw new InvalidOperationException("She is not born yet.");
        set => child = value;
    }

    /// <summary>The mother with a live token; replaced when she signs in again.</summary>
    public Caller Mother { get; set; } = Nobody("Clara");

    /// <summary>The family doctor in the practice.</summary>
    public Caller Doctor { get; set; } = Nobody("Dr Jeanne");

    public Caller EmergencyDoctor { get; set; } = Nobody("Dr Karim");

    public Caller Hospital { get; set; } = Nobody("hôpital");

    /// <summary>What the story was started with.</summary>
    public StoryFiles? Files { get; set; }

    /// <summary>Name of the practice that the family doctor chose.</summary>
    public string PracticeName { get; set; } = "";

    /// <summary>The hospital's document and its record.</summary>
    public ProvidedDocument? Discharge { get; set; }

    /// <summary>Ids of the DocumentReferences fed, by what they are.</summary>
    public Dictionary<DocumentType, string> Documents { get; } = [];

    /// <summary>Where the discharge letter's file is.</summary>
    public string DischargeFile { get; set; } = "";

    /// <summary>Platform time, moved by step 1.</summary>
    public TimeSpan ClockOffset { get; set; }

    /// <summary>What the calendar of the platform says.</summary>
    public DateTimeOffset PlatformNow => (TimeProvider.System.GetUtcNow() + ClockOffset).ToOffset(ParisOffset);

    /// <summary>Signs a person in and tells it.</summary>
    public async Task<Caller> SignInAsync(SandboxPersona persona, string name, int? situation = null)
    {
        var client = persona.IsProfessional ? cast.CareSoftware : cast.CitizenApp;
        var token = await new SignIn(platform.Endpoints.Identity, client).SignInAsync(persona, situation);
        var place = persona.IsProfessional ? $", situation choisie : {Cast.StructureNameOf(persona, situation)}" : "";
        narration.Say($"→ {name} s'identifie par {(persona.IsProfessional ? "Pro Santé Connect" : "FranceConnect")} (simulateur), code + PKCE{place}");
        return new Caller(name, () => Task.FromResult(token));
    }

    /// <summary>A backend system that takes its tokens by private_key_jwt.</summary>
    public Caller System(SandboxClient client, string name)
    {
        var system = new BackendClient(platform.Endpoints.Identity, client, http);
        systems.Add(system);
        return new Caller(name, () => system.TokenAsync());
    }

    /// <summary>Path of the newborn's space.</summary>
    public string Space(string rest = "") => $"/api/spaces/{Child.PatientId}{rest}";

    /// <summary>A search of the newborn's record, her matricule in the body as software does: it never stands in an address.</summary>
    public Call Search(string type, string criteria, int? frontEnd = null, bool inEmergency = false, bool isQuiet = false) => new(HttpMethod.Post, $"/fhir/{type}/_search")
    {
        Content = () => new FormUrlEncodedContent(
            [new("patient.identifier", $"{Child.InsSystem}|{Child.Matricule}"), .. criteria.Split('&').Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]))]),
        FrontEnd = frontEnd,
        Headers = inEmergency ? EmergencyMode : NormalMode,
        Essence = answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Total} {type}"),
        IsQuiet = isQuiet,
    };

    /// <summary>One read in a mode of access.</summary>
    public static Call Read(string path, bool inEmergency = false, string? accept = null, int? frontEnd = null) => new(HttpMethod.Get, path)
    {
        Accept = accept,
        FrontEnd = frontEnd,
        Headers = inEmergency ? EmergencyMode : NormalMode,
        Essence = answer => string.Create(CultureInfo.InvariantCulture, $"{answer.ContentType}, {answer.Body.Length} octets"),
    };

    /// <summary>The whole trace as the mother reads it, oldest line first, page by page.</summary>
    public async Task<IReadOnlyList<JsonElement>> TraceAsync()
    {
        var lines = new List<JsonElement>();
        for (long? before = null; ;)
        {
            var page = before is { } number ? string.Create(CultureInfo.InvariantCulture, $"?count=100&before={number}") : "?count=100";
            var answer = await Platform.GetAsync(Mother, Space($"/trace{page}"), read => $"{read.Json.GetProperty("lines").GetArrayLength()} lignes");
            if (answer.Status != HttpStatusCode.OK)
            {
                throw new StoryFailedException($"Attendu : la mère lit la trace{Environment.NewLine}  Constaté : {answer.Told}");
            }

            lines.AddRange(answer.Json.GetProperty("lines").EnumerateArray());
            if (!answer.Json.TryGetProperty("next", out var next) || next.ValueKind != JsonValueKind.Number)
            {
                return [.. lines.OrderBy(line => line.GetProperty("number").GetInt64())];
            }

            before = next.GetInt64();
        }
    }

    /// <summary>Text of a member that is a string or has a name; empty when there is none.</summary>
    public static string TextOf(JsonElement line, string member) =>
        !line.TryGetProperty(member, out var value) ? ""
        : value.ValueKind == JsonValueKind.String ? value.GetString()!
        : value.ValueKind == JsonValueKind.Object && value.TryGetProperty("name", out var name) ? name.GetString() ?? ""
        : "";

    public static string SentenceOf(JsonElement line) => TextOf(line, "sentence");

    public void Dispose()
    {
        systems.ForEach(system => system.Dispose());
        http.Dispose();
    }

    private static readonly Dictionary<string, string> NormalMode = [];
    private static readonly Dictionary<string, string> EmergencyMode = new() { ["X-Acces-Mode"] = "bris_de_glace" };

    private static TimeSpan ParisOffset => TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris").GetUtcOffset(TimeProvider.System.GetUtcNow());

    private static Caller Nobody(string name) => new(name, () => throw new InvalidOperationException($"{name} has not signed in."));
}
