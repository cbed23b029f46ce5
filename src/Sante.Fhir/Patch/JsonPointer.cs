using System.Globalization;
using System.Text;
using Sante.Fhir.Json;

namespace Sante.Fhir.Patch;

/// <summary>A JSON Pointer (RFC 6901): names and positions from the root.</summary>
internal sealed class JsonPointer
{
    private const int MaxLength = 4096;

    public static readonly JsonPointer Root = new([]);

    private JsonPointer(string[] tokens) => Tokens = tokens;

    public string[] Tokens { get; }

    public bool IsRoot => Tokens.Length == 0;

    public string Last => Tokens[^1];

    public JsonPointer Parent => new(Tokens[..^1]);

    /// <summary>The pointer of a text; null when it is none.</summary>
    public static JsonPointer? Parse(string? text)
    {
        if (text is null || text.Length > MaxLength || (text.Length > 0 && text[0] != '/'))
        {
            return null;
        }

        var tokens = text.Length == 0 ? [] : text[1..].Split('/');
        for (var at = 0; at < tokens.Length; at++)
        {
            var token = tokens[at];
            for (var tilde = token.IndexOf('~', StringComparison.Ordinal); tilde >= 0; tilde = token.IndexOf('~', tilde + 1))
            {
                if (tilde + 1 == token.Length || token[tilde + 1] is not ('0' or '1'))
                {
                    return null;
                }
            }

            tokens[at] = token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }

        return new JsonPointer(tokens);
    }

    /// <summary>The pointer to a node of a document.</summary>
    public static JsonPointer To(FhirNode node)
    {
        List<string> tokens = [];
        var entries = node.Tree.Entries;
        var at = 0;
        while (at < node.Index)
        {
            var isList = entries[at].Kind == FhirNodeKind.List;
            var position = 0;
            var child = at + 1;
            for (; entries[child].End <= node.Index; child = entries[child].End)
            {
                position++;
            }

            tokens.Add(isList ? position.ToString(CultureInfo.InvariantCulture) : NameOf(node.Tree, child));
            at = child;
        }

        return new JsonPointer([.. tokens]);
    }

    /// <summary>The pointer to a member or item of this one.</summary>
    public JsonPointer Add(string token) => new([.. Tokens, token]);

    /// <summary>True when this one leads to, or to something inside, the place of the other.</summary>
    public bool IsWithin(JsonPointer other) => Tokens.Length >= other.Tokens.Length && Tokens.AsSpan(0, other.Tokens.Length).SequenceEqual(other.Tokens);

    /// <summary>The node that the pointer leads to; absent when there is none.</summary>
    public FhirNode Find(FhirNode root)
    {
        var node = root;
        foreach (var token in Tokens)
        {
            node = node.Kind == FhirNodeKind.List ? ItemOf(node, token) : Member(node, token);
        }

        return node;
    }

    /// <summary>The member of that name, escapes in the document's names resolved.</summary>
    public static FhirNode Member(FhirNode map, string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        foreach (var member in map.Members)
        {
            var escaped = member.Tree.Entries[member.Index].NameEscaped;
            if (escaped ? NameOf(member.Tree, member.Index) == name : member.NameUtf8.SequenceEqual(utf8))
            {
                return member;
            }
        }

        return default;
    }

    /// <summary>A position as RFC 6901 writes it: digits without leading zero; -1 for anything else.</summary>
    public static int Position(string token) =>
        token.Length is > 0 and < 10 && token.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && (token.Length == 1 || token[0] != '0')
            ? int.Parse(token, CultureInfo.InvariantCulture) : -1;

    private static FhirNode ItemOf(FhirNode list, string token)
    {
        var wanted = Position(token);
        var at = 0;
        foreach (var item in list.Items)
        {
            if (at++ == wanted)
            {
                return item;
            }
        }

        return default;
    }

    /// <summary>A member's name, escapes resolved.</summary>
    public static string NameOf(FhirNode member) => NameOf(member.Tree, member.Index);

    private static string NameOf(JsonTree tree, int index) => JsonText.Unescape(tree.Name(index), tree.Entries[index].NameEscaped);
}
