using Aspire.Hosting;
using Sante.AppHost.Embedded.Run;

// What runs, and who may talk to whom.
var options = RunOptions.Parse(args);
var builder = DistributedApplication.CreateBuilder(args);

// One PostgreSQL, three databases. A process is given only the doors it needs, each by its own role.
var postgres = builder.AddPostgres("postgres");
var sante = postgres.AddDatabase("sante");
var keys = postgres.AddDatabase("sante-keys", "sante_keys");
var identityStore = postgres.AddDatabase("sante-identity", "sante_identity");

// Development keys, outside of every database.
var masterKey = builder.AddKeyFile("master.key", prefix: "1 ");
var identityKey = builder.AddKeyFile("identity.key");
var sandbox = builder.RunFile("sandbox.json");
var workbenchKey = builder.RunFile("secrets/workbench.pub");

// Jobs: migrations, then the demo nation; a token for the integrators' workbench, whose key is forgotten at once.
var migrate = builder.AddProject<Projects.Sante_Api>("migrate").WithArgs("migrate")
    .WithReference(sante.As("migrator"), "sante_migrator")
    .WithReference(keys.As("migrator"), "sante_keys_migrator")
    .WaitFor(postgres);
var migrateIdentity = builder.AddProject<Projects.Sante_Identity>("migrate-identity").WithArgs("migrate")
    .WithReference(identityStore.As("migrator"), "sante_identity_migrator")
    .WithReference(identityStore.As("identity"), "sante_identity")
    .WaitFor(postgres);
var nation = builder.AddProject<Projects.Sante_DemoNation>("nation").WithArgs("--out", sandbox)
    .WithReference(sante.As("api"), "sante")
    .WithReference(keys.As("keys"), "sante_keys")
    .WithReference(sante.As("migrator"), "sante_migrator")
    .WithEnvironment("Sante__MasterKeyFile", masterKey)
    .WaitForCompletion(migrate);
var workbenchToken = builder.AddProject<Projects.Sante_Api>("workbench-token")
    .WithArgs("workbench-token", builder.RunFile("workbench.token"), workbenchKey);

// Services. The simulators stand in for the national services; identity signs tokens and sees no health data; the API holds the record.
var simulators = builder.AddProject<Projects.Sante_Simulators>("simulators").WithHttpEndpoint().WithHttpHealthCheck("/health/ready")
    .WithEnvironment("Sante__SandboxFile", sandbox)
    .WaitForCompletion(nation);
var identity = builder.AddProject<Projects.Sante_Identity>("identity").WithHttpEndpoint().WithHttpHealthCheck("/health/ready")
    .WithReference(identityStore.As("identity"), "sante_identity")
    .WithEnvironment("Sante__IdentityKeyFile", identityKey)
    .WithEnvironment("Sante__SandboxFile", sandbox)
    .WithEnvironment("Sante__SimulatorsUrl", simulators.GetEndpoint("http"))
    .WaitForCompletion(migrateIdentity).WaitForCompletion(nation);
var api = builder.AddProject<Projects.Sante_Api>("api").WithHttpEndpoint().WithHttpHealthCheck("/health/ready").WithReplicas(options.Apis)
    .WithReference(sante.As("api"), "sante")
    .WithReference(keys.As("keys"), "sante_keys")
    .WithReference(sante.As("operator"), "sante_operator") // moves the platform clock: in development only
    .WithEnvironment("Sante__MasterKeyFile", masterKey)
    .WithEnvironment("Sante__IdentityUrl", identity.GetEndpoint("http"))
    .WithEnvironment("Sante__SimulatorsUrl", simulators.GetEndpoint("http"))
    .WithEnvironment("Sante__WorkbenchKeyFile", workbenchKey)
    .WithEnvironment("Sante__Workbench", "demo")
    .WithPublishedPath("workbench", "/workbench/demo/fhir")
    .WaitForCompletion(nation).WaitForCompletion(workbenchToken);
nation.WithEnvironment("Sante__IdentityUrl", identity.GetEndpoint("http"));
identity.WithEnvironment("Sante__IdentityUrl", identity.GetEndpoint("http")).WithEnvironment("Sante__ApiUrl", api.GetEndpoint("http"));
simulators.WithEnvironment("Sante__IdentityUrl", identity.GetEndpoint("http")).WithEnvironment("Sante__ApiUrl", api.GetEndpoint("http"));

// The main job, told step by step against the running platform.
if (options.Story)
{
    builder.AddProject<Projects.Sante_Simulators>("story")
        .WithArgs("story", "--endpoints", builder.RunFile("endpoints.json"), "--sandbox", sandbox)
        .RunWhenReady(endsTheRun: options.Exit);
}

await builder.Build().RunAsync();
return Environment.ExitCode;
