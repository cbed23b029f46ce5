using System.Reflection;
using Npgsql;
using Sante.Api;
using Sante.Foundations;
using Sante.Foundations.FinessDirectory;
using Sante.Foundations.Identities;
using Sante.Foundations.RppsDirectory;
using Sante.Kernel;
using Sante.Ledger;
using Sante.ServiceDefaults;
using Sante.ServiceDefaults.Migrations;
using Sante.ServiceDefaults.Web;
using Sante.Space;
using Sante.Space.FhirApi;
using Sante.Space.Tokens;
using Sante.Space.Workbench;

var builder = WebApplication.CreateBuilder(args);
var configuration = builder.Configuration;

// Commands: migrate, load-rpps, load-finess, workbench-token.
if (args is ["migrate", ..])
{
    Assembly[] slices = [typeof(Ledger).Assembly, typeof(IInsLookup).Assembly, typeof(SpaceGrain).Assembly];
    var roles = configuration.GetSection("Sante:Roles").Get<MigrationRoles>() ?? new MigrationRoles();
    var ran = await SqlMigrations.RunAsync(Needed("ConnectionStrings:sante_migrator"), SqlMigrations.Main, slices, roles)
        + await SqlMigrations.RunAsync(Needed("ConnectionStrings:sante_keys_migrator"), SqlMigrations.Keys, slices, roles);
    Console.WriteLine($"{ran} migrations.");
    return 0;
}

if (FoundationsCommands.Knows(args))
{
    return await FoundationsCommands.RunAsync(args, Needed("ConnectionStrings:sante_migrator"), Console.Out);
}

if (WorkbenchTokens.Knows(args))
{
    return WorkbenchTokens.Issue(args, TimeProvider.System);
}

// The services: tokens checked, spaces on the ledger, directories and the registry of identities.
builder.AddServiceDefaults("sante-api");
builder.Services.AddSanteTokens();
builder.Services.AddSpace(configuration);
builder.Services.AddFhirApi();
builder.Services.AddWorkbenchStore();
builder.Services.AddWorkbenchHttp();
builder.Services.AddSingleton<IProblemShape, FhirProblems>();
builder.Services.AddFoundations(
    services => services.GetRequiredKeyedService<NpgsqlDataSource>(SpaceServices.MainDatabase),
    new InsOptions(builder.Environment.IsDevelopment() ? InsEnvironment.Development : InsEnvironment.Production));
builder.Services.AddApiDescription("Santé", "L'espace de santé du citoyen : les actes sur l'espace. Le dossier lui-même se lit et s'alimente sous `/fhir`.");
builder.Services.AddHealthChecks()
    .AddPostgres("main", services => services.GetRequiredKeyedService<NpgsqlDataSource>(SpaceServices.MainDatabase))
    .AddPostgres("keys", services => services.GetRequiredKeyedService<NpgsqlDataSource>(SpaceServices.KeysDatabase));

var app = builder.Build();
app.UseServiceDefaults();
app.UseAuthentication();
app.UseAuthorization();
app.MapDefaultEndpoints();
app.MapApiDescription();
app.MapDevelopment("/dev", dev => dev.MapClock());
app.MapDevelopment("/workbench", workbench => workbench.WithMetadata(new QuietEndpoint()).MapWorkbench());
app.MapSpaceApi();
app.MapFhirApi();
app.MapIns(context => context.Actor(), context => context.IsBarred());
app.MapRpps();
app.MapFiness();
await app.RunAsync();
return 0;

string Needed(string key) => configuration[key] is { Length: > 0 } value ? value : throw new InvalidOperationException($"{key} is not configured.");

/// <summary>The host of the API; public so that tests can start it in their own process.</summary>
public partial class Program;
