using System.Globalization;
using NpgsqlTypes;
using Sante.Kernel;

namespace Sante.Foundations.Directories.Search;

/// <summary>The kinds of search parameters (FHIR R4, 3.1.1.4), each made for given columns.</summary>
internal static class Criteria
{
    /// <summary>Values joined by OR in one parameter at most.</summary>
    private const int MostAlternatives = 100;

    /// <summary>A folded prefix of one of several columns; <c>:exact</c> compares the columns as written.</summary>
    public static Criterion Text(string[] folded, string[] written) => (sql, value, modifier) =>
    {
        if (modifier is not (null or "exact"))
        {
            return SearchRefusals.Modifier(modifier);
        }

        var alternatives = Alternatives(value).SelectMany(one => modifier == "exact"
            ? written.Select(column => $"{column} = {sql.Text(one)}")
            : folded.Select(column => sql.Prefix(column, one))).ToList();
        sql.Where($"({string.Join(" OR ", alternatives)})");
        return null;
    };

    /// <summary>A plain prefix, as typed: postcodes.</summary>
    public static Criterion Prefix(string column) => (sql, value, modifier) =>
    {
        if (modifier is not null)
        {
            return SearchRefusals.Modifier(modifier);
        }

        sql.Where($"({string.Join(" OR ", Alternatives(value).Select(one => sql.Prefix(column, one)))})");
        return null;
    };

    /// <summary><c>system|code</c> or <c>code</c>, through a function that gives a condition for one value, or null when nothing can match.</summary>
    public static Criterion Token(Func<SearchSql, string?, string, string?> condition) => (sql, value, modifier) =>
    {
        if (modifier is not null)
        {
            return SearchRefusals.Modifier(modifier);
        }

        var found = new List<string>();
        foreach (var one in Alternatives(value))
        {
            var bar = one.IndexOf('|', StringComparison.Ordinal);
            var code = one[(bar + 1)..];
            if (code.Length > 0 && condition(sql, bar < 0 ? null : one[..bar], code) is { } matches)
            {
                found.Add(matches);
            }
        }

        sql.Where(found.Count == 0 ? "FALSE" : $"({string.Join(" OR ", found)})");
        return null;
    };

    /// <summary>Codes kept as tokens "table-code" in an array column.</summary>
    public static Criterion Codes(string column, params string[] tables) => Token((sql, system, code) =>
    {
        var tokens = CodeSystems.TablesOf(system, tables).Select(table => $"{table}-{code}").ToList();
        return tokens.Count == 0 ? null : $"{column} && {sql.Texts(tokens)}";
    });

    /// <summary>A reference: <c>Type/id</c>, a URL that ends so, or a bare id.</summary>
    public static Criterion Reference(string column, string type) => (sql, value, modifier) =>
    {
        if (modifier is not null && modifier != type)
        {
            return SearchRefusals.Modifier(modifier);
        }

        var ids = Alternatives(value).Select(one => one.Split('/')).Where(parts => parts.Length == 1 || parts[^2] == type).Select(parts => parts[^1]);
        sql.Where($"{column} = ANY ({sql.Texts(ids)})");
        return null;
    };

    /// <summary>true or false.</summary>
    public static Criterion Flag(string column) => Token((_, _, code) => code switch { "true" => column, "false" => $"NOT {column}", _ => null });

    /// <summary><c>_lastUpdated</c> with its prefixes eq, ge, gt, le, lt (eq of a day is the whole day).</summary>
    public static Criterion Instant(string column) => (sql, value, modifier) =>
    {
        var prefix = value.Length > 2 && char.IsAsciiLetter(value[0]) ? value[..2] : "eq";
        var text = value.Length > 2 && char.IsAsciiLetter(value[0]) ? value[2..] : value;
        if (modifier is not null || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var from))
        {
            return SearchRefusals.Value("_lastUpdated");
        }

        var until = text.Contains('T', StringComparison.Ordinal) ? from.AddSeconds(1) : from.AddDays(1);
        string At(DateTimeOffset instant) => sql.Value(instant.UtcDateTime, NpgsqlDbType.TimestampTz);
        switch (prefix)
        {
            case "eq":
                sql.Where($"{column} >= {At(from)} AND {column} < {At(until)}");
                break;
            case "ge":
                sql.Where($"{column} >= {At(from)}");
                break;
            case "gt":
                sql.Where($"{column} >= {At(until)}");
                break;
            case "le":
                sql.Where($"{column} < {At(until)}");
                break;
            case "lt":
                sql.Where($"{column} < {At(from)}");
                break;
            default:
                return SearchRefusals.Value("_lastUpdated");
        }

        return null;
    };

    /// <summary>The values of one parameter, cut at commas that no backslash precedes.</summary>
    public static IEnumerable<string> Alternatives(string value)
    {
        var parts = value.Replace(@"\,", "\u0001", StringComparison.Ordinal).Split(',', MostAlternatives + 1, StringSplitOptions.RemoveEmptyEntries);
        return parts.Take(MostAlternatives).Select(part => part.Replace('\u0001', ','));
    }
}
