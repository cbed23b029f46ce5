using Sante.ServiceDefaults;
using Sante.ServiceDefaults.Migrations;
using Sante.ServiceDefaults.Web;

var builder = WebApplication.CreateBuilder(args);
if (args is ["migrate", ..])
{
    System.Reflection.Assembly[] assemblies = [typeof(Sante.Ledger.Ledger).Assembly];
    var roles = MigrationRoles.From(builder.Configuration);
    await SqlMigrations.RunAsync(Require("sante_migrator"), SqlMigrations.Main, assemblies, roles);
    await SqlMigrations.RunAsync(Require("sante_keys_migrator"), SqlMigrations.Keys, assemblies, roles);
    return 0;
}

builder.AddServiceDefaults("sante-api");
builder.Services.AddApiDescription("Santé", "L’interface de la plateforme.");
await using var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapApiDescription();
await app.RunAsync();
return 0;

string Require(string name) =>
    builder.Configuration.GetConnectionString(name) ?? throw new InvalidOperationException($"ConnectionStrings__{name} is not configured.");
