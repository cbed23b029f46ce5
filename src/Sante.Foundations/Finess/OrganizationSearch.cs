using System.Globalization;
using NpgsqlTypes;
using Sante.Foundations.Directories.Search;
using Sante.Kernel;

namespace Sante.Foundations.FinessDirectory;

/// <summary>Search parameters of Organization, as in the national directory API, and <c>near</c> (ours: latitude|longitude|kilometres, nearest first).</summary>
internal static class OrganizationSearch
{
    internal const string SireneSystem = "https://sirene.fr";
    internal const string StructIdNatSystem = "urn:oid:1.2.250.1.71.4.2.2";
    internal const string RppsRangSystem = "https://rppsrang.esante.gouv.fr";
    internal const string KindSystem = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-3307";
    internal const string Site = "GEOGRAPHICAL-ENTITY";

    private const double LongestKilometres = 200;
    /// <summary>One degree of latitude, mean of the WGS84 ellipsoid.</summary>
    private const double KilometresPerDegree = 111.2;

    public static SearchType Organization { get; } = new(
        "Organization", "directory.structure", "structure_id", "text",
        """
        structure_id, finess, finess_entity, siret, siren, name, alias, addressee, point, street_number, street_type, street, distribution, city, postcode,
        commune, phone, phone2, fax, email, sector, category, opened_on, latitude, longitude, active, version, updated_at
        """,
        new Dictionary<string, Criterion>(StringComparer.Ordinal)
        {
            ["_id"] = Criteria.Reference("structure_id", "Organization"),
            ["_lastUpdated"] = Criteria.Instant("updated_at"),
            ["active"] = Criteria.Flag("active"),
            ["identifier"] = Criteria.Token(Identifier),
            ["name"] = Criteria.Text(["name_fold", "alias_fold"], ["name", "alias"]),
            ["address-city"] = Criteria.Text(["city_fold"], ["city"]),
            ["address-postalcode"] = Criteria.Prefix("postcode"),
            ["type"] = Criteria.Token(Kind),
            ["partof.identifier"] = Criteria.Token((sql, system, code) => system is null or Finess.System ? $"finess_entity = {sql.Text(code)}" : null),
            ["near"] = Near,
        },
        ["PractitionerRole:organization"]);

    private static string? Identifier(SearchSql sql, string? system, string code) => system switch
    {
        Finess.System => $"finess = {sql.Text(code)}",
        SireneSystem when code.Length == 14 => $"siret = {sql.Text(code)}",
        SireneSystem => $"(siren = {sql.Text(code)})",
        RppsRangSystem => $"structure_id = {sql.Text(code)}",
        StructIdNatSystem => code[0] switch
        {
            '1' => $"finess = {sql.Text(code[1..])}",
            '3' => $"siret = {sql.Text(code[1..])}",
            '4' => $"structure_id = {sql.Text("R" + code[1..])}",
            _ => null,
        },
        null => $"(finess = {sql.Text(code)} OR siret = {sql.Text(code)} OR structure_id = {sql.Text(code)})",
        _ => null,
    };

    private static string? Kind(SearchSql sql, string? system, string code)
    {
        var found = new List<string>();
        foreach (var table in CodeSystems.TablesOf(system, ["R66", "R02"]))
        {
            found.Add($"{(table == "R66" ? "category" : "sector")} = {sql.Text(code)}");
        }

        if (system is null or KindSystem && code == Site)
        {
            found.Add("TRUE");
        }

        return found.Count == 0 ? null : $"({string.Join(" OR ", found)})";
    }

    /// <summary>Great-circle distance on a sphere of 6371 km; first narrowed to a box by the index.</summary>
    private static Refusal? Near(SearchSql sql, string value, string? modifier)
    {
        var parts = value.Split('|');
        if (modifier is not null || parts.Length is < 3 or > 4 || (parts.Length == 4 && parts[3] is not ("km" or ""))
            || !TryNumber(parts[0], 90, out var latitude) || !TryNumber(parts[1], 180, out var longitude)
            || !TryNumber(parts[2], LongestKilometres, out var kilometres) || kilometres <= 0 || sql.Distance is not null)
        {
            return SearchRefusals.Value("near");
        }

        string Of(double number) => sql.Value(number, NpgsqlDbType.Double);
        var (lat, lon, most) = (Of(latitude), Of(longitude), Of(kilometres));
        var (dLat, dLon) = (Of(kilometres / KilometresPerDegree * 1.01), Of(Math.Min(180, kilometres / KilometresPerDegree * 1.01 / Math.Max(0.01, Math.Cos(latitude * Math.PI / 180)))));
        sql.Distance =
            $"(6371 * 2 * asin(least(1, sqrt(sin(radians(latitude - {lat}) / 2) ^ 2 + cos(radians({lat})) * cos(radians(latitude)) * sin(radians(longitude - {lon}) / 2) ^ 2))))";
        sql.Where($"latitude IS NOT NULL AND point(longitude, latitude) <@ box(point({lon} - {dLon}, {lat} - {dLat}), point({lon} + {dLon}, {lat} + {dLat}))");
        sql.Where($"{sql.Distance} <= {most}");
        return null;
    }

    private static bool TryNumber(string text, double most, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && Math.Abs(number) <= most;
}
