using System.Text.Json.Nodes;

namespace Sante.Bench.Fuzz;

/// <summary>RFC 6902 written down plainly over nodes, to hold the byte-wise one against.</summary>
internal static class PatchModel
{
    public static JsonNode? Apply(JsonNode? document, JsonArray operations, out bool possible)
    {
        possible = true;
        foreach (var operation in operations)
        {
            var path = Tokens((string)operation!["path"]!);
            var from = operation["from"] is { } text ? Tokens((string)text!) : [];
            possible = possible && path is not null && from is not null;
            if (!possible)
            {
                return document;
            }

            var value = operation["value"]?.DeepClone();
            switch ((string)operation["op"]!)
            {
                case "add": possible = Add(ref document, path!, value); break;
                case "remove": possible = path!.Length > 0 && Remove(document, path); break;
                case "replace": possible = Replace(ref document, path!, value); break;
                case "test": possible = Find(document, path!, out var found) && JsonNode.DeepEquals(found, value); break;
                case "copy": possible = Find(document, from!, out var copied) && Add(ref document, path!, copied?.DeepClone()); break;
                default: possible = Move(ref document, from!, path!); break;
            }
        }

        return document;
    }

    private static bool Move(ref JsonNode? document, string[] from, string[] path)
    {
        if (!Find(document, from, out var moved))
        {
            return false;
        }

        if (path.Length >= from.Length && path.AsSpan(0, from.Length).SequenceEqual(from))
        {
            return path.Length == from.Length;
        }

        var value = moved?.DeepClone();
        return from.Length > 0 && Remove(document, from) && Add(ref document, path, value);
    }

    private static bool Replace(ref JsonNode? document, string[] path, JsonNode? value)
    {
        if (!Find(document, path, out _))
        {
            return false;
        }

        if (path.Length == 0)
        {
            document = value;
            return true;
        }

        Find(document, path[..^1], out var parent);
        if (parent is JsonArray list)
        {
            list[int.Parse(path[^1], System.Globalization.CultureInfo.InvariantCulture)] = value;
        }
        else
        {
            parent!.AsObject()[path[^1]] = value;
        }

        return true;
    }

    private static bool Add(ref JsonNode? document, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            document = value;
            return true;
        }

        if (!Find(document, path[..^1], out var parent))
        {
            return false;
        }

        if (parent is JsonObject map)
        {
            map[path[^1]] = value;
            return true;
        }

        var at = parent is not JsonArray list ? -1 : path[^1] == "-" ? list.Count : Position(path[^1]);
        if (parent is not JsonArray array || at < 0 || at > array.Count)
        {
            return false;
        }

        array.Insert(at, value);
        return true;
    }

    private static bool Remove(JsonNode? document, string[] path)
    {
        if (!Find(document, path, out _) || !Find(document, path[..^1], out var parent))
        {
            return false;
        }

        if (parent is JsonArray list)
        {
            list.RemoveAt(Position(path[^1]));
        }
        else
        {
            parent!.AsObject().Remove(path[^1]);
        }

        return true;
    }

    private static bool Find(JsonNode? document, string[] path, out JsonNode? found)
    {
        found = document;
        foreach (var token in path)
        {
            if (found is JsonArray list && Position(token) is var at and >= 0 && at < list.Count)
            {
                found = list[at];
            }
            else if (found is not JsonObject map || !map.TryGetPropertyValue(token, out found))
            {
                return false;
            }
        }

        return true;
    }

    private static int Position(string token) =>
        token.Length is > 0 and < 9 && token.All(char.IsAsciiDigit) && (token == "0" || token[0] != '0') ? int.Parse(token, System.Globalization.CultureInfo.InvariantCulture) : -1;

    private static string[]? Tokens(string pointer) => pointer.Length == 0 ? [] : pointer[0] != '/' ? null
        : [.. pointer[1..].Split('/').Select(token => token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
}
