using Sante.Foundations.Directories.Search;
using Sante.Foundations.Files;

namespace Sante.Foundations.RppsDirectory;

/// <summary>Search parameters of Practitioner and PractitionerRole, as in the national directory API (annuaire-sante-fhir-documentation).</summary>
internal static class RppsSearch
{
    private static readonly string[] QualificationTables = ["P", "R09", .. CodeSystems.SkillTables];
    private static readonly string[] SkillTables = [.. CodeSystems.SkillTables];

    public static SearchType Practitioner { get; } = new(
        "Practitioner", "directory.practitioner", "practitioner_id", "text",
        "practitioner_id, identifier, civility, exercise_civility, family, given, professions, skills, active, version, updated_at",
        new Dictionary<string, Criterion>(StringComparer.Ordinal)
        {
            ["_id"] = Criteria.Reference("practitioner_id", "Practitioner"),
            ["_lastUpdated"] = Criteria.Instant("updated_at"),
            ["active"] = Criteria.Flag("active"),
            ["identifier"] = Criteria.Token((sql, system, code) => PractitionerIdentifier(sql, "practitioner_id", system, code)),
            ["name"] = Name,
            ["family"] = Criteria.Text(["family_fold"], ["family"]),
            ["given"] = Criteria.Text(["given_fold"], ["given"]),
            ["qualification-code"] = Criteria.Codes("tokens", QualificationTables),
        },
        ["PractitionerRole:practitioner"]);

    public static SearchType PractitionerRole { get; } = new(
        "PractitionerRole", "directory.activity", "activity_id", "uuid",
        "activity_id, practitioner_id, structure_id, profession, category, mode, function, genre, skills, version, updated_at",
        new Dictionary<string, Criterion>(StringComparer.Ordinal)
        {
            ["_id"] = Criteria.Token((sql, system, code) => system is null ? ActivityIs(sql, code) : null),
            ["_lastUpdated"] = Criteria.Instant("updated_at"),
            ["active"] = Criteria.Flag("TRUE"),
            ["identifier"] = Criteria.Token((sql, system, code) => system is null or PractitionerRoleFhir.IdentifierSystem ? ActivityIs(sql, code) : null),
            ["practitioner"] = Criteria.Reference("practitioner_id", "Practitioner"),
            ["practitioner.identifier"] = Criteria.Token((sql, system, code) => PractitionerIdentifier(sql, "practitioner_id", system, code)),
            ["practitioner.qualification-code"] = Criteria.Codes("tokens", "P"),
            ["organization"] = Criteria.Reference("structure_id", "Organization"),
            ["organization.identifier"] = Criteria.Token((sql, system, code) =>
                system is null or Kernel.Finess.System ? $"structure_id = {sql.Text("F" + code)}" : null),
            ["role"] = Criteria.Codes("tokens", "R21", "R22", "R23"),
            ["specialty"] = Criteria.Codes("tokens", SkillTables),
        },
        ["PractitionerRole:practitioner", "PractitionerRole:organization"]);

    private static string? ActivityIs(SearchSql sql, string id) =>
        Guid.TryParse(id, out var activity) ? $"activity_id = {sql.Value(activity, NpgsqlTypes.NpgsqlDbType.Uuid)}" : null;

    private static string? PractitionerIdentifier(SearchSql sql, string column, string? system, string code) => system switch
    {
        Kernel.Rpps.System => $"{column} = {sql.Text("8" + code)}",
        Kernel.Rpps.PsIdNatSystem => $"{column} = {sql.Text(code)}",
        null => $"{column} = ANY ({sql.Texts([code, "8" + code, "0" + code])})",
        _ => null,
    };

    /// <summary>
    /// Part of a name: the family or the first name begins so; of several words, also the first name and then the family, or the reverse.
    /// </summary>
    private static Kernel.Refusal? Name(SearchSql sql, string value, string? modifier)
    {
        if (modifier is not null)
        {
            return Criteria.Text(["family_fold", "given_fold"], ["family", "given"])(sql, value, modifier);
        }

        var alternatives = new List<string>();
        foreach (var one in Criteria.Alternatives(value))
        {
            alternatives.Add(sql.Prefix("family_fold", one));
            alternatives.Add(sql.Prefix("given_fold", one));
            var words = Folding.Fold(one).Split(' ');
            if (words.Length > 1)
            {
                alternatives.Add($"({sql.Prefix("given_fold", words[0])} AND {sql.Prefix("family_fold", string.Join(' ', words[1..]))})");
                alternatives.Add($"({sql.Prefix("family_fold", string.Join(' ', words[..^1]))} AND {sql.Prefix("given_fold", words[^1])})");
            }
        }

        sql.Where($"({string.Join(" OR ", alternatives)})");
        return null;
    }
}
