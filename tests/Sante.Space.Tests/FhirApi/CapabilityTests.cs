using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sante.Kernel;
using Sante.Space.Tests.Api;

namespace Sante.Space.Tests.FhirApi;

/// <summary>What <c>/fhir/metadata</c> declares works, and nothing else is offered.</summary>
public sealed class CapabilityTests(ApiFixture fixture) : FhirTests(fixture), IClassFixture<ApiFixture>
{
    /// <summary>A value that can be read, by type of parameter.</summary>
    private static readonly Dictionary<string, string> Values = new()
    {
        ["string"] = "a", ["token"] = "urn:x%7Ca", ["date"] = "ge2020", ["number"] = "1", ["quantity"] = "1", ["reference"] = "Patient/x", ["uri"] = "urn:x", ["composite"] = "a$1", ["special"] = "48.8%7C2.3%7C10%7Ckm",
    };

    private async Task<JsonArray> ResourcesAsync() => (await Hospital.GetAsync("/metadata")).Json["rest"]![0]!["resource"]!.AsArray();

    [Fact]
    public async Task EveryDeclaredParameterAndInclude_IsUnderstood()
    {
        var family = await BornAsync();
        var mother = new FhirClient(Fixture.Api, Fixture.Tokens, family.Mother) { Token = Fixture.Tokens.For(family.Mother, "patient/*.cruds space/*") };
        var refused = new List<string>();
        foreach (var resource in await ResourcesAsync())
        {
            var type = resource!["type"]!.GetValue<string>();
            var naming = type == "Patient" ? $"_id={family.Child}" : $"patient=Patient/{family.Child}";
            var asked = (resource["searchParam"]?.AsArray() ?? []).Select(parameter => (Name: parameter!["name"]!.GetValue<string>(), Type: parameter["type"]!.GetValue<string>()))
                .Where(parameter => parameter.Name is not ("patient" or "subject" or "_id") && !(type == "Patient" && parameter.Name == "identifier"))
                .Select(parameter => $"{parameter.Name}={Values[parameter.Type]}")
                .Concat((resource["searchInclude"]?.AsArray() ?? []).Select(include => $"_include={include}"))
                .Concat((resource["searchRevInclude"]?.AsArray() ?? []).Select(include => $"_revinclude={include}"));
            foreach (var query in asked)
            {
                // The second part of a composite is of one of these types.
                var forms = query.EndsWith("=a$1", StringComparison.Ordinal) ? new[] { query, query.Replace("a$1", "a$ge2020", StringComparison.Ordinal), query.Replace("a$1", "Patient/x$a", StringComparison.Ordinal) } : [query];
                FhirReply? reply = null;
                foreach (var form in forms.TakeWhile(_ => reply?.Status != HttpStatusCode.OK))
                    reply = await mother.GetAsync($"/{type}?{naming}&{form}");
                if (reply!.Status != HttpStatusCode.OK)
                    refused.Add($"{type}?{query}: {(int)reply.Status} {reply.Code}");
            }
        }

        Assert.Empty(refused);
    }

    [Fact]
    public async Task EveryDeclaredOperationAndInteraction_IsThere_AndNoOther()
    {
        foreach (var resource in await ResourcesAsync())
        {
            var type = resource!["type"]!.GetValue<string>();
            var interactions = resource["interaction"]!.AsArray().Select(one => one!["code"]!.GetValue<string>()).ToHashSet();
            var operations = (resource["operation"]?.AsArray() ?? []).Select(one => one!["name"]!.GetValue<string>()).ToHashSet();
            foreach (var (code, method, path) in new[]
            {
                ("read", "GET", "/x"), ("vread", "GET", "/x/_history/1"), ("history-instance", "GET", "/x/_history"), ("history-type", "GET", "/_history"), ("delete", "DELETE", "/x"),
                ("search-type", "GET", "?_id=x"), ("create", "POST", ""), ("update", "PUT", "/x"), ("patch", "PATCH", "/x"),
                ("$meta", "GET", "/x/$meta"), ("$meta-add", "POST", "/x/$meta-add"), ("$meta-delete", "POST", "/x/$meta-delete"), ("$validate", "POST", "/$validate"), ("$everything", "GET", "/x/$everything"),
            })
            {
                // The agenda is updated under its author's identifier alone.
                if (type == "Appointment" && code is "update" or "search-type")
                    continue;
                // Of the trace "_history" is an id that leads nowhere.
                if (type == "AuditEvent" && code == "history-type")
                    continue;
                var reply = await Hospital.SendAsync(new HttpMethod(method), $"/{type}{path}", method is "GET" or "DELETE" ? null : $$"""{"resourceType":"{{type}}","id":"x"}""");
                var isOffered = reply.Code is not ("interaction-not-supported" or "method-not-allowed" or "type-not-held") && !(reply.Code == "not-found" && reply.Text.Contains("adresse", StringComparison.Ordinal));
                var isDeclared = code.StartsWith('$') ? operations.Contains(code[1..]) : interactions.Contains(code);
                Assert.Equal((type, code, isDeclared), (type, code, isOffered));
            }
        }
    }

    [Fact]
    public void EveryRoute_IsOfADeclaredInteraction()
    {
        string[] known =
        [
            "/metadata", "/", "/_search", "/Appointment", "/Appointment/_search", "/AuditEvent", "/AuditEvent/_search", "/AuditEvent/{id}", "/Patient/{id}/$everything",
            "/Patient/{id}/{type:alpha}", "/Patient/{id}/{type:alpha}/_search", "/{type}", "/{type}/_search", "/{type}/{id}", "/{type}/_history", "/{type}/{id}/_history",
            "/{type}/{id}/_history/{version}", "/{type}/$validate", "/{type}/{id}/$validate", "/{type}/{id}/$meta", "/{type}/{id}/$meta-add", "/{type}/{id}/$meta-delete",
        ];

        var routes = Fixture.Api.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).Where(path => path.StartsWith("/fhir", StringComparison.Ordinal))
            .Select(path => path["/fhir".Length..] is { Length: > 0 } rest ? rest : "/").Distinct().Order();

        Assert.Equal(known.Order(), routes);
    }
}
