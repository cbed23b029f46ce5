using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Sante.AppHost.Embedded.Postgres;
using Sante.AppHost.Embedded.Run;

namespace Aspire.Hosting;

/// <summary>The verbs that are ours, not Aspire's; a profile on the real packages has its own of the same names.</summary>
public static class SanteExtensions
{
    /// <summary>Who enters the database: <c>migrator</c>, <c>api</c>, <c>keys</c>, <c>identity</c> or <c>readonly</c>, each with its own password.</summary>
    public static IResourceBuilder<PostgresRoleResource> As(this IResourceBuilder<PostgresDatabaseResource> database, string role)
    {
        ArgumentNullException.ThrowIfNull(database);
        return new ResourceBuilder<PostgresRoleResource>(ResourceBuilderExtensions.PlanOf(database), new PostgresRoleResource(database.Resource, role));
    }

    /// <summary>A file of this run under <c>artifacts/run</c>: its full path.</summary>
    public static string RunFile(this IDistributedApplicationBuilder builder, string name) =>
        ResourceBuilderExtensions.PlanOf(builder).Folder.PathOf(name);

    /// <summary>A development key of 32 random bytes in <c>artifacts/run/secrets</c>, mode 0600, made once: its path.</summary>
    /// <param name="builder">The run.</param>
    /// <param name="name">Name of the file.</param>
    /// <param name="prefix">Text before the base64 of the key.</param>
    public static string AddKeyFile(this IDistributedApplicationBuilder builder, string name, string prefix = "")
    {
        var path = builder.RunFile(Path.Combine("secrets", name));
        ResourceBuilderExtensions.PlanOf(builder).Preparations.Add(async cancel =>
        {
            if (!File.Exists(path))
            {
                SecretFile.CreateFolder(Path.GetDirectoryName(path)!);
                await SecretFile.WriteAsync(path, prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n", cancel);
            }
        });
        return path;
    }

    /// <summary>Names a path of the service's first address in <c>endpoints.json</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithPublishedPath(this IResourceBuilder<ProjectResource> project, string name, string path) =>
        ResourceBuilderExtensions.Change(project, resource => resource.PublishedPaths[name] = path);

    /// <summary>Runs the project when everything else is ready, with its output shown.</summary>
    /// <param name="project">The project.</param>
    /// <param name="endsTheRun">Whether the run then ends and returns its exit code.</param>
    public static IResourceBuilder<ProjectResource> RunWhenReady(this IResourceBuilder<ProjectResource> project, bool endsTheRun) =>
        ResourceBuilderExtensions.Change(project, resource => (resource.IsLast, resource.EndsTheRun) = (true, endsTheRun));
}
