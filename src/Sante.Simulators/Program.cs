using Sante.ServiceDefaults;
using Sante.ServiceDefaults.Web;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("sante-simulators");
await using var app = builder.Build();
app.UseServiceDefaults();
app.RequireDevelopmentLoopback();
app.MapDefaultEndpoints();
await app.RunAsync();
