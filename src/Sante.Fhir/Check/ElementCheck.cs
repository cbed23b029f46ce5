using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.Check;

/// <summary>Rules for one value once its shape is known: primitives, bindings, references, extensions, attachments.</summary>
internal sealed class ElementCheck(CheckRun run, JsonTree tree, Stack<(TypeDef Owner, ElementDef Element)>? places)
{
    private readonly BindingCheck bindings = new(run);
    private readonly ExtensionContext? contexts = places is null ? null : new ExtensionContext(run, places);

    public void Primitive(int index, TypeDef type, ElementDef element)
    {
        if (Primitives.Fault(type.Primitive, tree, index) is { } fault)
        {
            run.Error(At(index), fault is "string-too-long" ? "too-long" : fault is "value-kind-wrong" or "null-not-allowed" ? "structure" : "value", fault,
                $"Valeur refusée pour le type « {type.Name} » : {PrimitiveTexts.Of(fault)}");
        }
        else if (element.Binding is { } binding)
        {
            bindings.Check(At(index), type.Name, binding);
        }
    }

    public void Complex(int index, Property property, TypeDef owner)
    {
        if (property.Element.Binding is { } binding)
        {
            bindings.Check(At(index), property.Use.Name, binding);
        }

        switch (property.Use.Name)
        {
            case "Reference":
                References.CheckTarget(run, At(index), property.Use.Targets);
                if (run.IsFullDepth)
                {
                    References.CheckResolves(run, At(index));
                }

                break;
            case "Extension":
                Extension(At(index), owner, property.Element.Name == "modifierExtension");
                break;
            case "Attachment":
                Attachments.Check(run, At(index));
                break;
        }
    }

    /// <summary>Rules for a whole object, after its members: contained resources and what refers to them.</summary>
    public void Whole(int index, TypeDef type)
    {
        // Bundle and Parameters hold whole resources, each checked as such.
        if (type.Kind == TypeKind.Resource && type.Name is not ("Bundle" or "Parameters") && !IsContained(index))
        {
            Contained(index);
        }
    }

    private FhirNode At(int index) => new(tree, index);

    private void Extension(FhirNode extension, TypeDef owner, bool modifier)
    {
        var url = extension["url"u8].Text;
        if (url is null)
        {
            return;
        }

        if (owner.Name != "Extension" && !url.Contains(':', StringComparison.Ordinal))
        {
            run.Error(extension["url"u8], "value", "extension-url-relative", "L’« url » d’une extension est absolue.");
        }

        var hasValue = false;
        foreach (var member in extension.Members)
        {
            hasValue |= member.NameUtf8.StartsWith("value"u8) || member.NameUtf8.StartsWith("_value"u8);
        }

        if (hasValue == extension["extension"u8].Exists)
        {
            run.Error(extension, "invariant", "ext-1", "Une extension porte soit une valeur, soit des extensions.");
        }

        if (run.Definitions.Profile(url) is { Type: "Extension" } profile)
        {
            run.Profiles.Profile(extension, profile);
            contexts?.Check(extension, profile);
        }
        else if (modifier)
        {
            run.Error(extension, "not-supported", "modifier-extension-unknown", "Cette extension change le sens de la ressource et n’est pas connue de la plateforme.");
        }
        else if (run.IsFullDepth && owner.Name != "Extension")
        {
            run.Note(FhirSeverity.Information, extension, "not-supported", "extension-unknown", url, "Cette extension n’est pas connue de la plateforme : son contenu n’est pas vérifié.");
        }
    }

    private void Contained(int index)
    {
        var contained = At(index)["contained"u8];
        HashSet<string>? ids = null;
        foreach (var inner in contained.Items)
        {
            if (inner["id"u8].Text is { } id && !(ids ??= new HashSet<string>(StringComparer.Ordinal)).Add(id))
            {
                run.Error(inner["id"u8], "duplicate", "contained-id-twice", "Deux ressources contenues ont le même « id ».");
            }
        }

        var used = Used(index, ids);
        foreach (var inner in run.IsFullDepth ? default : contained.Items)
        {
            // In a full check dom-3 itself is evaluated.
            if (inner["id"u8].Text is { } id && used?.Contains(id) != true)
            {
                run.Warn(inner, "invariant", "contained-unused", "Aucun élément ne se réfère à cette ressource contenue (dom-3).");
            }
        }
    }

    /// <summary>The contained ids that references name; each must be there.</summary>
    private HashSet<string>? Used(int index, HashSet<string>? ids)
    {
        HashSet<string>? used = null;
        for (var at = index + 1; at < tree.Entries[index].End; at++)
        {
            ref readonly var entry = ref tree.Entries[at];
            if (entry.Kind == FhirNodeKind.Text && entry.Length > 1 && tree.Value(at)[0] == '#' && tree.Name(at).SequenceEqual("reference"u8))
            {
                var id = Encoding.UTF8.GetString(tree.Value(at)[1..]);
                (used ??= new HashSet<string>(StringComparer.Ordinal)).Add(id);
                if (ids?.Contains(id) != true)
                {
                    run.Error(At(at), "not-found", "contained-missing", "La référence interne ne désigne aucune ressource contenue.");
                }
            }
        }

        return used;
    }

    // Items of a list have no name: an inner resource without name is an item of "contained".
    private bool IsContained(int index) => index != 0 && tree.Name(index).IsEmpty;
}
