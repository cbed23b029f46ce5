using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Sante.Ledger.Keys;

namespace Sante.Ledger.Workbenches;

/// <summary>
/// The one statement for candidates, in one space (its own tokens) or across the spaces of a workbench (shared tokens): only values are parameters, so equal
/// shapes of query share a prepared statement.
/// </summary>
internal sealed class CandidateSql
{
    /// <summary>An expression that no index has: the planner takes another way to the rows.</summary>
    private const string NoIndex = "(h.tokens || '{}'::bigint[])";

    private readonly NpgsqlParameterCollection p;
    private readonly SpaceKeys keys;
    private readonly bool oneSpace;
    private readonly StringBuilder where = new();
    private string source = "ledger.resource h";

    private CandidateSql(NpgsqlCommand command, SpaceKeys keys, bool oneSpace) => (p, this.keys, this.oneSpace) = (command.Parameters, keys, oneSpace);

    /// <summary>Fills the command. <paramref name="keys"/>: of the space, or of any space of the workbench.</summary>
    public static void Fill(NpgsqlCommand command, RowQuery query, SpaceKeys keys, bool oneSpace) => new CandidateSql(command, keys, oneSpace).Fill(command, query);

    private void Fill(NpgsqlCommand command, RowQuery query)
    {
        // In one space the way is told: its dates between the bounds, else its tokens, else all of the type. The planner cannot know how few a space's keyed
        // numbers are, and new tables have no statistics; a condition IS TRUE is one that no index answers.
        var byDate = oneSpace && query.Ids is null && query.Dates.Count > 0;
        var byToken = oneSpace && query.Ids is null && !byDate && query.Tokens.Count > 0;
        var type = Of(keys.IndexName("type", query.Type));
        where.Append(byDate || byToken ? $"(h.type_token = {type} AND NOT h.deleted) IS TRUE" : $"h.type_token = {type} AND h.type_token < 0 AND NOT h.deleted");
        if (oneSpace)
            where.Append(byToken ? $" AND (h.space_id = {Of(keys.Space.Value)}) IS TRUE" : $" AND h.space_id = {Of(keys.Space.Value)}");
        if (query.Ids is { } ids)
            where.Append(CultureInfo.InvariantCulture, $" AND h.id = ANY ({Of(ids.ToArray())})");
        AddTokens(query.Tokens, byDate ? NoIndex : "h.tokens");
        AddTokens(query.CommonTokens, oneSpace ? NoIndex : "h.tokens");
        AddDates(query.Dates);
        foreach (var text in query.Texts)
            AddText(text);
        foreach (var number in query.Numbers)
            AddNumber(number);
        var narrowed = where.ToString();
        where.Clear();
        var (join, order) = OrderOf(query);
        // OFFSET 0: the conditions are met before anything is looked up to sort by.
        command.CommandText = $"""
            SELECT h.space_id, h.id, h.version, h.at, h.deleted, h.row_id, h.body
            FROM (SELECT h.* FROM {source} WHERE {narrowed}{(join.Length > 0 ? " OFFSET 0" : "")}) h{join}
            WHERE true{where} ORDER BY {order}{(query.Limit is { } limit ? $" LIMIT {Of(limit)}" : "")}
            """;
    }

    private void AddTokens(IReadOnlyList<TokenCondition> conditions, string tokens)
    {
        long Token(IndexToken token) => oneSpace ? keys.OwnToken(token.Parameter, token.Value) : keys.IndexName(token.Parameter, token.Value);
        var all = conditions.Where(c => c.AnyOf.Count == 1).Select(c => Token(c.AnyOf[0])).ToArray();
        if (all.Length > 0)
            where.Append(CultureInfo.InvariantCulture, $" AND {tokens} @> {Of(all)}");
        foreach (var condition in conditions.Where(c => c.AnyOf.Count > 1))
            where.Append(CultureInfo.InvariantCulture, $" AND {tokens} && {Of(condition.AnyOf.Select(Token).ToArray())}");
    }

    /// <summary>In one space the ids are gathered first, once, from the space's own part of the index; across spaces each candidate is asked.</summary>
    private void AddDates(IReadOnlyList<DateWindows> dates)
    {
        if (!oneSpace)
        {
            foreach (var date in dates)
                AddAsked(date);
            return;
        }
        var gathered = new StringBuilder();
        for (var i = 0; i < dates.Count; i++)
        {
            gathered.Append(i == 0 ? "(" : " INTERSECT (");
            AddGathered(gathered, dates[i]);
            gathered.Append(')');
        }
        if (dates.Count > 0)
            source = $"(SELECT DISTINCT unnest(ARRAY({gathered})) AS id) g JOIN ledger.resource h ON h.id = g.id";
    }

    /// <summary>One look at the index per alternative: each is a range of it, which their OR would not be.</summary>
    private void AddGathered(StringBuilder into, DateWindows date)
    {
        var (space, param) = (Of(keys.Space.Value), Of(keys.IndexName(date.Parameter, "")));
        for (var j = 0; j < date.AnyOf.Count; j++)
        {
            into.Append(CultureInfo.InvariantCulture, $"{(j > 0 ? " UNION ALL " : "")}SELECT d.id FROM ledger.index_date d WHERE d.space_id = {space} AND d.param = {param}");
            AddBounds(into, date.AnyOf[j]);
        }
    }

    private void AddAsked(DateWindows date)
    {
        where.Append(CultureInfo.InvariantCulture, $" AND EXISTS (SELECT 1 FROM ledger.index_date d WHERE d.id = h.id AND d.space_id = h.space_id AND d.param = {Of(keys.IndexName(date.Parameter, ""))} AND (");
        for (var j = 0; j < date.AnyOf.Count; j++)
        {
            where.Append(j > 0 ? " OR (true" : "(true");
            AddBounds(where, date.AnyOf[j]);
            where.Append(')');
        }
        where.Append("))");
    }

    private void AddBounds(StringBuilder into, DateBounds bounds)
    {
        Bound("low", ">=", bounds.LowFrom);
        Bound("low", "<=", bounds.LowTo);
        Bound("high", ">=", bounds.HighFrom);
        Bound("high", "<=", bounds.HighTo);

        void Bound(string column, string comparison, DateTimeOffset? value)
        {
            if (value is { } at)
                into.Append(CultureInfo.InvariantCulture, $" AND d.{column} {comparison} {Of(at.ToUniversalTime())}");
        }
    }

    private void AddText(TextCondition text)
    {
        where.Append(CultureInfo.InvariantCulture, $" AND h.id IN (SELECT x.id FROM ledger.index_text x WHERE x.param = {Of(keys.IndexName(text.Parameter, ""))} AND (");
        for (var i = 0; i < text.Prefixes.Count; i++)
        {
            var prefix = text.Prefixes[i][..Math.Min(text.Prefixes[i].Length, IndexText.MaxLength)];
            // U+10FFFF sorts after every text that begins so ("C" collation is the order of code points in UTF-8).
            where.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? " OR " : "")}(x.text >= {Of(prefix)} AND x.text < {Of(prefix + "\U0010FFFF")})");
        }
        where.Append("))");
    }

    private void AddNumber(NumberCondition number)
    {
        where.Append(" AND h.id IN (SELECT n.id FROM ledger.index_number n WHERE ");
        for (var i = 0; i < number.Ranges.Count; i++)
        {
            var (parameter, low, high) = number.Ranges[i];
            where.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? " OR " : "")}(n.param = {Of(keys.IndexName(parameter, ""))} AND n.value BETWEEN {Of(low)} AND {Of(high)})");
        }
        where.Append(')');
    }

    private (string Join, string Order) OrderOf(RowQuery query)
    {
        if (query.Order == RowOrder.Id)
        {
            if (query.After is { } after)
                where.Append(CultureInfo.InvariantCulture, $" AND h.id > {Of(after.Id)}");
            return ("", "h.id");
        }

        var direction = query.Descending ? "DESC" : "ASC";
        var key = query.Order == RowOrder.LastUpdated ? "h.at" : "o.k";
        if (query.After is var (at, id))
        {
            var place = Of(id);
            where.Append(at is null
                ? $" AND {key} IS NULL AND h.id > {place}"
                : string.Create(CultureInfo.InvariantCulture, $" AND ({key} {(query.Descending ? "<" : ">")} {Of(at.Value.ToUniversalTime())} OR ({key} = ${p.Count} AND h.id > {place}) OR {key} IS NULL)"));
        }
        return query.Order == RowOrder.LastUpdated
            ? ("", $"h.at {direction}, h.id")
            : ($" LEFT JOIN LATERAL (SELECT {(query.Descending ? "max(d.high)" : "min(d.low)")} AS k FROM ledger.index_date d WHERE d.id = h.id AND d.space_id = h.space_id AND (d.param = {Of(keys.IndexName(query.OrderParameter!, ""))}) IS TRUE) o ON true",
                $"o.k {direction} NULLS LAST, h.id");
    }

    private string Of(long value) => Add(new NpgsqlParameter<long> { TypedValue = value });
    private string Of(int value) => Add(new NpgsqlParameter<int> { TypedValue = value });
    private string Of(double value) => Add(new NpgsqlParameter<double> { TypedValue = value });
    private string Of(Guid value) => Add(new NpgsqlParameter<Guid> { TypedValue = value });
    private string Of(string value) => Add(new NpgsqlParameter<string> { TypedValue = value });
    private string Of(long[] value) => Add(new NpgsqlParameter<long[]> { TypedValue = value });
    private string Of(Guid[] value) => Add(new NpgsqlParameter<Guid[]> { TypedValue = value });
    private string Of(DateTimeOffset value) => Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.TimestampTz });

    private string Add(NpgsqlParameter parameter)
    {
        p.Add(parameter);
        return string.Create(CultureInfo.InvariantCulture, $"${p.Count}");
    }
}
