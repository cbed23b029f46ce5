using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Npgsql;
using Sante.AppHost.Embedded.Postgres;

namespace Sante.AppHost.Embedded.Run;

/// <summary>What people and programs are told: the table, the personas, <c>endpoints.json</c>.</summary>
internal sealed class Report(RunFolder folder)
{
    private const int PersonasShown = 15;
    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr-FR");
    private readonly ConcurrentDictionary<string, TimeSpan> times = new();

    public string? Control { get; set; }

    public static void Say(string line) => Console.WriteLine(line);

    /// <summary>Notes how long a part took to be ready, and says so.</summary>
    public void Took(string name, TimeSpan time)
    {
        times[name] = time;
        Say($"  {name} : {Seconds(time)}");
    }

    public void WriteEndpoints(
        RunPlan plan, Launcher launcher, Children children, PostgresServer server, SanteDatabases databases, int? postgresPid)
    {
        if (Control is null)
        {
            // Not ready yet.
            return;
        }

        var pids = new Dictionary<string, object?> { [LocalRun.PostgresName] = postgresPid };
        var content = new Dictionary<string, object?> { ["ready"] = true };
        foreach (var service in plan.Projects.Where(project => project.HasHttp))
        {
            content[service.Name] = OneOrAll(service, launcher.UrlsOf(service));
            foreach (var (name, path) in service.PublishedPaths)
            {
                content[name] = launcher.UrlsOf(service)[0] + path;
            }

            pids[service.Name] = OneOrAll(service, [.. children.Of(service).Select(child => child.Pid)]);
        }

        content["postgres"] = databases.ConnectionString(databases.Roles.ReadOnly, databases.MainName);
        content["control"] = server.CanRestart ? Control : null;
        content["pids"] = pids;
        folder.WriteJson(folder.Endpoints, content);
    }

    public void PrintReady(RunPlan plan, Launcher launcher, Children children, PostgresServer server, TimeSpan total)
    {
        var admin = new NpgsqlConnectionStringBuilder(server.AdminConnectionString);
        List<string[]> rows = [["service", "adresse", "état"], [LocalRun.PostgresName, $"{admin.Host}:{admin.Port}", State(LocalRun.PostgresName, "prêt")]];
        foreach (var project in plan.Projects.Where(project => !project.IsLast))
        {
            rows.AddRange(children.Of(project).Select((child, i) => (string[])
                [child.Name, project.HasHttp ? launcher.UrlsOf(project)[i] : "–", State(project.Name, project.HasHttp ? "prêt" : "terminé")]));
        }

        Say("");
        PrintTable(rows);
        Say("");
        PrintPersonas(plan.Projects.FirstOrDefault(project => project.Name == "identity") is { } identity ? launcher.UrlsOf(identity)[0] : null);
        Say($"Prêt en {Seconds(total)}.");
    }

    private void PrintPersonas(string? identityUrl)
    {
        if (identityUrl is null || !File.Exists(folder.Sandbox))
        {
            return;
        }

        using var sandbox = JsonDocument.Parse(File.ReadAllBytes(folder.Sandbox));
        if (!sandbox.RootElement.TryGetProperty("personas", out var personas) || personas.GetArrayLength() == 0)
        {
            return;
        }

        List<string[]> rows = [["persona", "qui", "connexion"]];
        rows.AddRange(personas.EnumerateArray().Take(PersonasShown).Select(persona => (string[])
            [Text(persona, "name"), Text(persona, "role", "kind"), $"{identityUrl}/dev/sign-in/{Uri.EscapeDataString(Text(persona, "id"))}"]));
        PrintTable(rows);
        Say("");
    }

    private static void PrintTable(List<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        rows.Insert(1, [.. widths.Select(width => new string('─', width))]);
        foreach (var row in rows)
        {
            Say(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    private string State(string name, string word) => times.TryGetValue(name, out var time) ? $"{word} ({Seconds(time)})" : word;

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", French) + " s";

    private static string Text(JsonElement persona, params string[] names) => names
        .Select(name => persona.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "")
        .FirstOrDefault(text => text.Length > 0) ?? "";

    private static object? OneOrAll<T>(ProjectResource service, IReadOnlyList<T> values) =>
        service.IsReplicated ? values : values.Count > 0 ? values[0] : null;
}
