using System.Text;
using Sante.Fhir.Check;

namespace Sante.Fhir.Tests;

/// <summary>Short ways to a resource and to the codes of its issues.</summary>
internal static class Fixtures
{
    public static FhirResource Read(string json)
    {
        var parsed = FhirJson.Parse(Encoding.UTF8.GetBytes(json));
        Assert.True(parsed.Resource is not null, string.Join("; ", parsed.Issues.Select(issue => $"{issue.Code} {issue.Text}")));
        return parsed.Resource;
    }

    public static FhirResource Example(string path) => Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Examples", path)));

    public static string ExampleText(string path) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Examples", path));

    /// <summary>Codes of the issues that keep the text from being parsed.</summary>
    public static List<string> Faults(byte[] utf8, FhirLimits? limits = null) => [.. FhirJson.Parse(utf8, limits).Issues.Select(issue => issue.Code)];

    public static List<string> Faults(string json) => Faults(Encoding.UTF8.GetBytes(json));

    /// <summary>"code at expression" of each issue that refuses.</summary>
    public static List<string> Refusing(FhirResource resource, FhirCheckOptions? options = null) =>
        [.. FhirCheck.Check(resource, options).Where(issue => issue.Refuses).Select(issue => $"{issue.Code} at {issue.Expression}")];

    public static List<string> Refusing(string json, FhirCheckOptions? options = null) => Refusing(Read(json), options);

    /// <summary>"code at expression" of each issue, whatever its severity.</summary>
    public static List<string> All(string json) => [.. FhirCheck.Check(Read(json)).Select(issue => $"{issue.Code} at {issue.Expression}")];
}
