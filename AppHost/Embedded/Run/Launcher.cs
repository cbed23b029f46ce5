using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Sante.AppHost.Embedded.Postgres;

namespace Sante.AppHost.Embedded.Run;

/// <summary>Starts the processes of projects with their addresses and connection strings.</summary>
internal sealed class Launcher(RunPlan plan, PostgresServer server, SanteDatabases databases, ProcessLedger ledger)
{
    private readonly Dictionary<ProjectResource, string[]> urls = GiveOutPorts(plan);

    public IReadOnlyList<string> UrlsOf(ProjectResource project) => urls[project];

    /// <summary>Starts every replica.</summary>
    public IReadOnlyList<ChildProcess> Start(ProjectResource project, Action<string>? show)
    {
        Directory.CreateDirectory(plan.Folder.Logs);
        return [.. Enumerable.Range(0, project.Replicas).Select(replica => StartOne(project, replica, show))];
    }

    private ChildProcess StartOne(ProjectResource project, int replica, Action<string>? show)
    {
        var name = project.Replicas > 1 ? $"{project.Name}-{replica + 1}" : project.Name;
        var child = ChildProcess.Start(
            name, project.Metadata.AssemblyPath, project.Arguments, EnvironmentOf(project, replica), Path.Combine(plan.Folder.Logs, name + ".log"), show);
        if (child.Mark is { } mark)
        {
            ledger.Add(name, mark);
        }

        return child;
    }

    private Dictionary<string, string> EnvironmentOf(ProjectResource project, int replica)
    {
        var roles = databases.Roles;
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = project.HasHttp ? urls[project][replica] : "",
            ["Sante__Roles__Migrator"] = roles.Migrator,
            ["Sante__Roles__Api"] = roles.Api,
            ["Sante__Roles__Keys"] = roles.Keys,
            ["Sante__Roles__Identity"] = roles.Identity,
            ["Sante__Roles__ReadOnly"] = roles.ReadOnly,
            ["Sante__Roles__Operator"] = roles.Operator,
        };
        foreach (var (key, value) in project.Environment)
        {
            environment[key] = Resolve(value);
        }

        return environment;
    }

    private string Resolve(object value) => value switch
    {
        string text => text,
        EndpointReference endpoint => urls[endpoint.Resource][0],
        PostgresRoleResource door => databases.ConnectionString(RoleName(door.Role), server.NamePrefix + door.Database.DatabaseName),
        _ => throw new RunFailedException($"Une base se donne à un rôle : {value}"),
    };

    private string RoleName(string role) => role switch
    {
        "migrator" => databases.Roles.Migrator,
        "api" => databases.Roles.Api,
        "keys" => databases.Roles.Keys,
        "identity" => databases.Roles.Identity,
        "readonly" => databases.Roles.ReadOnly,
        "operator" => databases.Roles.Operator,
        _ => throw new RunFailedException($"Rôle inconnu : {role}"),
    };

    /// <summary>All ports are held together before any is given out, so that no two are the same.</summary>
    private static Dictionary<ProjectResource, string[]> GiveOutPorts(RunPlan plan)
    {
        var held = new List<TcpListener>();
        string Take()
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            held.Add(listener);
            return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        }

        var given = plan.Projects.Where(project => project.HasHttp)
            .ToDictionary(project => project, project => Enumerable.Range(0, project.Replicas).Select(_ => Take()).ToArray());
        held.ForEach(listener => listener.Dispose());
        return given;
    }
}
