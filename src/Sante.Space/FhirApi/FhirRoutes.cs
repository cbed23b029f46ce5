using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sante.Space.Tokens;

namespace Sante.Space.FhirApi;

/// <summary>The table of contents of <c>/fhir</c>.</summary>
public static class FhirRoutes
{
    /// <summary>Adds what the endpoints use.</summary>
    public static IServiceCollection AddFhirApi(this IServiceCollection services) => services
        .AddSingleton<FhirStore>()
        .AddSingleton<Disclosures>()
        .AddSingleton<CitizenNames>()
        .AddSingleton<Feeding>()
        .AddSingleton<Search>()
        .AddSingleton<Update>()
        .AddSingleton<Appointments>()
        .AddSingleton<AuditTrail>();

    public static IEndpointRouteBuilder MapFhirApi(this IEndpointRouteBuilder app)
    {
        var fhir = app.MapGroup("/fhir").RequireAuthorization(TokenPolicies.AnyActor);
        fhir.MapGet("/metadata", Metadata.HandleAsync).AllowAnonymous();
        fhir.MapPost("/", TransactionInteraction.HandleAsync);
        fhir.MapGet("/Appointment", Appointments.SearchAsync);
        fhir.MapPost("/Appointment/_search", Appointments.SearchAsync);
        fhir.MapPost("/Appointment", Appointments.PushAsync);
        fhir.MapPut("/Appointment", Appointments.PushAsync);
        fhir.MapGet("/AuditEvent", AuditTrail.SearchAsync);
        fhir.MapPost("/AuditEvent/_search", AuditTrail.SearchAsync);
        fhir.MapMethods("/AuditEvent/{id}", [HttpMethods.Get, HttpMethods.Head], AuditTrail.ReadAsync);
        fhir.MapGet("/{type}", Search.HandleAsync);
        fhir.MapPost("/{type}/_search", Search.HandleAsync);
        fhir.MapPost("/{type}", Create.HandleAsync);
        fhir.MapMethods("/{type}/{id}", [HttpMethods.Get, HttpMethods.Head], Read.HandleAsync);
        fhir.MapPut("/{type}/{id}", Update.HandleAsync);
        fhir.MapGet("/{type}/{id}/_history", History.HandleAsync);
        fhir.MapGet("/{type}/{id}/_history/{version}", VRead.HandleAsync);
        return app;
    }
}
