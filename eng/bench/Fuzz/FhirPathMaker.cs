using System.Text;

namespace Sante.Bench.Fuzz;

/// <summary>Makes an expression for a seed and a number, the same each time: by the grammar, one in four then damaged.</summary>
internal sealed class FhirPathMaker(int seed, long number)
{
    private static readonly string[] Names =
        ["name", "given", "family", "birthDate", "value", "code", "coding", "component", "Patient", "Observation", "entry", "resource", "extension", "id", "item", "linkId", "effective", "start", "`div`", "contained", "reference", "active", "x", "as", "contains"];

    private static readonly string[] Literals =
        ["1", "0", "-7", "2147483647", "2147483648", "79228162514264337593543950335", "0.10", "1e5", "'a'", "'Éluard'", "''", "'\\u0041\\n'", "true", "false", "{}", "@2024", "@2024-02-30", "@2024-02-29", "@2024-05-10T08:30", "@2024-05-10T08:30:00.123+14:00", "@0001-01-01", "@9999-12-31T23:59:59.999-12:00", "@T23:59", "@T08:30:00.1", "4 'mg'", "4.0 'kg.m/s2'", "1 year", "3 months", "7 days", "1.5 'wk'", "2 'Cel'", "9 'nope'", "$this", "$index", "$total", "%resource", "%context", "%ucum", "%nobody", "%`vs-a`", "'(a+)+$'", "'[a-z]{1,40}'", "'a{99}{99}{99}'", "'(?=a)b'", "'['"];

    private static readonly string[] Binary =
        ["+", "-", "*", "/", " div ", " mod ", "&", "|", "<", "<=", ">", ">=", "=", "!=", "~", "!~", " and ", " or ", " xor ", " implies ", " in ", " contains "];

    private static readonly string[] Plain =
        ["exists()", "empty()", "not()", "count()", "first()", "last()", "tail()", "single()", "distinct()", "isDistinct()", "children()", "descendants()", "allTrue()", "anyFalse()", "hasValue()", "getValue()", "resolve()", "toString()", "toInteger()", "toDecimal()", "toBoolean()", "toDate()", "toDateTime()", "toTime()", "toQuantity()", "convertsToQuantity()", "convertsToDate()", "length()", "upper()", "lower()", "trim()", "toChars()", "abs()", "ceiling()", "floor()", "truncate()", "exp()", "ln()", "sqrt()", "round()", "type()", "now()", "today()", "timeOfDay()", "lowBoundary()", "highBoundary()", "precision()", "sort()", "join()", "htmlChecks()"];

    private static readonly string[] OneArgument =
        ["where", "exists", "all", "select", "repeat", "skip", "take", "union", "combine", "intersect", "exclude", "subsetOf", "supersetOf", "startsWith", "endsWith", "contains", "indexOf", "matches", "matchesFull", "substring", "split", "join", "power", "log", "round", "aggregate", "extension", "memberOf", "conformsTo", "trace", "sort", "lowBoundary", "highBoundary", "encode", "decode", "escape", "unescape", "comparable", "toQuantity", "nope"];

    private static readonly string[] TwoArguments = ["iif", "replace", "replaceMatches", "substring", "aggregate", "sort", "trace"];

    private static readonly string[] Types = ["Quantity", "string", "System.String", "FHIR.Patient", "Integer", "dateTime", "Element", "Resource", "Nope", "boolean", "DateTime"];

    private readonly Random random = new(unchecked((int)((number * 2654435761) ^ (seed * 40503))));

    public string Expression()
    {
        var text = new StringBuilder();
        Node(text, random.Next(1, 6));
        return random.Next(4) == 0 ? Damage(text.ToString()) : text.ToString();
    }

    private void Node(StringBuilder text, int depth)
    {
        switch (depth <= 0 ? random.Next(2) : random.Next(10))
        {
            case 0: text.Append(One(Literals)); break;
            case 1: text.Append(One(Names)); break;
            case 2 or 3: Node(text, depth - 1); text.Append(One(Binary)); Node(text, depth - 1); break;
            case 4: text.Append(random.Next(2) == 0 ? "-" : "+"); Node(text, depth - 1); break;
            case 5: text.Append('('); Node(text, depth - 1); text.Append(')'); break;
            case 6: Node(text, depth - 1); text.Append(One([" is ", " as "])).Append(One(Types)); break;
            default: Path(text, depth); break;
        }
    }

    private void Path(StringBuilder text, int depth)
    {
        var steps = random.Next(1, 5);
        text.Append(random.Next(3) == 0 ? One(Literals) : One(Names));
        for (var at = 0; at < steps; at++)
        {
            switch (random.Next(6))
            {
                case 0: text.Append('.').Append(One(Names)); break;
                case 1: text.Append('['); Node(text, depth - 2); text.Append(']'); break;
                case 2: text.Append('.').Append(One(Plain)); break;
                case 3: text.Append('.').Append(One(["is", "as", "ofType"])).Append('(').Append(One(Types)).Append(')'); break;
                case 4: text.Append('.').Append(One(TwoArguments)).Append('('); Node(text, depth - 2); text.Append(','); Node(text, depth - 2); text.Append(')'); break;
                default: text.Append('.').Append(One(OneArgument)).Append('('); Node(text, depth - 1); text.Append(')'); break;
            }
        }
    }

    private string Damage(string text)
    {
        var letters = new StringBuilder(text);
        for (var times = random.Next(1, 4); times > 0 && letters.Length > 0; times--)
        {
            var at = random.Next(letters.Length);
            switch (random.Next(4))
            {
                case 0: letters.Remove(at, Math.Min(random.Next(1, 5), letters.Length - at)); break;
                case 1: letters.Insert(at, One(["(", ")", "[", "]", "'", "`", "\\", ".", "@", "$", "%", "/*", "//", "{", "\u00e9", "\ud83d", "\0", " ", "1", "T", "-"])); break;
                case 2: letters[at] = (char)random.Next(1, 0x250); break;
                default: letters.Insert(at, letters.ToString(at, Math.Min(random.Next(1, 20), letters.Length - at))); break;
            }
        }

        return letters.ToString();
    }

    private string One(string[] choices) => choices[random.Next(choices.Length)];
}
