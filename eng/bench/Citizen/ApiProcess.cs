using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Sante.AppHost.Embedded.Postgres;
using Sante.Bench.Nation;

namespace Sante.Bench.Citizen;

/// <summary>One API front-end as a process of its own, configured as the AppHost configures it.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly Process process;

    private ApiProcess(Process process, IPEndPoint address) => (this.process, Address) = (process, address);

    public IPEndPoint Address { get; }

    public int Pid => process.Id;

    /// <summary>Starts it and waits until it is ready. Its log goes to the nation's folder.</summary>
    /// <param name="place">Where the nation is.</param>
    /// <param name="databases">Its databases.</param>
    /// <param name="identity">Whose tokens it takes.</param>
    /// <param name="isCompiledAtOnce">
    /// Compiles each method fully at its first call: the state that a host reaches by itself after some ten thousand requests, without waiting for it.
    /// </param>
    public static async Task<ApiProcess> StartAsync(NationPlace place, SanteDatabases databases, BenchIdentity identity, bool isCompiledAtOnce)
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePort());
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$0\" >\"$1\" 2>&1", Program(), Path.Combine(place.Folder, "api.log")]);
        start.Environment["ASPNETCORE_URLS"] = $"http://{address}";
        if (isCompiledAtOnce)
        {
            start.Environment["DOTNET_TieredCompilation"] = "0";
            start.Environment["DOTNET_ReadyToRun"] = "0";
        }

        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["ConnectionStrings__sante"] = databases.ConnectionString(databases.Roles.Api, databases.MainName);
        start.Environment["ConnectionStrings__sante_keys"] = databases.ConnectionString(databases.Roles.Keys, databases.KeysName);
        start.Environment["Sante__MasterKeyFile"] = place.MasterKeyFile;
        start.Environment["Sante__IdentityUrl"] = identity.Url;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The API did not start.");
        var api = new ApiProcess(process, address);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{address}"), Timeout = TimeSpan.FromSeconds(5) };
        for (var watch = Stopwatch.StartNew(); !await IsReadyAsync(http); await Task.Delay(100))
        {
            if (process.HasExited || watch.Elapsed > Patience)
                throw new InvalidOperationException($"The API is not ready; its log: {Path.Combine(place.Folder, "api.log")}");
        }

        return api;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using var stop = Process.Start("/bin/kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await stop.WaitForExitAsync();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            // Not listening yet.
            return false;
        }
    }

    private static string Program()
    {
        // bin/<configuration>/<framework>/ of this program and of the API are alike.
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.Combine(ClonePath.Root, "src", "Sante.Api", "bin", own.Parent!.Name, own.Name, "Sante.Api.dll");
        return File.Exists(path) ? path : throw new InvalidOperationException($"The API is not built: {path}");
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
