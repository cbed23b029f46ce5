using System.Text.Json;

namespace Sante.Simulators.Providers;

/// <summary>The personas of <c>Sante:SandboxFile</c>, read again when the file changes. A file half written leaves the earlier personas.</summary>
internal sealed class PersonaDirectory(IConfiguration configuration)
{
    private readonly Lock gate = new();
    private (DateTime WrittenAt, long Bytes) seen;
    private IReadOnlyList<SandboxPersona> personas = [];

    public IReadOnlyList<SandboxPersona> All()
    {
        var file = configuration["Sante:SandboxFile"] is { Length: > 0 } path ? new FileInfo(path) : null;
        lock (gate)
        {
            if (file is { Exists: true } && (file.LastWriteTimeUtc, file.Length) is var stamp && stamp != seen)
            {
                try
                {
                    (personas, seen) = (Sandbox.Read(file.FullName).Personas, stamp);
                }
                catch (JsonException)
                {
                    // Tried again at the next request: the stamp was not noted.
                    return personas;
                }
            }
            return personas;
        }
    }
}
