using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sante.Space.Tokens;

namespace Sante.Space.FhirApi;

/// <summary>The table of contents of <c>/fhir</c>.</summary>
public static class FhirRoutes
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Adds what the endpoints use.</summary>
    public static IServiceCollection AddFhirApi(this IServiceCollection services) => services
        .AddSingleton<FhirStore>()
        .AddSingleton<Disclosures>()
        .AddSingleton<CitizenNames>()
        .AddSingleton<Feeding>()
        .AddSingleton<SpaceSearch>()
        .AddSingleton<Search>()
        .AddSingleton<Amending>()
        .AddSingleton<Conditions>()
        .AddSingleton<Appointments>()
        .AddSingleton<AuditTrail>();

    public static IEndpointRouteBuilder MapFhirApi(this IEndpointRouteBuilder app)
    {
        var fhir = app.MapGroup("/fhir").RequireAuthorization(TokenPolicies.AnyActor);
        fhir.MapGet("/metadata", Metadata.HandleAsync).AllowAnonymous();
        fhir.MapPost("/", TransactionInteraction.HandleAsync);
        fhir.MapMethods("/", Reads, Search.SystemAsync);
        fhir.MapPost("/_search", Search.SystemAsync);
        fhir.MapMethods("/Appointment", Reads, Appointments.SearchAsync);
        fhir.MapPost("/Appointment/_search", Appointments.SearchAsync);
        fhir.MapPost("/Appointment", Appointments.PushAsync);
        fhir.MapPut("/Appointment", Appointments.PushAsync);
        fhir.MapMethods("/AuditEvent", Reads, AuditTrail.SearchAsync);
        fhir.MapPost("/AuditEvent/_search", AuditTrail.SearchAsync);
        fhir.MapMethods("/AuditEvent/{id}", Reads, AuditTrail.ReadAsync);
        fhir.MapMethods("/Patient/{id}/$everything", Reads, Everything.HandleAsync);
        fhir.MapMethods("/Patient/{id}/{type:alpha}", Reads, Search.CompartmentAsync);
        fhir.MapPost("/Patient/{id}/{type:alpha}/_search", Search.CompartmentAsync);
        fhir.MapMethods("/{type}", Reads, Search.HandleAsync);
        fhir.MapPost("/{type}/_search", Search.HandleAsync);
        fhir.MapPost("/{type}", Create.HandleAsync);
        fhir.MapMethods("/{type}/{id}", Reads, Read.HandleAsync);
        fhir.MapPut("/{type}", ConditionalWrites.UpdateAsync);
        fhir.MapPatch("/{type}", ConditionalWrites.PatchAsync);
        fhir.MapDelete("/{type}", ConditionalWrites.DeleteAsync);
        fhir.MapPost("/{type}/$validate", Operations.ValidateTypeAsync);
        fhir.MapPut("/{type}/{id}", Update.HandleAsync);
        fhir.MapPatch("/{type}/{id}", Patch.HandleAsync);
        fhir.MapMethods("/{type}/{id}/$validate", [HttpMethods.Get, HttpMethods.Post], Operations.ValidateAsync);
        fhir.MapMethods("/{type}/{id}/$meta", Reads, Operations.MetaAsync);
        fhir.MapPost("/{type}/{id}/$meta-add", Operations.MetaAddAsync);
        fhir.MapPost("/{type}/{id}/$meta-delete", Operations.MetaDeleteAsync);
        fhir.MapDelete("/{type}/{id}", Delete.HandleAsync);
        fhir.MapMethods("/{type}/_history", Reads, History.OfTypeAsync);
        fhir.MapMethods("/{type}/{id}/_history", Reads, History.HandleAsync);
        fhir.MapMethods("/{type}/{id}/_history/{version}", Reads, VRead.HandleAsync);
        app.MapTerminologies();
        return app;
    }
}
