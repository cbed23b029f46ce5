using System.Xml;
using System.Xml.Linq;
using Sante.Fhir.Definitions;

namespace Sante.Definitions;

/// <summary>
/// French value sets as IHE SVS XML (<c>jeuxDeValeurs</c>) and the type list of the DMP as CSV: codes only. SVS names code systems by OID,
/// resources by URL: <c>oid-systems.csv</c> (ours) lists the URLs of each OID.
/// </summary>
internal static class SvsFolder
{
    /// <summary>Stands in <see cref="CodeList.Systems"/> for "whatever system".</summary>
    public const string AnySystem = "*";

    public static Dictionary<string, ValueSetDef> Read(string svsFolder, string nosFolder, string oidSystems)
    {
        var systems = File.ReadLines(oidSystems).Skip(1).Select(line => line.Split(';')).ToLookup(cells => cells[0], cells => cells[1]);
        var sets = new Dictionary<string, ValueSetDef>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(svsFolder, "*.xml").Order(StringComparer.Ordinal))
        {
            using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            var valueSet = XDocument.Load(reader).Descendants().First(element => element.Name.LocalName == "ValueSet");
            var set = Set(valueSet, systems);
            sets[set.Url] = set;
        }

        var types = File.ReadLines(Path.Combine(nosFolder, "JDV-J66-TypeCode-DMP-with-class.csv")).Skip(1).Select(line => line.Split(';')).ToList();
        const string dmpTypes = "https://mos.esante.gouv.fr/NOS/JDV_J66-TypeCode-DMP/FHIR/JDV-J66-TypeCode-DMP";
        sets[dmpTypes] = new ValueSetDef
        {
            Url = dmpTypes,
            Lists = [.. types.GroupBy(cells => cells[0], cells => cells[1]).Select(group => new CodeList { Systems = [group.Key], Codes = [.. group.Distinct().Order(StringComparer.Ordinal)] })],
        };
        return sets;
    }

    private static ValueSetDef Set(XElement valueSet, ILookup<string, string> systems)
    {
        var concepts = valueSet.Descendants().Where(element => element.Name.LocalName == "Concept")
            .Select(concept => (Oid: concept.Attribute("codeSystem")!.Value, Code: concept.Attribute("code")!.Value));
        return new ValueSetDef
        {
            Url = CanonicalOf(valueSet.Attribute("urlFichier")!.Value),
            Lists =
            [
                .. concepts.GroupBy(concept => concept.Oid, concept => concept.Code).Select(group => new CodeList
                {
                    // No URL known for this OID: any system is taken, the code alone decides (listed in the report).
                    Systems = [.. systems[group.Key].DefaultIfEmpty(AnySystem), "urn:oid:" + group.Key],
                    Codes = [.. group.Distinct().Order(StringComparer.Ordinal)],
                }),
            ],
        };
    }

    // …/NOS/JDV_J154-TypeGlucose-ENS → …/NOS/JDV_J154-TypeGlucose-ENS/FHIR/JDV-J154-TypeGlucose-ENS, as the guides write them.
    private static string CanonicalOf(string file) => $"{file}/FHIR/{file.LastPart().Replace('_', '-')}";
}
