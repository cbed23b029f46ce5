using System.Globalization;
using System.Text;
using Sante.Fhir.FhirPath;
using Sante.Kernel;

namespace Sante.Fhir.Patch;

/// <summary>Where an element stands: the object, the JSON name, and whether it is a list; with it <c>_name</c>, whose items keep step with those of the list.</summary>
internal sealed record ElementPlace(JsonPointer Map, string Name, bool IsList)
{
    private static readonly byte[] Null = "null"u8.ToArray();

    private JsonPointer Value => Map.Add(Name);

    private JsonPointer Companion => Map.Add("_" + Name);

    /// <summary>The place of an element and, in a list, its position there.</summary>
    public static (ElementPlace Place, int Position) Of(in FhirPathValue element)
    {
        var isCompanion = !element.Node.Exists;
        var pointer = JsonPointer.To(isCompanion ? element.Companion : element.Node);
        var isList = JsonPointer.Position(pointer.Last) >= 0 && pointer.Tokens.Length > 1;
        var member = isList ? pointer.Parent : pointer;
        return (new ElementPlace(member.Parent, isCompanion ? member.Last[1..] : member.Last, isList), isList ? JsonPointer.Position(pointer.Last) : 0);
    }

    /// <summary>The list that the items are, whole and in order; null when they are anything else.</summary>
    public static ElementPlace? OfList(PatchDocument document, IReadOnlyList<FhirPathValue> items)
    {
        // The resource itself stands in no list.
        if (items.Any(item => item.Index == 0))
        {
            return null;
        }

        var (place, _) = Of(items[0]);
        if (!place.IsList || items.Count != place.Count(document))
        {
            return null;
        }

        for (var at = 0; at < items.Count; at++)
        {
            if (Of(items[at]) is var (other, position) && (position != at || other.Name != place.Name || !other.Map.IsWithin(place.Map)))
            {
                return null;
            }
        }

        return place;
    }

    /// <summary>Items of the list, those with extensions only included.</summary>
    public int Count(PatchDocument document) => Math.Max(CountOf(document, Value), CountOf(document, Companion));

    /// <summary>Adds a single element that is not there.</summary>
    public Refusal? Set(PatchDocument document, PatchValue value) =>
        (value.Json is null ? null : JsonPatch.Add(document, Value, value.Json)) ?? (value.Companion is null ? null : JsonPatch.Add(document, Companion, value.Companion));

    /// <summary>Where id and extensions of the primitive are, or would be.</summary>
    public JsonPointer CompanionAt(int position) => IsList ? Companion.Add(Text(position)) : Companion;

    /// <summary>Gives a primitive an object for id and extensions.</summary>
    public Refusal? AddCompanion(PatchDocument document, int position, byte[] json) =>
        IsList ? ReplaceItem(document, Companion, position, json) : JsonPatch.Add(document, Companion, json);

    /// <summary>Puts an item at a position of the list, which is made when it is not there.</summary>
    public Refusal? Insert(PatchDocument document, int position, PatchValue value) =>
        Insert(document, Value, position, value.Json) ?? Insert(document, Companion, position, value.Companion);

    /// <summary>Removes the element, or the item at a position; a list left empty goes too, unless it is to be filled again.</summary>
    public Refusal? Remove(PatchDocument document, int position, bool keepsList = false) =>
        Remove(document, Value, position, keepsList) ?? Remove(document, Companion, position, keepsList);

    /// <summary>Replaces the element, its id and extensions included.</summary>
    public Refusal? Replace(PatchDocument document, int position, PatchValue value)
    {
        if (!IsList)
        {
            return ReplaceMember(document, Value, value.Json) ?? ReplaceMember(document, Companion, value.Companion);
        }

        return ReplaceItem(document, Value, position, value.Json) ?? ReplaceItem(document, Companion, position, value.Companion);
    }

    /// <summary>Replaces one form of a choice by another: the member keeps its place.</summary>
    public Refusal? Rename(PatchDocument document, string name, PatchValue value)
    {
        Refusal? fault = null;
        var there = Value.Find(document.Root);
        if (there.Exists && value.Json is not null)
        {
            document.ReplaceMember(there, name, value.Json, out fault);
            fault ??= Remove(document, Companion, 0, false);
        }
        else
        {
            fault = Remove(document, 0);
            fault ??= value.Json is null ? null : JsonPatch.Add(document, Map.Add(name), value.Json);
        }

        return fault ?? (value.Companion is null ? null : JsonPatch.Add(document, Map.Add("_" + name), value.Companion));
    }

    private static Refusal? ReplaceMember(PatchDocument document, JsonPointer member, byte[]? json)
    {
        var there = member.Find(document.Root).Exists;
        return json is not null ? JsonPatch.Add(document, member, json) : there ? JsonPatch.Remove(document, member) : null;
    }

    private static Refusal? ReplaceItem(PatchDocument document, JsonPointer list, int position, byte[]? json)
    {
        if (list.Find(document.Root) is { Kind: FhirNodeKind.List } && CountOf(document, list) > position)
        {
            document.Replace(list.Add(Text(position)).Find(document.Root), json ?? Null, out var fault);
            return fault;
        }

        return json is null ? null : Insert(document, list, position, json);
    }

    private static Refusal? Insert(PatchDocument document, JsonPointer list, int position, byte[]? json)
    {
        var count = CountOf(document, list);
        if (!list.Find(document.Root).Exists)
        {
            // A list of nulls alone would say nothing.
            return json is null ? null
                : JsonPatch.Add(document, list, Encoding.UTF8.GetBytes($"[{string.Concat(Enumerable.Repeat("null,", position))}{Encoding.UTF8.GetString(json)}]"));
        }

        if (json is null && position >= count)
        {
            return null;
        }

        for (; count < position; count++)
        {
            if (JsonPatch.Add(document, list.Add("-"), Null) is { } fault)
            {
                return fault;
            }
        }

        return JsonPatch.Add(document, list.Add(Text(position)), json ?? Null);
    }

    private Refusal? Remove(PatchDocument document, JsonPointer member, int position, bool keepsList)
    {
        var node = member.Find(document.Root);
        if (!node.Exists || (IsList && node.Items.Count <= position))
        {
            return null;
        }

        var saysMore = false;
        var at = 0;
        foreach (var item in node.Items)
        {
            saysMore |= at++ != position && item.Kind != FhirNodeKind.Null;
        }

        return JsonPatch.Remove(document, IsList && (saysMore || (keepsList && node.Items.Count > 1)) ? member.Add(Text(position)) : member);
    }

    private static int CountOf(PatchDocument document, JsonPointer list) => list.Find(document.Root) is { Kind: FhirNodeKind.List } node ? node.Items.Count : 0;

    private static string Text(int position) => position.ToString(CultureInfo.InvariantCulture);
}
