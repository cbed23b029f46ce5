using Sante.Fhir.Definitions;

namespace Sante.Definitions;

/// <summary>CompartmentDefinition resources to <see cref="CompartmentDef"/>: members with parameters only.</summary>
internal static class CompartmentCompiler
{
    public static List<CompartmentDef> Compile(Source source) =>
    [
        .. source.Compartments.Where(one => one.Text("id") != "example").OrderBy(one => one.Text("code"), StringComparer.Ordinal).Select(one => new CompartmentDef
        {
            Code = one.Text("code")!,
            Url = one.Text("url")!,
            Members = [.. one.Items("resource").Where(resource => resource.Items("param").Any())
                .Select(resource => (resource.Text("code")!, resource.Items("param").Select(parameter => parameter.GetString()!).ToList()))],
        }),
    ];
}
