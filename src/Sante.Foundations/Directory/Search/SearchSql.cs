using Npgsql;
using NpgsqlTypes;
using Sante.Foundations.Files;
using Sante.Kernel;

namespace Sante.Foundations.Directories.Search;

/// <summary>The conditions of one search, with their parameters: values never enter the text.</summary>
internal sealed class SearchSql
{
    /// <summary>Sorts after every other character in the collation "C": the end of a prefix.</summary>
    private const string Last = "\U0010FFFF";

    private readonly List<string> conditions = [];

    /// <summary>Parameters in the order of their numbers.</summary>
    public List<NpgsqlParameter> Parameters { get; } = [];

    /// <summary>All conditions, or TRUE.</summary>
    public string Conditions => conditions.Count == 0 ? "TRUE" : string.Join(" AND ", conditions);

    /// <summary>Expressions that replace the order by id (nearest first), or null.</summary>
    public string? Distance { get; set; }

    /// <summary>Adds a condition.</summary>
    public void Where(string condition) => conditions.Add(condition);

    /// <summary>Adds a condition that fails always.</summary>
    public void Nothing() => conditions.Add("FALSE");

    /// <summary>Adds a parameter and returns its place, <c>$n</c>.</summary>
    public string Value(object value, NpgsqlDbType type)
    {
        Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        return $"${Parameters.Count}";
    }

    /// <summary>A text parameter.</summary>
    public string Text(string value) => Value(value, NpgsqlDbType.Text);

    /// <summary>A parameter of several texts.</summary>
    public string Texts(IEnumerable<string> values) => Value(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);

    /// <summary>"column begins with value", folded on both sides; uses a plain index of the column. Signs alone begin no name.</summary>
    public string Prefix(string column, string value)
    {
        var folded = Folding.Fold(value);
        return folded.Length == 0 ? "FALSE" : $"({column} >= {Text(folded)} AND {column} < {Text(folded + Last)})";
    }
}

/// <summary>One search parameter: adds its condition, or refuses the value.</summary>
internal delegate Refusal? Criterion(SearchSql sql, string value, string? modifier);

/// <summary>A type of resource that can be searched.</summary>
/// <param name="Name">FHIR type.</param>
/// <param name="From">Table.</param>
/// <param name="Id">Column of the FHIR id, which orders the results.</param>
/// <param name="IdCast">How the id, a text, becomes the column's type.</param>
/// <param name="Columns">What is read of each row.</param>
/// <param name="Parameters">Its parameters, data: a new one is a line.</param>
/// <param name="Includes">What <c>_include</c> and <c>_revinclude</c> may ask.</param>
internal sealed record SearchType(
    string Name, string From, string Id, string IdCast, string Columns, IReadOnlyDictionary<string, Criterion> Parameters, IReadOnlyList<string> Includes);
