using Sante.Fhir.Definitions;

namespace Sante.Fhir.FhirPath;

/// <summary>A type that an expression names: <c>Quantity</c>, <c>FHIR.Patient</c>, <c>System.String</c>. Without namespace it is the FHIR type for elements, the System type for System values.</summary>
internal sealed class TypeReference
{
    private readonly TypeDef? fhir;
    private readonly FhirPathKind system;

    private TypeReference(TypeDef? fhir, FhirPathKind system) => (this.fhir, this.system) = (fhir, system);

    /// <summary>The type of that name, null when there is none.</summary>
    public static TypeReference? Find(string? space, string name)
    {
        // Search parameters of R4 also write the types of dates and strings with a capital.
        var fhir = space is null or "FHIR" ? R4.Current.Types.GetValueOrDefault(name) : null;
        var system = space is null or "System" ? Schema.SystemType(name) : FhirPathKind.None;
        return fhir is not null || system != FhirPathKind.None || space == "System" ? new TypeReference(fhir, system) : null;
    }

    /// <summary>True when an element's type is, or descends from, the type of that name.</summary>
    public static bool IsNamed(in FhirPathValue value, string name)
    {
        if (value.Type is null)
        {
            return value.TypeName == name;
        }

        return value.Type.Name == name || (R4.Current.Types.TryGetValue(name, out var type) && Schema.Is(value.Type, type));
    }

    /// <summary><c>is</c>: of the type or of one that descends from it.</summary>
    public bool IsOf(in FhirPathValue value) =>
        value.Kind == FhirPathKind.Element ? fhir is not null && Schema.Is(value.Type, fhir) : system != FhirPathKind.None && value.Kind == system;

    /// <summary><c>as</c>, <c>ofType</c>: as <see cref="IsOf"/>, but a primitive must be of exactly the type: a code is no string here, as the test suite of the standard has it.</summary>
    public bool Takes(in FhirPathValue value)
    {
        if (value.Kind != FhirPathKind.Element)
        {
            return system != FhirPathKind.None && value.Kind == system;
        }

        if (fhir is null)
        {
            // as(DateTime) on a dateTime: the capital of R4's search parameters.
            return system != FhirPathKind.None && value.Type is { Kind: TypeKind.Primitive } own && string.Equals(own.Name, system.ToString(), StringComparison.OrdinalIgnoreCase);
        }

        return fhir.Kind == TypeKind.Primitive ? ReferenceEquals(value.Type, fhir) : Schema.Is(value.Type, fhir);
    }
}
