using System.Text.Json;

namespace Sante.Simulators.Story;

/// <summary>Who plays in the story: the only place that knows their names in <c>sandbox.json</c>.</summary>
public sealed class Cast(Sandbox sandbox)
{
    /// <summary>All demo clients and personas.</summary>
    public Sandbox Sandbox => sandbox;

    public SandboxPersona Mother => sandbox.Persona("clara");

    public SandboxPersona Father => sandbox.Persona("hugo");

    /// <summary>A general practitioner with two situations of exercise.</summary>
    public SandboxPersona FamilyDoctor => sandbox.Persona("jeanne");

    /// <summary>The declared médecin traitant of the newborn: another doctor, since a médecin traitant sees even what is hidden.</summary>
    public SandboxPersona MedecinTraitant => sandbox.Persona("medecin-traitant");

    public SandboxPersona EmergencyDoctor => sandbox.Persona("karim");

    /// <summary>The doctor whom the mother blocks.</summary>
    public SandboxPersona BlockedDoctor => sandbox.Persona("victor");

    public SandboxClient Hospital => sandbox.Client("hospital");

    public SandboxClient Laboratory => sandbox.Client("laboratory");

    public SandboxClient Scale => sandbox.Client("scale");

    /// <summary>OID under which the scale's editor knows its users.</summary>
    public string ScaleIdPeSystem => Scale.Actor?.IdpeSystem ?? throw new InvalidOperationException("The scale's editor has no OID.");

    public IReadOnlyList<SandboxClient> BookingPlatforms => [sandbox.Client("booking-1"), sandbox.Client("booking-2"), sandbox.Client("booking-3")];

    public SandboxClient CivilRegistry => sandbox.Client("civil-registry");

    /// <summary>The citizens' application.</summary>
    public SandboxClient CitizenApp => sandbox.Client("mobile");

    /// <summary>The professionals' software.</summary>
    public SandboxClient CareSoftware => sandbox.Client("care");

    /// <summary>
    /// Which of a professional's situations is a practice of his own, in the order of the page of situations; null when there is one only.
    /// </summary>
    public static int? PracticeOf(SandboxPersona professional)
    {
        var activities = Activities(professional).ToList();
        return activities.Count < 2 ? null : Math.Max(0, activities.FindIndex(activity => Text(activity, "numeroFinessSite") is null));
    }

    /// <summary>Name of the structure of one situation.</summary>
    public static string StructureNameOf(SandboxPersona professional, int? situation) =>
        Text(Activities(professional).ElementAt(situation ?? 0), "raisonSocialeSite") ?? "";

    /// <summary>"Dr Jeanne CLAIRLYS", as the platform names a professional.</summary>
    public static string NameOf(SandboxPersona professional) => professional.Name;

    /// <summary>Birth name of a citizen, name of exercise of a professional.</summary>
    public static string FamilyNameOf(SandboxPersona persona) =>
        persona.Traits?.FamilyName ?? Text(persona.ProSanteConnect!.Value, "family_name") ?? persona.Name;

    private static IEnumerable<JsonElement> Activities(SandboxPersona professional) =>
        professional.ProSanteConnect!.Value.GetProperty("SubjectRefPro").GetProperty("exercices").EnumerateArray()
            .SelectMany(exercise => exercise.GetProperty("activities").EnumerateArray());

    private static string? Text(JsonElement holder, string member) =>
        holder.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
