using System.Collections.Frozen;
using Sante.Fhir.Json;

namespace Sante.Fhir.Definitions;

/// <summary>
/// The definitions that the engine works with: R4 base and French profiles, compiled by <c>eng/Definitions</c> into an embedded file
/// (sources and licences: <c>Data/SOURCES.md</c>). Loaded once, on first use; immutable after.
/// </summary>
internal sealed class R4
{
    private const string Resource = "Sante.Fhir.Data.definitions.bin";
    private static readonly Lazy<R4> Loaded = new(Load);

    private readonly FrozenDictionary<string, ProfileDef> profiles;
    private readonly FrozenDictionary<string, string> aliases;

    internal R4(DefinitionSet set)
    {
        Set = set;
        Types = set.Types.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);
        ValueSets = set.ValueSets.ToFrozenDictionary(valueSet => valueSet.Url, StringComparer.Ordinal);
        profiles = set.Profiles.ToFrozenDictionary(profile => profile.Url, StringComparer.Ordinal);
        aliases = set.Aliases.ToFrozenDictionary(alias => alias.Old, alias => alias.Present, StringComparer.Ordinal);
        Compartments = set.Compartments.ToFrozenDictionary(compartment => compartment.Code, StringComparer.Ordinal);
        Link();
        Resources = set.Types.Where(type => type is { Kind: TypeKind.Resource, Abstract: false })
            .ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);
    }

    /// <summary>The embedded definitions.</summary>
    public static R4 Current => Loaded.Value;

    public DefinitionSet Set { get; }
    public FrozenDictionary<string, TypeDef> Types { get; }
    public FrozenDictionary<string, TypeDef> Resources { get; }
    public FrozenDictionary<string, ValueSetDef> ValueSets { get; }
    public IReadOnlyCollection<ProfileDef> Profiles => Set.Profiles;
    /// <summary>Compartments by their owner's type: Patient, Encounter, RelatedPerson, Practitioner, Device.</summary>
    public FrozenDictionary<string, CompartmentDef> Compartments { get; }

    /// <summary>The profile of a canonical, its version and old canonicals accepted; null when unknown.</summary>
    public ProfileDef? Profile(ReadOnlySpan<char> canonical)
    {
        var bar = canonical.IndexOf('|');
        var url = bar < 0 ? canonical : canonical[..bar];
        return profiles.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(url, out var profile) ? profile
            : aliases.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(url, out var present) ? profiles.GetValueOrDefault(present) : null;
    }

    /// <summary>The profile of a canonical as text.</summary>
    public ProfileDef? Profile(string canonical) => Profile(canonical.AsSpan());

    /// <summary>The resource type when the canonical is that of a base definition (allowed in <c>meta.profile</c>), else null.</summary>
    public string? IsBaseType(string canonical)
    {
        const string root = "http://hl7.org/fhir/StructureDefinition/";
        var name = canonical.Split('|')[0];
        return name.StartsWith(root, StringComparison.Ordinal) && Types.ContainsKey(name[root.Length..]) ? name[root.Length..] : null;
    }

    /// <summary>True for a published profile whose definition is not at hand.</summary>
    public bool IsKnownElsewhere(string canonical) => Set.KnownPrefixes.Exists(prefix => canonical.StartsWith(prefix, StringComparison.Ordinal));

    private static R4 Load()
    {
        using var stream = typeof(R4).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidDataException($"Embedded resource {Resource} is missing: run eng/Definitions.");
        return new R4(DefinitionsReader.Read(stream));
    }

    private void Link()
    {
        foreach (var type in Set.Types)
        {
            type.Primitive = type.Kind == TypeKind.Primitive ? Enum.Parse<PrimitiveForm>(type.Name, ignoreCase: true) : PrimitiveForm.None;
            foreach (var element in type.Elements)
            {
                Link(element.Binding);
                element.Types.ForEach(use => use.Type = Types[use.Name]);
            }
        }

        foreach (var profile in Set.Profiles)
        {
            Link(profile.Root);
        }
    }

    /// <summary>Ties a profile's constraints to these definitions.</summary>
    internal void Link(ProfileDef profile) => Link(profile.Root);

    private void Link(Constraint constraint)
    {
        Link(constraint.Binding);
        constraint.FixedNode = Parse(constraint.Fixed);
        constraint.PatternNode = Parse(constraint.Pattern);
        constraint.MinNode = Parse(constraint.MinValue);
        constraint.MaxNode = Parse(constraint.MaxValue);
        constraint.Types?.ForEach(type => type.TargetTypes = TargetTypes(type.Targets));
        constraint.Slices.ForEach(Link);
        constraint.Children.ForEach(Link);
    }

    /// <summary>The types of target profiles; null when there are none, or one is of any type or not at hand.</summary>
    private List<string>? TargetTypes(List<string> canonicals)
    {
        var types = canonicals.ConvertAll(url => IsBaseType(url) ?? Profile(url)?.Type ?? "");
        return types.Count == 0 || types.Contains("") || types.Contains("Resource") ? null : [.. types.Distinct()];
    }

    private void Link(Binding? binding)
    {
        if (binding is not null)
        {
            binding.Set = ValueSets.GetValueOrDefault(binding.ValueSet);
        }
    }

    private static FhirNode Parse(byte[]? json) => json is null ? default
        : new FhirNode(JsonScanner.Read(json, FhirLimits.Default, out _, out _) ?? throw new InvalidDataException("A fixed value is no JSON."), 0);
}
