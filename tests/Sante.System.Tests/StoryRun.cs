using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using Sante.Simulators;
using Sante.Simulators.Story;

namespace Sante.System.Tests;

/// <summary>One whole AppHost with two API front-ends that has played the story and stays up: shared by the classes of <see cref="StoryPlatform"/>.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class StoryRun : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public AppHostRun Run { get; private set; } = null!;

    public JsonElement EndpointsJson { get; private set; }

    public Endpoints Endpoints { get; private set; } = null!;

    public Cast Cast { get; private set; } = null!;

    /// <summary>What the story told, its own log.</summary>
    public string Story => File.ReadAllText(Path.Combine(Run.Folder, "logs", "story.log"));

    /// <summary>Whether the story came to its end, as AppHost tells.</summary>
    public bool IsTold { get; private set; }

    public async ValueTask InitializeAsync()
    {
        (Run, EndpointsJson) = await AppHostRun.StartReadyAsync(null, "--apis", "2", "--story");
        Endpoints = Endpoints.Read(Path.Combine(Run.Folder, "endpoints.json"));
        Cast = new Cast(Sandbox.Read(Path.Combine(Run.Folder, "sandbox.json")));
        var waited = Stopwatch.StartNew();
        while (!Run.Output.Contains("story : ", StringComparison.Ordinal) && waited.Elapsed < Patience)
        {
            await Task.Delay(200);
        }

        IsTold = Run.Output.Contains("story : terminé", StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => Run.DisposeAsync();
}

/// <summary>Tests that run a whole platform: one at a time, two would only slow each other.</summary>
[CollectionDefinition(nameof(WholePlatform), DisableParallelization = true)]
public sealed class WholePlatform;

/// <summary>The tests that share the platform on which the story was played.</summary>
[CollectionDefinition(nameof(StoryPlatform), DisableParallelization = true)]
public sealed class StoryPlatform : ICollectionFixture<StoryRun>;
