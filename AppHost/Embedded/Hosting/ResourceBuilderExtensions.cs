using Aspire.Hosting.ApplicationModel;
using Sante.AppHost.Embedded.Run;

namespace Aspire.Hosting;

/// <summary>The verbs of Aspire that the program uses.</summary>
public static class ResourceBuilderExtensions
{
    public static IResourceBuilder<PostgresServerResource> AddPostgres(this IDistributedApplicationBuilder builder, string name) =>
        Add(PlanOf(builder), new PostgresServerResource(name));

    /// <param name="server">The server.</param>
    /// <param name="name">Name of the resource, and of the connection string where none is given.</param>
    /// <param name="databaseName">Name in PostgreSQL, when it differs.</param>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(
        this IResourceBuilder<PostgresServerResource> server, string name, string? databaseName = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        var database = new PostgresDatabaseResource(name, databaseName ?? name, server.Resource);
        server.Resource.Databases.Add(database);
        return new ResourceBuilder<PostgresDatabaseResource>(PlanOf(server), database);
    }

    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() => Add(PlanOf(builder), new ProjectResource(name, new TProject()));

    public static IResourceBuilder<ProjectResource> WithArgs(this IResourceBuilder<ProjectResource> project, params string[] args) =>
        Change(project, resource => resource.Arguments.AddRange(args));

    public static IResourceBuilder<ProjectResource> WithEnvironment(this IResourceBuilder<ProjectResource> project, string name, string? value) =>
        Change(project, resource => resource.Environment[name] = value ?? "");

    public static IResourceBuilder<ProjectResource> WithEnvironment(
        this IResourceBuilder<ProjectResource> project, string name, EndpointReference endpoint) =>
        Change(project, resource => resource.Environment[name] = endpoint);

    /// <summary>Gives the project the connection string as <c>ConnectionStrings__{connectionName}</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithReference(
        this IResourceBuilder<ProjectResource> project, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Change(project, resource => resource.Environment["ConnectionStrings__" + (connectionName ?? source.Resource.Name)] = source.Resource);
    }

    /// <summary>Starts the project only when the other is healthy.</summary>
    public static IResourceBuilder<ProjectResource> WaitFor(this IResourceBuilder<ProjectResource> project, IResourceBuilder<IResource> other) =>
        Change(project, resource => resource.WaitsFor.Add(other.Resource));

    /// <summary>Starts the project only when the other has ended with 0.</summary>
    public static IResourceBuilder<ProjectResource> WaitForCompletion(
        this IResourceBuilder<ProjectResource> project, IResourceBuilder<ProjectResource> other) =>
        Change(project, resource => resource.WaitsForCompletionOf.Add(other.Resource));

    public static IResourceBuilder<ProjectResource> WithHttpEndpoint(this IResourceBuilder<ProjectResource> project) =>
        Change(project, resource => resource.HasHttp = true);

    public static IResourceBuilder<ProjectResource> WithHttpHealthCheck(this IResourceBuilder<ProjectResource> project, string path) =>
        Change(project, resource => resource.HealthPath = path);

    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> project, int replicas) =>
        Change(project, resource => (resource.Replicas, resource.IsReplicated) = (replicas, true));

    public static EndpointReference GetEndpoint(this IResourceBuilder<ProjectResource> project, string name)
    {
        ArgumentNullException.ThrowIfNull(project);
        return name == "http" ? new EndpointReference(project.Resource) : throw new ArgumentException("Only http is served.", nameof(name));
    }

    internal static RunPlan PlanOf(IDistributedApplicationBuilder builder) => ((DistributedApplication.Builder)builder).Plan;

    internal static RunPlan PlanOf<T>(IResourceBuilder<T> builder)
        where T : IResource => ((ResourceBuilder<T>)builder).Plan;

    internal static IResourceBuilder<ProjectResource> Change(IResourceBuilder<ProjectResource> project, Action<ProjectResource> change)
    {
        ArgumentNullException.ThrowIfNull(project);
        change(project.Resource);
        return project;
    }

    private static ResourceBuilder<T> Add<T>(RunPlan plan, T resource)
        where T : IResource
    {
        plan.Resources.Add(resource);
        return new ResourceBuilder<T>(plan, resource);
    }
}
