namespace Aspire.Hosting.ApplicationModel;

// The few names of .NET Aspire that AppHost/Program.cs uses, with the same meaning, so that the program is the same under the real packages.

/// <summary>Something that runs or is provided in a run.</summary>
public interface IResource
{
    string Name { get; }
}

/// <summary>A resource reached by a connection string.</summary>
public interface IResourceWithConnectionString : IResource;

/// <summary>A resource on its way to be described.</summary>
public interface IResourceBuilder<out T>
    where T : IResource
{
    T Resource { get; }
}

/// <summary>Where the generated classes <c>Projects.X</c> say their project lies.</summary>
public interface IProjectMetadata
{
    string ProjectPath { get; }

    /// <summary>The built program. Of this polyfill only.</summary>
    string AssemblyPath { get; }
}

public abstract class Resource(string name) : IResource
{
    public string Name { get; } = name;
}

public sealed class PostgresServerResource(string name) : Resource(name)
{
    internal List<PostgresDatabaseResource> Databases { get; } = [];
}

public sealed class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource parent) : Resource(name), IResourceWithConnectionString
{
    public string DatabaseName { get; } = databaseName;

    public PostgresServerResource Parent { get; } = parent;
}

/// <summary>A database entered as one role (see <c>As</c>).</summary>
public sealed class PostgresRoleResource(PostgresDatabaseResource database, string role) : Resource($"{database.Name}-{role}"), IResourceWithConnectionString
{
    public PostgresDatabaseResource Database { get; } = database;

    public string Role { get; } = role;
}

/// <summary>The address of a service, known once ports are given out.</summary>
public sealed class EndpointReference(ProjectResource owner)
{
    public ProjectResource Resource { get; } = owner;
}

/// <summary>A program of the solution, as one process or several alike.</summary>
public sealed class ProjectResource(string name, IProjectMetadata metadata) : Resource(name)
{
    internal IProjectMetadata Metadata { get; } = metadata;

    internal List<string> Arguments { get; } = [];

    /// <summary>Values: text, <see cref="EndpointReference"/>, or a resource with a connection string.</summary>
    internal Dictionary<string, object> Environment { get; } = [];

    internal List<IResource> WaitsFor { get; } = [];

    internal List<ProjectResource> WaitsForCompletionOf { get; } = [];

    internal bool HasHttp { get; set; }

    internal string? HealthPath { get; set; }

    internal int Replicas { get; set; } = 1;

    /// <summary>Names in <c>endpoints.json</c> for paths of its first address.</summary>
    internal Dictionary<string, string> PublishedPaths { get; } = [];

    /// <summary>Its addresses are a list, even of one.</summary>
    internal bool IsReplicated { get; set; }

    /// <summary>Runs once everything else is ready; see <c>RunWhenReady</c>.</summary>
    internal bool IsLast { get; set; }

    /// <summary>The run ends with it and returns its exit code.</summary>
    internal bool EndsTheRun { get; set; }
}
