using System.Globalization;
using System.Text;
using System.Text.Json;
using Sante.Fhir.Definitions;

namespace Sante.Definitions;

/// <summary>Our own file of constraints for the guide "Mesures de santé" (<c>Input/mesures.json</c>) to the same profiles that snapshots give.</summary>
internal sealed class MesuresCompiler(string file)
{
    private const string Ucum = "http://unitsofmeasure.org";
    private const string Loinc = "http://loinc.org";
    private const string LoincFrench = "https://mos.esante.gouv.fr/NOS/TRE_A04-Loinc/FHIR/TRE-A04-Loinc";
    private const string CodesUrl = "urn:sante:mesures:codes:";
    private readonly JsonElement root = JsonDocument.Parse(File.ReadAllBytes(file)).RootElement;

    public IEnumerable<ProfileDef> Profiles()
    {
        var url = root.Text("base");
        foreach (var observation in root.Items("observations"))
        {
            yield return new ProfileDef
            {
                Url = url + observation.Text("id"), Version = Version, Type = "Observation", Rules = [.. Strings(observation, "rules"), "mesures-subject"], Root = Observation(observation),
            };
        }

        foreach (var extension in root.Items("extensions"))
        {
            yield return new ProfileDef { Url = url + extension.Text("id"), Version = Version, Type = "Extension", Root = Extension(extension) };
        }

        foreach (var other in root.Items("others"))
        {
            var type = other.Text("type")!;
            yield return new ProfileDef { Url = other.Text("url")!, Version = Version, Type = type, Rules = [.. Strings(other, "rules")], Root = new Constraint { Element = type } };
        }
    }

    /// <summary>The sets of codes that an Observation profile admits.</summary>
    public IEnumerable<ValueSetDef> ValueSets() => root.Items("observations").Where(one => one.Items("codes").Any()).Select(one => new ValueSetDef
    {
        Url = CodesUrl + one.Text("id"),
        Lists = [new CodeList { Systems = [Loinc, LoincFrench], Codes = [.. Strings(one, "codes")] }],
    });

    private string Version => $"sante-{root.Text("writtenOn")}";

    private Constraint Observation(JsonElement profile)
    {
        var observation = new Constraint { Element = "Observation" };
        observation.Children.Add(Category());
        observation.Children.Add(new Constraint
        {
            Element = "code",
            Binding = new Binding { ValueSet = profile.Text("codeSet") is { } set ? ValueSet(set) : CodesUrl + profile.Text("id") },
        });
        observation.Children.Add(new Constraint { Element = "subject", Min = 1 });
        observation.Children.Add(new Constraint { Element = "effective", Min = 1, Types = [new TypeConstraint { Code = "dateTime" }] });
        AddValue(observation, [.. Strings(profile, "units")]);
        observation.Children.Add(Coded("dataAbsentReason", null));
        observation.Children.Add(Coded("method", profile.Text("method")));
        observation.Children.Add(Coded("bodySite", profile.Text("bodySite")));
        observation.Children.Add(new Constraint { Element = "referenceRange", Children = { new Constraint { Element = "appliesTo", Binding = new Binding { ValueSet = ValueSet("J148-ReferenceRangeAppliesTo-CISIS") } } } });
        observation.Children.Add(new Constraint
        {
            Element = "device",
            Types = [new TypeConstraint { Code = "Reference", Targets = ["http://hl7.org/fhir/uv/phd/StructureDefinition/PhdDevice"] }],
        });
        AddComponents(observation, profile.Items("components").ToList());
        return observation;
    }

    private static Constraint Category() => new()
    {
        Element = "category",
        Min = 1,
        Slicing = new Slicing { Discriminators = [(DiscriminatorKind.Value, "$this")] },
        Slices =
        {
            new Constraint
            {
                Element = "category", Slice = "VSCat", Min = 1,
                Pattern = Json(new { coding = new[] { new { system = "http://terminology.hl7.org/CodeSystem/observation-category", code = "vital-signs" } } }),
            },
        },
    };

    private static void AddValue(Constraint parent, List<string> units)
    {
        if (units.Count == 0)
        {
            return;
        }

        var code = new Constraint { Element = "code", Min = 1, Fixed = units is [var unit] ? Json(unit) : null };
        parent.Children.Add(new Constraint
        {
            Element = "value",
            Types = [new TypeConstraint { Code = "Quantity" }],
            Children = { new Constraint { Element = "value", Min = 1 }, new Constraint { Element = "system", Min = 1, Fixed = Json(Ucum) }, code },
        });
    }

    private Constraint Coded(string element, string? valueSet) => new()
    {
        Element = element,
        Binding = valueSet is null ? null : new Binding { ValueSet = ValueSet(valueSet) },
        Children = { new Constraint { Element = "coding", Children = { new Constraint { Element = "system", Min = 1 }, new Constraint { Element = "code", Min = 1 } } } },
    };

    private static void AddComponents(Constraint observation, List<JsonElement> components)
    {
        if (components.Count == 0)
        {
            return;
        }

        var component = new Constraint { Element = "component", Min = 1, Slicing = new Slicing { Discriminators = [(DiscriminatorKind.Value, "code")] } };
        foreach (var one in components)
        {
            var slice = new Constraint { Element = "component", Slice = one.Text("slice"), Min = one.Member("required")!.Value.GetBoolean() ? 1 : 0, Max = 1 };
            slice.Children.Add(new Constraint { Element = "code", Pattern = Json(new { coding = new[] { new { system = Loinc, code = one.Text("code") } } }) });
            AddValue(slice, [one.Text("unit")!]);
            component.Slices.Add(slice);
        }

        observation.Children.Add(component);
    }

    private Constraint Extension(JsonElement extension)
    {
        var node = new Constraint { Element = "Extension", Children = { new Constraint { Element = "url", Fixed = Json(root.Text("base") + extension.Text("id")) } } };
        if (extension.Text("type") is { } type)
        {
            node.Children.Add(new Constraint
            {
                Element = "value", Min = 1, Types = [new TypeConstraint { Code = type }],
                Binding = extension.Text("valueSet") is { } set ? new Binding { ValueSet = ValueSet(set) } : null,
            });
        }

        return node;
    }

    private string ValueSet(string name) => string.Format(CultureInfo.InvariantCulture, root.Text("valueSets")!, name);

    private static IEnumerable<string> Strings(JsonElement element, string name) => element.Items(name).Select(item => item.GetString()!);

    private static byte[] Json<T>(T value) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value));
}
