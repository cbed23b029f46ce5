namespace Sante.Fhir.Terminology;

/// <summary>Reads CodeSystem and ValueSet resources, ours and foreign ones; what is malformed is passed over, as it was checked before.</summary>
internal static class TerminologyReader
{
    public static CodeSystem CodeSystem(FhirNode root)
    {
        var concepts = new List<Concept>();
        var hierarchy = new List<(Concept Concept, string Property, string Code)>();
        foreach (var concept in root["concept"u8].Items)
        {
            Add(concept, null, concepts, hierarchy);
        }

        var system = new CodeSystem(concepts, !root["caseSensitive"u8].TextEquals("false"u8))
        {
            Url = root["url"u8].Text ?? "",
            Version = root["version"u8].Text,
            Name = root["title"u8].Text ?? root["name"u8].Text,
            IsComplete = root["content"u8].TextEquals("complete"u8),
        };
        foreach (var (concept, property, code) in hierarchy)
        {
            if (system.Find(code) is { } other && other != concept)
            {
                Tie(property == "child" ? concept : other, property == "child" ? other : concept);
            }
        }

        return system;
    }

    public static ValueSet ValueSet(FhirNode root) => new()
    {
        Url = root["url"u8].Text ?? "",
        Version = root["version"u8].Text,
        Name = root["name"u8].Text,
        Title = root["title"u8].Text,
        Includes = [.. root["compose"u8]["include"u8].Items.ToList().Select(Selection)],
        Excludes = [.. root["compose"u8]["exclude"u8].Items.ToList().Select(Selection)],
    };

    private static Selection Selection(FhirNode node)
    {
        Dictionary<string, Concept>? codes = null;
        foreach (var concept in node["concept"u8].Items)
        {
            var read = Read(concept, false, false);
            (codes ??= new Dictionary<string, Concept>(StringComparer.Ordinal)).TryAdd(read.Code, read);
        }

        return new Selection
        {
            System = node["system"u8].Text,
            Aliases = Texts(node["systemAlias"u8]),
            Codes = codes,
            Filters = [.. node["filter"u8].Items.ToList().Select(filter => new SelectionFilter(filter["property"u8].Text ?? "", filter["op"u8].Text ?? "", filter["value"u8].Text ?? ""))],
            ValueSets = [.. Texts(node["valueSet"u8]).Select(canonical => canonical.Split('|')[0])],
        };
    }

    private static void Add(FhirNode node, Concept? parent, List<Concept> concepts, List<(Concept Concept, string Property, string Code)> hierarchy)
    {
        var (isAbstract, isInactive) = (false, false);
        List<(string Property, string Code)> ties = [];
        foreach (var property in node["property"u8].Items)
        {
            var name = property["code"u8].Text;
            isAbstract |= name == "notSelectable" && property["valueBoolean"u8].Kind == FhirNodeKind.True;
            isInactive |= (name == "inactive" && property["valueBoolean"u8].Kind == FhirNodeKind.True) || (name == "status" && property["valueCode"u8].Text is "retired" or "inactive");
            if (name is "child" or "parent" or "subsumedBy" && property["valueCode"u8].Text is { } other)
            {
                ties.Add((name, other));
            }
        }

        var concept = Read(node, isAbstract, isInactive);
        concepts.Add(concept);
        hierarchy.AddRange(ties.Select(tie => (concept, tie.Property, tie.Code)));
        if (parent is not null)
        {
            Tie(parent, concept);
        }

        foreach (var child in node["concept"u8].Items)
        {
            Add(child, concept, concepts, hierarchy);
        }
    }

    private static Concept Read(FhirNode node, bool isAbstract, bool isInactive) => new()
    {
        Code = node["code"u8].Text ?? "",
        Display = node["display"u8].Text,
        IsAbstract = isAbstract,
        IsInactive = isInactive,
        Designations = [.. node["designation"u8].Items.ToList().Where(one => one["language"u8].Exists && one["value"u8].Exists).Select(one => (one["language"u8].Text!, one["value"u8].Text!))],
    };

    private static void Tie(Concept parent, Concept child)
    {
        if (!parent.Children.Contains(child))
        {
            parent.Children.Add(child);
            child.Parents.Add(parent);
        }
    }

    private static List<string> Texts(FhirNode node) => [.. node.Items.ToList().Select(one => one.Text).OfType<string>()];
}
