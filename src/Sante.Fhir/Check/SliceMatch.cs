using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary>Says which slice a value belongs to, by the discriminators (http://hl7.org/fhir/R4/profiling.html#discriminator).</summary>
internal static class SliceMatch
{
    private enum Answer
    {
        Yes,
        No,
        Unsure,
    }

    /// <summary>The slice's place, or -1; <paramref name="unsure"/> when a slice could be neither taken nor ruled out.</summary>
    public static int Find(R4 definitions, Item item, List<Constraint> slices, Slicing slicing, out bool unsure)
    {
        unsure = false;
        for (var at = 0; at < slices.Count; at++)
        {
            var answer = Matches(definitions, item, slices[at], slicing);
            if (answer == Answer.Yes)
            {
                return at;
            }

            unsure |= answer == Answer.Unsure;
        }

        return -1;
    }

    private static Answer Matches(R4 definitions, Item item, Constraint slice, Slicing slicing)
    {
        var answer = Answer.Yes;
        foreach (var (kind, path) in slicing.Discriminators)
        {
            var one = kind switch
            {
                DiscriminatorKind.Value => ByValue(definitions, item, slice, Segments(path)),
                DiscriminatorKind.Exists => ByExistence(definitions, item, slice, Segments(path)),
                DiscriminatorKind.Type => ByType(definitions, item, slice, path),
                _ => ByProfile(definitions, item, slice, path),
            };
            if (one == Answer.No)
            {
                return Answer.No;
            }

            answer = one == Answer.Unsure ? Answer.Unsure : answer;
        }

        return slicing.Discriminators.Count == 0 ? Answer.Unsure : answer;
    }

    /// <summary><c>code.coding.code</c>, <c>$this</c>, <c>extension('url').value</c> as segments.</summary>
    private static List<string> Segments(string path)
    {
        List<string> segments = [];
        var depth = 0;
        var from = 0;
        for (var at = 0; at <= path.Length; at++)
        {
            var letter = at < path.Length ? path[at] : '.';
            depth += letter == '(' ? 1 : letter == ')' ? -1 : 0;
            if (letter == '.' && depth == 0)
            {
                segments.Add(path[from..at]);
                from = at + 1;
            }
        }

        segments.RemoveAll(segment => segment == "$this");
        return segments;
    }

    private static Answer ByValue(R4 definitions, Item item, Constraint constraint, List<string> path, int at = 0)
    {
        if (constraint.Fixed is not null)
        {
            return Of(NodeMatch.IsEqual(item.Node, constraint.FixedNode));
        }

        if (constraint.Pattern is not null)
        {
            return Of(NodeMatch.Contains(item.Node, constraint.PatternNode));
        }

        if (at == path.Count)
        {
            return AtEnd(definitions, item, constraint);
        }

        if (path[at] == "url" && item.Use.Name == "Extension" && ExtensionUrl(constraint) is { } url)
        {
            return Of(item.Node["url"u8].Text is { } found && (found == url || definitions.Profile(found)?.Url == url));
        }

        var child = Child(definitions, constraint, path[at], out var items, item);
        if (child is null)
        {
            return Answer.Unsure;
        }

        return AnyOf(items, one => ByValue(definitions, one, child, path, at + 1));
    }

    /// <summary>At the discriminator's end without a fixed value or pattern: a binding, or whatever the children fix.</summary>
    private static Answer AtEnd(R4 definitions, Item item, Constraint constraint)
    {
        if (constraint.Binding?.Set is { Membership: Membership.Codes } set)
        {
            return Of(BindingCheck.IsMember(item.Node, item.Use.Name, set));
        }

        var answer = Answer.Unsure;
        foreach (var child in constraint.Children)
        {
            var items = Inside(definitions, item) is { } type ? ProfileCheck.ItemsOf(item.Node, child.Element, type) : [];
            var one = child.Slices.Count > 0 && child.Slicing is { } slicing
                ? RequiredSlices(definitions, items, child, slicing)
                : items.Count == 0 && child.Min == 0 && child.Fixed is null && child.Pattern is null ? Answer.Unsure
                : AnyOf(items, inner => ByValue(definitions, inner, child, [], 0));
            if (one == Answer.No)
            {
                return Answer.No;
            }

            answer = one == Answer.Yes ? Answer.Yes : answer;
        }

        return answer;
    }

    private static Answer RequiredSlices(R4 definitions, List<Item> items, Constraint child, Slicing slicing)
    {
        var answer = Answer.Unsure;
        foreach (var slice in child.Slices.Where(slice => slice.Min > 0))
        {
            // The value of the outer element is told apart by all that its required slices fix, not by their discriminator alone.
            var one = AnyOf(items, item => Matches(definitions, item, slice, slicing) is not Answer.No and var answered
                ? ByValue(definitions, item, slice, [], 0) == Answer.No ? Answer.No : answered : Answer.No);
            if (one == Answer.No)
            {
                return Answer.No;
            }

            answer = one;
        }

        return answer;
    }

    private static Answer ByExistence(R4 definitions, Item item, Constraint slice, List<string> path)
    {
        var constraint = slice;
        List<Item> items = [item];
        foreach (var segment in path)
        {
            List<Item> next = [];
            Constraint? child = null;
            foreach (var one in items)
            {
                child = Child(definitions, constraint, segment, out var found, one);
                next.AddRange(found);
            }

            if (child is null)
            {
                return Answer.Unsure;
            }

            (constraint, items) = (child, next);
        }

        return constraint.Min > 0 ? Of(items.Count > 0) : constraint.Max == 0 ? Of(items.Count == 0) : Answer.Unsure;
    }

    private static Answer ByType(R4 definitions, Item item, Constraint slice, string path)
    {
        if (path == "$this")
        {
            return slice.Types is null ? Answer.Unsure : Of(slice.Types.Any(type => type.Code == item.Use.Name));
        }

        var child = Child(definitions, slice, path, out var items, item);
        return child?.Types is null ? Answer.Unsure
            : AnyOf(items, one => Of(child.Types.Any(type => type.Code == (one.Node["resourceType"u8].Text ?? one.Use.Name))));
    }

    /// <summary>By the profile that the resource claims; without a claim only another type can be ruled out.</summary>
    private static Answer ByProfile(R4 definitions, Item item, Constraint slice, string path)
    {
        var child = Child(definitions, slice, path, out var items, item);
        if (child?.Types is null || items is not [var one] || FhirResource.Within(one.Node) is not { } resource)
        {
            return Answer.Unsure;
        }

        var profiles = child.Types.SelectMany(type => type.Profiles).ToHashSet(StringComparer.Ordinal);
        var claimed = resource.Profiles.Select(canonical => definitions.Profile(canonical)?.Url ?? canonical.Split('|')[0]).ToList();
        return claimed.Any(profiles.Contains) ? Answer.Yes
            : !child.Types.Any(type => type.Code == resource.Type || type.Code == "Resource") ? Answer.No
            : claimed.Count > 0 && claimed.All(url => definitions.Profile(url) is not null) ? Answer.No
            : Answer.Unsure;
    }

    /// <summary>The constraint on a child by a path's segment, and the child's values; null when the slice says nothing about it.</summary>
    private static Constraint? Child(R4 definitions, Constraint constraint, string segment, out List<Item> items, Item parent)
    {
        items = [];
        if (segment.StartsWith("extension(", StringComparison.Ordinal))
        {
            return Extension(definitions, constraint, segment[10..].Trim('(', ')', '\'', '"'), out items, parent);
        }

        if (Inside(definitions, parent) is { } type)
        {
            items = ProfileCheck.ItemsOf(parent.Node, segment, type);
        }

        return constraint.Children.Find(child => child.Element == segment)
            ?? constraint.Types?.SelectMany(one => one.Profiles).Select(definitions.Profile).OfType<ProfileDef>()
                .Select(profile => profile.Root.Children.Find(child => child.Element == segment)).FirstOrDefault(child => child is not null);
    }

    private static Constraint? Extension(R4 definitions, Constraint constraint, string url, out List<Item> items, Item parent)
    {
        items = Inside(definitions, parent) is { } type
            ? [.. ProfileCheck.ItemsOf(parent.Node, "extension", type).Where(one => one.Node["url"u8].Text == url)] : [];
        return constraint.Children.Find(child => child.Element == "extension")?.Slices.Find(slice => ExtensionUrl(slice) == url);
    }

    private static string? ExtensionUrl(Constraint slice) =>
        slice.Children.Find(child => child.Element == "url") is { Fixed: not null } url ? url.FixedNode.Text
        : slice.Types is [{ Profiles: [var profile, ..] }, ..] ? profile : null;

    private static TypeDef? Inside(R4 definitions, Item item) =>
        item.Use.Type is { Kind: TypeKind.Resource } && item.Node["resourceType"u8].Text is { } name ? definitions.Resources.GetValueOrDefault(name) : item.Use.Type;

    private static Answer AnyOf(List<Item> items, Func<Item, Answer> ask)
    {
        var answer = Answer.No;
        foreach (var item in items)
        {
            var one = ask(item);
            if (one == Answer.Yes)
            {
                return Answer.Yes;
            }

            answer = one == Answer.Unsure ? Answer.Unsure : answer;
        }

        return answer;
    }

    private static Answer Of(bool yes) => yes ? Answer.Yes : Answer.No;
}
