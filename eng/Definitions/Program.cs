using System.Globalization;
using System.Text;
using Sante.Definitions;
using Sante.Fhir.Definitions;

// Compiles FHIR definitions into the one file that Sante.Fhir embeds.
// dotnet run --project eng/Definitions -- examples <r4 package folder> <file>      the package's resources, for the tests
// dotnet run --project eng/Definitions -- <r4 package folder> <french data folder> <output folder>
if (args is ["examples", var package, var archive])
{
    ExampleArchive.Write(package, archive);
    return 0;
}

if (args is not [var r4, var french, var output])
{
    Console.Error.WriteLine("usage: Definitions <folder of hl7.fhir.r4.examples 4.0.1> <folder with pdsm/, fr-core-2.2.0/, …> <output folder>");
    return 2;
}

string[] guides = ["fr-core-2.2.0", "pdsm", "agenda", "annuaire", "tracabilite", "cercle-soins", "balmss", "pdsm4dmp"];
var input = Path.Combine(AppContext.BaseDirectory, "Input");
var source = new Source();
source.AddFolder(r4);
foreach (var guide in guides)
{
    source.AddFolder(Path.Combine(french, guide, "definitions"));
}

source.AddFolder(Path.Combine(french, "nos"));
var svs = SvsFolder.Read(Path.Combine(french, "jdv-svs"), Path.Combine(french, "nos"), Path.Combine(input, "oid-systems.csv"));
var types = TypeCompiler.Compile(source);
var byName = types.ToDictionary(type => type.Name, StringComparer.Ordinal);
var profileCompiler = new ProfileCompiler(byName);
var mesures = new MesuresCompiler(Path.Combine(input, "mesures.json"));
List<ProfileDef> profiles = [.. profileCompiler.Compile(source), .. mesures.Profiles()];
foreach (var own in mesures.ValueSets())
{
    svs[own.Url] = own;
}

var valueSets = new ValueSetCompiler(source, svs);
var bound = Bindings.Of(types, profiles);
var set = new DefinitionSet
{
    Types = types,
    Profiles = profiles,
    ValueSets = [.. bound.Keys.Union(svs.Keys).Order(StringComparer.Ordinal).Select(valueSets.Compile)],
    SearchParameters = SearchCompiler.Compile(source, byName),
    Compartments = CompartmentCompiler.Compile(source),
    // IHE MHD: PDSm builds on it and clients claim it, but its package is not among the sources.
    KnownPrefixes = ["https://profiles.ihe.net/ITI/MHD/StructureDefinition/"],
    Aliases =
    [
        .. File.ReadLines(Path.Combine(input, "canonical-aliases.csv")).Skip(1).Select(line => line.Split(';')).Select(cells => (cells[0], cells[1])),
        // FR Core wrote its canonicals with http until 2023.
        .. profiles.Where(profile => profile.Url.StartsWith("https://hl7.fr/ig/fhir/core/", StringComparison.Ordinal)).Select(profile => ("http" + profile.Url[5..], profile.Url)),
    ],
};

var bytes = DefinitionsWriter.Write(set);
Directory.CreateDirectory(output);
File.WriteAllBytes(Path.Combine(output, "definitions.bin"), bytes);
var (terminology, systemCount, setCount) = TerminologyCompiler.Compile(source, svs);
File.WriteAllBytes(Path.Combine(output, "terminology.bin"), terminology);
File.WriteAllText(Path.Combine(output, "NOT-CHECKED.md"), Report.Write(set, bound, valueSets.NotChecked, profileCompiler.Skipped), new UTF8Encoding(false));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{types.Count} types, {profiles.Count} profiles, {set.ValueSets.Count} value sets ({valueSets.NotChecked.Count} without codes), {set.SearchParameters.Count} search parameters: {bytes.Length:N0} bytes; {systemCount} code systems, {setCount} value sets: {terminology.Length:N0} bytes"));
return 0;
