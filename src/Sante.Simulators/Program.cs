using Sante.ServiceDefaults;
using Sante.ServiceDefaults.Web;
using Sante.Simulators;
using Sante.Simulators.Story;

switch (args)
{
    case ["story", .. var options]:
        return await StoryCommand.RunAsync(options);
    case ["hospital", .. var options]:
        return await HospitalSystem.RunAsync(options);
    default:
        break;
}

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("sante-simulators");
builder.AddSanteSimulators();
await using var app = builder.Build();
app.UseServiceDefaults();
app.RequireDevelopmentLoopback();
app.MapDefaultEndpoints();
app.MapSanteSimulators();
await app.RunAsync();
return 0;
