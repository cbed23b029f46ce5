using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Sante.Space.FhirApi;

namespace Sante.Space.Workbench;

/// <summary>
/// <c>PUT /workbench/{name}</c> creates a workbench (201, or 200 when it is there), <c>DELETE /workbench/{name}</c> wipes it with its keys and its trace (204). For
/// synthetic data alone: both exist only where the host is a developer's own.
/// </summary>
internal static class Lifecycle
{
    public static async Task CreateAsync(HttpContext context)
    {
        var door = (WorkbenchDoor)context.RequestServices.GetService(typeof(WorkbenchDoor))!;
        if (!(await door.Workbenches.CreateAsync(Name(context), context.RequestAborted)).TryGet(out var made, out var refusal))
        {
            await FhirProblem.Of(refusal).ExecuteAsync(context);
            return;
        }

        var request = context.Request;
        var url = $"{request.Scheme}://{request.Host.Value}{request.PathBase.Value}/workbench/{made.Workbench.Name}/fhir";
        context.Response.StatusCode = made.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        context.Response.Headers.Location = url;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($$"""
            {"name":"{{made.Workbench.Name}}","fhir":"{{url}}","note":"Données synthétiques seulement : index en clair, effacement par DELETE sur cette adresse."}
            """), context.RequestAborted);
    }

    public static async Task WipeAsync(HttpContext context)
    {
        var door = (WorkbenchDoor)context.RequestServices.GetService(typeof(WorkbenchDoor))!;
        if (!(await door.Workbenches.WipeAsync(Name(context), context.RequestAborted)).TryGet(out var wiped, out var refusal) || !wiped)
        {
            await FhirProblem.Of(refusal ?? WorkbenchRefusals.WorkbenchUnknown).ExecuteAsync(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;
}

/// <summary>Makes the workbench named by <c>Sante:Workbench</c>, if any, before the host serves: development hosts only.</summary>
internal sealed class WorkbenchAtStart(IWorkbenches workbenches, IConfiguration configuration, IHostEnvironment environment) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (environment.IsDevelopment() && configuration["Sante:Workbench"] is { Length: > 0 } name
            && (await workbenches.CreateAsync(name, cancellationToken)).Refusal is { } refusal)
        {
            throw new InvalidOperationException($"The workbench of this configuration cannot be made: {refusal.Code}.");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
