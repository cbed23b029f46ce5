using System.Net;
using System.Security.Cryptography;
using Sante.Kernel;
using Sante.Space.Tests.FhirApi;
using Sante.Space.Tokens;

namespace Sante.Space.Tests.Workbench;

/// <summary>What a workbench token opens, and what it does not (record 0035).</summary>
public sealed class TokenTests(WorkbenchFixture fixture) : IClassFixture<WorkbenchFixture>
{
    private static readonly Actor Editor = new(ActorKind.App, new ActorIdentifier(ActorIdentifier.ClientSystem, "editor"), "Éditeur");

    [Theory]
    [InlineData("/fhir/Patient/a")]
    [InlineData("/fhir/Observation?patient=Patient/a")]
    [InlineData("/api/me")]
    [InlineData("/api/spaces/a/trace")]
    public async Task WorkbenchToken_OpensNothingElse(string path)
    {
        var reply = await new WorkbenchClient(fixture.Api, fixture.Token, "demo").GetAsync(path);
        Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
        Assert.Contains("token-invalid", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlatformToken_OpensNoWorkbench()
    {
        var client = await fixture.NewAsync();
        foreach (var token in new[]
        {
            fixture.Tokens.For(Editor, "system/*.cruds"),
            // The claims of a workbench token, signed by the platform's issuer.
            fixture.Tokens.For(Editor, "system/*.cruds", change: claims => (claims["aud"], claims["iss"]) = (WorkbenchTokens.Audience, WorkbenchTokens.Issuer)),
        })
        {
            var reply = await client.WithToken(token).GetAsync("Patient");
            Assert.Equal((HttpStatusCode.Unauthorized, "token-invalid"), (reply.Status, reply.Code));
        }
    }

    [Fact]
    public async Task TokenOfAnEarlierRun_OpensNothing()
    {
        var client = await fixture.NewAsync();
        var folder = Directory.CreateTempSubdirectory("sante-earlier-").FullName;
        Assert.Equal(0, WorkbenchTokens.Issue(["workbench-token", Path.Combine(folder, "token"), Path.Combine(folder, "pub")], TimeProvider.System));
        var earlier = await File.ReadAllTextAsync(Path.Combine(folder, "token"));
        Directory.Delete(folder, recursive: true);
        Assert.Equal("token-invalid", (await client.WithToken(earlier).GetAsync("Patient")).Code);
    }

    [Fact]
    public async Task WithoutAToken_OnlyTheMetadataIsRead()
    {
        var client = (await fixture.NewAsync()).WithToken(null);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("metadata")).Status);
        Assert.Equal((HttpStatusCode.Unauthorized, "token-missing"), (await client.GetAsync("Patient") is var reply ? (reply.Status, reply.Code) : default));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(HttpMethod.Delete, $"/workbench/{client.Name}", null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(HttpMethod.Put, "/workbench/another", null)).Status);
    }

    [Fact]
    public void Files_AreTheirOwnersAlone_AndThePrivateKeyIsInNone()
    {
        // Modes of files are Unix's.
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(fixture.KeyFile)!))
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(fixture.KeyFile));
        Assert.ThrowsAny<CryptographicException>(() => key.ExportParameters(includePrivateParameters: true));
        Assert.DoesNotContain("PRIVATE", File.ReadAllText(fixture.KeyFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workbenches_AreOnNoHostButADevelopersOwn()
    {
        var client = await fixture.NewAsync();
        await using var production = ApiHost.Start(fixture.Database, fixture.Tokens, null, ("environment", "Production"), ("Sante:WorkbenchKeyFile", fixture.KeyFile));
        Assert.Equal(HttpStatusCode.NotFound, (await client.Through(production).GetAsync("metadata")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.Through(production).GetAsync("Patient")).Status);
        // A page elsewhere that had its own name resolved to this machine.
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("metadata", ("Host", "example.org"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("Patient", ("Host", "example.org"))).Status);
    }

    [Fact]
    public async Task Wiped_IsGoneWithItsContent_AndTheNextOfThatNameIsEmpty()
    {
        var client = await fixture.NewAsync();
        await client.MakeAsync("Patient", "\"active\":true");
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Put, $"/workbench/{client.Name}", null)).Status);
        Assert.Single((await client.GetAsync("Patient")).Entries);
        Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(HttpMethod.Delete, $"/workbench/{client.Name}", null)).Status);
        Assert.Equal("workbench-unknown", (await client.GetAsync("Patient")).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(HttpMethod.Delete, $"/workbench/{client.Name}", null)).Status);
        Assert.Equal(HttpStatusCode.Created, (await client.SendAsync(HttpMethod.Put, $"/workbench/{client.Name}", null)).Status);
        Assert.Empty((await client.GetAsync("Patient")).Entries);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.SendAsync(HttpMethod.Put, "/workbench/No_Name", null)).Status);
    }
}
