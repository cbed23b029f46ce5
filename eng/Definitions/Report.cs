using System.Globalization;
using System.Text;
using Sante.Fhir.Definitions;

namespace Sante.Definitions;

/// <summary>The required bindings of a set of definitions: value set URL to the places that are bound to it.</summary>
internal static class Bindings
{
    public static SortedDictionary<string, List<string>> Of(List<TypeDef> types, List<ProfileDef> profiles)
    {
        var found = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var type in types)
        {
            foreach (var element in type.Elements.Where(element => element.Binding is { IsRequired: true }))
            {
                Add(found, element.Binding!, $"{type.Name}.{element.Name}");
            }
        }

        foreach (var profile in profiles)
        {
            Walk(profile.Root, profile.Url.LastPart());
        }

        return found;

        void Walk(Constraint node, string path)
        {
            if (node.Binding is { IsRequired: true })
            {
                Add(found, node.Binding, path);
            }

            foreach (var inner in node.Children.Concat(node.Slices))
            {
                Walk(inner, inner.Slice is null ? $"{path}.{inner.Element}" : $"{path}:{inner.Slice}");
            }
        }
    }

    private static void Add(SortedDictionary<string, List<string>> found, Binding binding, string place)
    {
        if (!found.TryGetValue(binding.ValueSet, out var places))
        {
            found[binding.ValueSet] = places = [];
        }

        places.Add(place);
    }
}

/// <summary>The committed list of what the engine does not check.</summary>
internal static class Report
{
    public static string Write(DefinitionSet set, SortedDictionary<string, List<string>> bound, SortedDictionary<string, string> notChecked, List<string> skipped)
    {
        var text = new StringBuilder("# What the compiled definitions do not check\n\nWritten by `eng/Definitions`; do not edit.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"## Required bindings without codes ({notChecked.Count})\n\nEach use gives the warning `binding-not-checked`.\n\n| value set | why | places |\n|---|---|---|\n");
        foreach (var (url, reason) in notChecked)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {url} | {reason} | {Short(bound.GetValueOrDefault(url) ?? [])} |\n");
        }

        text.Append("\n## Code systems named by OID only, no URL known\n\nIn these French value sets the code alone decides, whatever the system.\n\n");
        foreach (var valueSet in set.ValueSets.Where(one => one.Lists.Any(list => list.Systems.Contains(SvsFolder.AnySystem))))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {valueSet.Url}: {string.Join(", ", valueSet.Lists.Where(list => list.Systems.Contains(SvsFolder.AnySystem)).Select(list => list.Systems[^1]))}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\n## Definitions or elements left out ({skipped.Count})\n\n");
        skipped.ForEach(one => text.Append(CultureInfo.InvariantCulture, $"- {one}\n"));
        return text.ToString();
    }

    private static string Short(List<string> places) =>
        string.Join(", ", places.Take(4)) + (places.Count > 4 ? string.Create(CultureInfo.InvariantCulture, $" and {places.Count - 4} more") : "");
}
