using Sante.Identity;
using Sante.ServiceDefaults;
using Sante.ServiceDefaults.Web;

var builder = WebApplication.CreateBuilder(args);
if (args is ["migrate", ..])
{
    await IdentityServer.MigrateAsync(builder.Configuration);
    return 0;
}

builder.AddServiceDefaults("sante-identity");
builder.AddSanteIdentity();
await using var app = builder.Build();
if (args is ["rotate-keys", ..])
{
    await IdentityServer.RotateKeysAsync(app.Services);
    return 0;
}

app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapSanteIdentity();
await app.RunAsync();
return 0;
