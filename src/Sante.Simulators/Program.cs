using Sante.ServiceDefaults;
using Sante.ServiceDefaults.Web;
using Sante.Simulators;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("sante-simulators");
builder.AddSanteSimulators();
await using var app = builder.Build();
app.UseServiceDefaults();
app.RequireDevelopmentLoopback();
app.MapDefaultEndpoints();
app.MapSanteSimulators();
await app.RunAsync();
