using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary>Where an extension may stand (http://hl7.org/fhir/R4/defining-extensions.html#context): types, element paths, or inside another extension.</summary>
internal sealed class ExtensionContext(CheckRun run, Stack<(TypeDef Owner, ElementDef Element)> places)
{
    public void Check(FhirNode extension, ProfileDef profile)
    {
        if (profile.Contexts.Count == 0)
        {
            return;
        }

        foreach (var context in profile.Contexts)
        {
            if (Admits(context))
            {
                return;
            }
        }

        // A warning: the resources that HL7 publishes break it 2,566 times.
        run.Warn(extension, "business-rule", "extension-context", $"L’extension {profile.Url} n’est pas admise à cet endroit.");
    }

    private bool Admits(string context)
    {
        var colon = context.IndexOf(':', StringComparison.Ordinal);
        var (kind, expression) = (context[..colon], context[(colon + 1)..]);
        // A FHIRPath context says where by a condition that we do not evaluate; of extensions of extensions the element is Extension.
        return kind == "fhirpath" || (kind == "extension" ? places.TryPeek(out var top) && top.Owner.Name == "Extension" : IsHolder(expression));
    }

    /// <summary>True when what holds the extension is of that type, or is the element of that path.</summary>
    private bool IsHolder(string expression)
    {
        var plain = expression.EndsWith("[x]", StringComparison.Ordinal) ? expression[..^3] : expression;
        // The innermost place is the member "extension" itself; its owner is the holder's type, the next one out the holder's element.
        TypeDef? type = null;
        string? path = null;
        foreach (var (owner, element) in places)
        {
            if (type is null)
            {
                type = owner;
                if (IsType(owner, plain))
                {
                    return true;
                }

                continue;
            }

            path = path is null ? element.Name : $"{element.Name}.{path}";
            // Of a primitive the inner type is Element: its own name is that of the element's type.
            if (IsPath(owner, path, plain) || element.Types.Exists(use => use.Type.Kind == TypeKind.Primitive && path == element.Name && IsType(use.Type, plain)))
            {
                return true;
            }
        }

        return false;
    }

    // Contexts may name an element of an abstract type (BackboneElement.id) or of the resource itself.
    private bool IsPath(TypeDef owner, string path, string expression)
    {
        for (TypeDef? type = owner; type is not null; type = run.Definitions.Types.GetValueOrDefault(type.Parent))
        {
            if (expression.Length == type.Name.Length + 1 + path.Length && expression.StartsWith(type.Name, StringComparison.Ordinal)
                && expression[type.Name.Length] == '.' && expression.EndsWith(path, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsType(TypeDef type, string name)
    {
        for (TypeDef? one = type; one is not null; one = run.Definitions.Types.GetValueOrDefault(one.Parent))
        {
            if (one.Name == name)
            {
                return true;
            }
        }

        // "Element" means any element of any resource, and the resource itself too (R4 writes it so for its own definitions' extensions).
        return name is "Element" or "*";
    }
}
