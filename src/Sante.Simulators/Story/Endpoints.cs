using System.Text.Json;

namespace Sante.Simulators.Story;

/// <summary>What AppHost wrote into <c>endpoints.json</c>.</summary>
/// <param name="Apis">One address per API front-end.</param>
/// <param name="Postgres">Connection string of a read-only role; nothing of the story uses it.</param>
/// <param name="Control">Where PostgreSQL may be restarted; null when it is not ours.</param>
public sealed record Endpoints(IReadOnlyList<Uri> Apis, Uri Identity, Uri Simulators, string Postgres, Uri? Control)
{
    /// <exception cref="JsonException">Not the agreed form.</exception>
    /// <exception cref="IOException">No such file.</exception>
    public static Endpoints Read(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = json.RootElement;
        if (!root.GetProperty("ready").GetBoolean())
        {
            throw new JsonException("The run is not ready.");
        }

        var control = root.TryGetProperty("control", out var door) && door.ValueKind == JsonValueKind.String ? new Uri(door.GetString()!) : null;
        return new Endpoints(
            [.. root.GetProperty("api").EnumerateArray().Select(api => new Uri(api.GetString()!))],
            new Uri(root.GetProperty("identity").GetString()!), new Uri(root.GetProperty("simulators").GetString()!),
            root.GetProperty("postgres").GetString()!, control);
    }
}
