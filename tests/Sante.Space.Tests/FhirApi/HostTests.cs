using System.Net;

namespace Sante.Space.Tests.FhirApi;

/// <summary>The host of the API as it is started in production.</summary>
public sealed class HostTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Host_WithItsDatabases_IsReady()
    {
        var answer = await fixture.Api.Http.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
