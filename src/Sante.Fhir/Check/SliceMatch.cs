using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary>Says which slice a value belongs to, by the discriminators (http://hl7.org/fhir/R4/profiling.html#discriminator).</summary>
internal sealed class SliceMatch(CheckRun run, ProfileCheck profiles)
{
    private readonly SliceSteps steps = new(run, profiles);

    internal enum Answer
    {
        Yes,
        No,
        Unsure,
    }

    /// <summary>The slice's place, or -1; <paramref name="unsure"/> when a slice could be neither taken nor ruled out.</summary>
    public int Find(Item item, List<Constraint> slices, Slicing slicing, out bool unsure)
    {
        unsure = false;
        for (var at = 0; at < slices.Count; at++)
        {
            var answer = Matches(item, slices[at], slicing);
            if (answer == Answer.Yes)
            {
                return at;
            }

            unsure |= answer == Answer.Unsure;
        }

        return -1;
    }

    private Answer Matches(Item item, Constraint slice, Slicing slicing)
    {
        var answer = Answer.Yes;
        foreach (var (kind, path) in slicing.Ways)
        {
            var one = kind switch
            {
                DiscriminatorKind.Value => ByValue(item, slice, path, 0),
                DiscriminatorKind.Exists => ByExistence(item, slice, path, 0),
                DiscriminatorKind.Type => ByType(item, slice, path, 0),
                _ => ByProfile(item, slice, path, 0),
            };
            if (one == Answer.No)
            {
                return Answer.No;
            }

            answer = one == Answer.Unsure ? Answer.Unsure : answer;
        }

        return slicing.Discriminators.Count == 0 ? Answer.Unsure : answer;
    }

    private Answer ByValue(Item item, Constraint constraint, string[] path, int at)
    {
        if (constraint.Fixed is not null)
        {
            return Of(item.HasValue && NodeMatch.IsEqual(item.Node, constraint.FixedNode));
        }

        if (constraint.Pattern is not null)
        {
            return Of(item.HasValue && NodeMatch.Contains(item.Node, constraint.PatternNode));
        }

        if (at == path.Length)
        {
            return AtEnd(item, constraint);
        }

        if (path[at] == "url" && item.Use.Name == "Extension" && SliceSteps.ExtensionUrl(constraint) is { } url)
        {
            var found = item.Node["url"u8].Text;
            return Of(found is not null && (found == url || run.Definitions.Profile(found)?.Url == url));
        }

        var child = steps.Child(constraint, path[at], item, out var items);
        var answer = child is null ? Through(item, constraint, path, at) : AnyByValue(items, child, path, at + 1);
        run.Items.Release(items);
        return answer;
    }

    // The value is fixed inside of slices of this very element (code.coding:loinc.code): each mandatory one must be there.
    private Answer Through(Item item, Constraint constraint, string[] path, int at)
    {
        var answer = Answer.Unsure;
        foreach (var slice in constraint.Slices)
        {
            if (slice.Min > 0 && constraint.Slices.Count == 1)
            {
                answer = ByValue(item, slice, path, at);
            }
        }

        return answer;
    }

    private Answer AnyByValue(ItemRange items, Constraint child, string[] path, int at)
    {
        var answer = Answer.No;
        for (var place = 0; place < items.Count && answer != Answer.Yes; place++)
        {
            var one = ByValue(run.Items[items.From + place], child, path, at);
            answer = one == Answer.No ? answer : one;
        }

        return answer;
    }

    /// <summary>At the discriminator's end without a fixed value or pattern: a binding, or whatever the children fix.</summary>
    private Answer AtEnd(Item item, Constraint constraint)
    {
        if (constraint.Binding is { IsRequired: true, Set: { Membership: Membership.Codes } set })
        {
            return Of(BindingCheck.IsMember(item.Node, item.Use.Name, set));
        }

        var answer = Answer.Unsure;
        foreach (var child in constraint.Children)
        {
            steps.Child(constraint, child.Element, item, out var items);
            var one = child.Slices.Count > 0 && child.Slicing is { } slicing ? RequiredSlices(items, child, slicing)
                : items.Count == 0 && child.Min == 0 && child.Fixed is null && child.Pattern is null ? Answer.Unsure
                : AnyByValue(items, child, [], 0);
            run.Items.Release(items);
            if (one == Answer.No)
            {
                return Answer.No;
            }

            answer = one == Answer.Yes ? Answer.Yes : answer;
        }

        return answer;
    }

    private Answer RequiredSlices(ItemRange items, Constraint child, Slicing slicing)
    {
        var answer = Answer.Unsure;
        foreach (var slice in child.Slices)
        {
            if (slice.Min == 0)
            {
                continue;
            }

            var one = Answer.No;
            for (var at = 0; at < items.Count && one != Answer.Yes; at++)
            {
                // The value of the outer element is told apart by all that its required slices fix, not by their discriminator alone.
                var item = run.Items[items.From + at];
                var matches = Matches(item, slice, slicing);
                one = matches == Answer.No || ByValue(item, slice, [], 0) == Answer.No ? one : matches;
            }

            if (one == Answer.No)
            {
                return Answer.No;
            }

            answer = one;
        }

        return answer;
    }

    /// <summary>A slice that demands the element takes those that have it; one that forbids it, those that do not.</summary>
    private Answer ByExistence(Item item, Constraint constraint, string[] path, int at)
    {
        if (at == path.Length)
        {
            return Answer.Unsure;
        }

        var child = steps.Child(constraint, path[at], item, out var items);
        var answer = Answer.Unsure;
        if (child is not null && at == path.Length - 1)
        {
            answer = child.Min > 0 ? Of(items.Count > 0) : child.Max == 0 ? Of(items.Count == 0) : Answer.Unsure;
        }
        else if (child is not null)
        {
            answer = items.Count == 0 ? Missing(child, path, at + 1) : ByExistence(run.Items[items.From], child, path, at + 1);
        }

        run.Items.Release(items);
        return answer;
    }

    // Nothing on the way: the element is absent, whatever the slice says further down.
    private static Answer Missing(Constraint constraint, string[] path, int at)
    {
        for (Constraint? next = constraint; at < path.Length; at++)
        {
            next = next?.Child(path[at]);
            if (next is null)
            {
                return Answer.Unsure;
            }

            if (at == path.Length - 1)
            {
                return next.Min > 0 ? Answer.No : next.Max == 0 ? Answer.Yes : Answer.Unsure;
            }
        }

        return Answer.Unsure;
    }

    private Answer ByType(Item item, Constraint slice, string[] path, int at)
    {
        if (at == path.Length)
        {
            return slice.Types is null ? Answer.Unsure : Of(slice.Types.Exists(type => type.Code == (item.Node["resourceType"u8].Text ?? item.Use.Name)));
        }

        if (path[at] == "resolve()")
        {
            var target = References.TypeOf(run, item.Node);
            var types = slice.Types?.Find(type => type.Code == "Reference")?.TargetTypes;
            return target is null || types is null ? Answer.Unsure : Of(types.Contains(target));
        }

        return Inside(item, slice, path, at, ByType);
    }

    /// <summary>By the profile that the resource claims; without a claim, in a full check, by whether it conforms.</summary>
    private Answer ByProfile(Item item, Constraint slice, string[] path, int at)
    {
        if (at < path.Length)
        {
            return path[at] == "resolve()" ? steps.Resolved(item, slice) : Inside(item, slice, path, at, ByProfile);
        }

        return slice.Types is null ? Answer.Unsure : steps.Conforms(item.Node, slice.Types.SelectMany(type => type.Profiles), slice.Types);
    }

    private Answer Inside(Item item, Constraint slice, string[] path, int at, Func<Item, Constraint, string[], int, Answer> ask)
    {
        var child = steps.Child(slice, path[at], item, out var items);
        var answer = child is null ? Answer.Unsure : Answer.No;
        for (var place = 0; child is not null && place < items.Count && answer != Answer.Yes; place++)
        {
            var one = ask(run.Items[items.From + place], child, path, at + 1);
            answer = one == Answer.No ? answer : one;
        }

        run.Items.Release(items);
        return answer;
    }

    internal static Answer Of(bool yes) => yes ? Answer.Yes : Answer.No;
}
