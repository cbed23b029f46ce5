using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sante.Kernel;
using Sante.Space.FhirApi;
using Sante.Space.Tokens;

namespace Sante.Space.Workbench;

/// <summary>The table of contents of <c>/workbench/{name}</c>. Literal segments go before <c>{type}</c> and <c>{id}</c>, as routing orders them.</summary>
public static class WorkbenchRoutes
{
    private delegate Task<IResult> Interaction(WorkbenchCall call, HttpContext context);

    private delegate ValueTask<Outcome<Reading>> ReadingInteraction(WorkbenchCall call, HttpContext context);

    private static readonly string[] Get = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Post = [HttpMethods.Post];
    private static readonly string[] GetAndPost = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post];

    /// <summary>Adds what the endpoints use, beside the store.</summary>
    public static IServiceCollection AddWorkbenchHttp(this IServiceCollection services) => services
        .AddSingleton<WorkbenchDoor>()
        .AddHostedService<WorkbenchAtStart>();

    /// <summary>Maps the routes below an address that exists on a developer's machine only.</summary>
    public static void MapWorkbench(this IEndpointRouteBuilder app)
    {
        var workbench = app.MapGroup("/{name}").RequireAuthorization(TokenPolicies.Workbench);
        workbench.MapMethods("", [HttpMethods.Put], Lifecycle.CreateAsync);
        workbench.MapMethods("", [HttpMethods.Delete], Lifecycle.WipeAsync);
        var fhir = workbench.MapGroup("/fhir");
        fhir.MapMethods("/metadata", Get, Metadata.HandleAsync).AllowAnonymous();
        MapSystem(fhir);
        MapType(fhir);
        MapInstance(fhir);
        MapCompartments(fhir);
        MapOperations(fhir);
    }

    private static void MapSystem(RouteGroupBuilder fhir)
    {
        fhir.MapMethods("/", Post, Of(Batch.HandleAsync)).WithMetadata(new Offered("system", "transaction"), new Offered("system", "batch"));
        fhir.MapMethods("/", Get, Of(SystemSearch.HandleAsync)).WithMetadata(new Offered("system", "search-system"));
        fhir.MapMethods("/_search", Post, Of(SystemSearch.HandleAsync));
        fhir.MapMethods("/_history", Get, Of((call, context) => History.FindAsync(call, null, null, Query(context)))).WithMetadata(new Offered("system", "history-system"));
    }

    private static void MapType(RouteGroupBuilder fhir)
    {
        fhir.MapMethods("/{type}", Get, Of(Search.HandleAsync)).WithMetadata(new Offered("type", "search-type"));
        fhir.MapMethods("/{type}/_search", Post, Of(Search.HandleAsync));
        fhir.MapMethods("/{type}", Post, Of(Create.HandleAsync)).WithMetadata(new Offered("type", "create"));
        fhir.MapMethods("/{type}", [HttpMethods.Put], Of(Update.HandleConditionalAsync));
        fhir.MapMethods("/{type}", [HttpMethods.Patch], Of(Patch.HandleAsync));
        fhir.MapMethods("/{type}", [HttpMethods.Delete], Of(Delete.HandleAsync));
        fhir.MapMethods("/{type}/_history", Get, Of((call, context) => History.FindAsync(call, Type(context), null, Query(context)))).WithMetadata(new Offered("type", "history-type"));
    }

    private static void MapInstance(RouteGroupBuilder fhir)
    {
        fhir.MapMethods("/{type}/{id}", Get, Of((call, context) => Read.FindAsync(call, Type(context), Id(context)))).WithMetadata(new Offered("type", "read"));
        fhir.MapMethods("/{type}/{id}", [HttpMethods.Put], Of(Update.HandleAsync)).WithMetadata(new Offered("type", "update"));
        fhir.MapMethods("/{type}/{id}", [HttpMethods.Patch], Of(Patch.HandleAsync)).WithMetadata(new Offered("type", "patch"));
        fhir.MapMethods("/{type}/{id}", [HttpMethods.Delete], Of(Delete.HandleAsync)).WithMetadata(new Offered("type", "delete"));
        fhir.MapMethods("/{type}/{id}/_history", Get, Of((call, context) => History.FindAsync(call, Type(context), Id(context), Query(context)))).WithMetadata(new Offered("type", "history-instance"));
        fhir.MapMethods("/{type}/{id}/_history/{version}", Get, Of((call, context) => Read.FindVersionAsync(call, Type(context), Id(context), Value(context, "version")))).WithMetadata(new Offered("type", "vread"));
    }

    private static void MapCompartments(RouteGroupBuilder fhir)
    {
        fhir.MapMethods("/{type}/{id}/{inside}", Get, Of(CompartmentSearch.HandleAsync));
        fhir.MapMethods("/{type}/{id}/{inside}/_search", Post, Of(CompartmentSearch.HandleAsync));
    }

    private static void MapOperations(RouteGroupBuilder fhir)
    {
        fhir.MapMethods("/Patient/{id}/$everything", GetAndPost, Of(Everything.HandleAsync)).WithMetadata(new Offered("operation", "Patient/everything"));
        fhir.MapMethods("/{type}/$validate", Post, Of(Validate.HandleAsync)).WithMetadata(new Offered("operation", "*/validate"));
        fhir.MapMethods("/{type}/{id}/$validate", GetAndPost, Of(Validate.HandleAsync));
        fhir.MapMethods("/{type}/{id}/$meta", Get, Of((call, context) => MetaOperations.FindAsync(call, Type(context), Id(context)))).WithMetadata(new Offered("operation", "*/meta"));
        fhir.MapMethods("/{type}/{id}/$meta-add", Post, Of(MetaOperations.HandleAsync)).WithMetadata(new Offered("operation", "*/meta-add"));
        fhir.MapMethods("/{type}/{id}/$meta-delete", Post, Of(MetaOperations.HandleAsync)).WithMetadata(new Offered("operation", "*/meta-delete"));
        foreach (var operation in TerminologyRequests.All)
        {
            fhir.MapMethods($"/{operation.Type}/${operation.Name}", GetAndPost, Of((call, context) => TerminologyOperations.HandleAsync(call, context, operation))).WithMetadata(new Offered("operation", $"{operation.Type}/{operation.Name}"));
            if (operation.OnInstance)
                fhir.MapMethods($"/{operation.Type}/{{id}}/${operation.Name}", GetAndPost, Of((call, context) => TerminologyOperations.HandleAsync(call, context, operation)));
        }
    }

    /// <summary>An endpoint of an interaction: plain delegates, so that nothing is bound or boxed on the way.</summary>
    private static RequestDelegate Of(Interaction interaction) => async context =>
    {
        var result = (await WorkbenchCall.OfAsync(context)).TryGet(out var call, out var refusal) ? await interaction(call, context) : FhirProblem.Of(refusal);
        await result.ExecuteAsync(context);
    };

    private static RequestDelegate Of(ReadingInteraction interaction) => Of(async (call, context) => ReadingAnswer.Of(call, await interaction(call, context)));

    private static string Type(HttpContext context) => Value(context, "type");

    private static string Id(HttpContext context) => Value(context, "id");

    private static string Value(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    private static List<KeyValuePair<string, string>> Query(HttpContext context) => QueryText.Read(context.Request.QueryString.Value);
}
