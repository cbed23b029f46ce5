using System.Globalization;
using Sante.Fhir.Definitions;
using Sante.Fhir.FhirPath;
using Sante.Kernel;

namespace Sante.Fhir.Patch;

/// <summary>The operations of FHIRPath Patch as edits of the JSON: an element is a member or item and, of a primitive, its place under <c>_name</c>.</summary>
internal static class PatchEdits
{
    public static Refusal? Add(PatchDocument document, in FhirPathValue target, PatchOperation operation)
    {
        // The id and extensions of a primitive stand under _name.
        var isPrimitive = Conversion.IsPrimitive(target);
        var type = isPrimitive ? Schema.Element : target.Type;
        if (operation.Name is null || type is null || PatchElement.Find(type, operation.Name) is not { } element)
        {
            return operation.Name is null ? PatchFaults.Malformed : PatchFaults.ElementUnknown;
        }

        if (PatchValue.Read(operation.Value, TypeOf(element)) is not { } value || value.NameFor(element) is not { } name)
        {
            return PatchFaults.ValueMissing;
        }

        var map = JsonPointer.Root;
        if (!isPrimitive)
        {
            map = JsonPointer.To(target.Node);
        }
        else if (Companion(document, target, out map) is { } fault)
        {
            return fault;
        }

        var place = new ElementPlace(map, name, element.Max > 1);
        if (element.Max > 1)
        {
            return place.Insert(document, place.Count(document), value);
        }

        // Of a choice no other type may be there either.
        return Present(document, place, element) ? PatchFaults.ElementExists : place.Set(document, value);
    }

    public static Refusal? Insert(PatchDocument document, IReadOnlyList<FhirPathValue> items, PatchOperation operation)
    {
        if (operation.Index is not { } index)
        {
            return PatchFaults.Malformed;
        }

        if (items.Count == 0)
        {
            return PatchFaults.TargetMissing;
        }

        if (ElementPlace.OfList(document, items) is not { } place)
        {
            return PatchFaults.TargetUnfit;
        }

        return index < 0 || index > items.Count ? PatchFaults.IndexOutOfRange
            : PatchValue.Read(operation.Value, items[0].Type) is not { } value ? PatchFaults.ValueMissing
            : place.Insert(document, index, value);
    }

    /// <summary>Removes an element, and what would be left empty around it.</summary>
    public static Refusal? Delete(PatchDocument document, in FhirPathValue target)
    {
        if (target.Index == 0)
        {
            return PatchFaults.TargetUnfit;
        }

        var (place, position) = ElementPlace.Of(target);
        var fault = place.Remove(document, position);
        for (var around = place.Map; fault is null && !around.IsRoot && around.Find(document.Root) is { Kind: FhirNodeKind.Map } map && map.Members.Count == 0;)
        {
            var pointer = around;
            (place, position) = ElementPlace.Of(FhirPathValue.Of(pointer.Find(document.Root), null));
            fault = place.Remove(document, position);
            around = place.Map;
        }

        return fault;
    }

    public static Refusal? Replace(PatchDocument document, in FhirPathValue target, PatchOperation operation)
    {
        if (target.Index == 0)
        {
            return PatchFaults.TargetUnfit;
        }

        if (PatchValue.Read(operation.Value, target.Type) is not { } value)
        {
            return PatchFaults.ValueMissing;
        }

        var (place, position) = ElementPlace.Of(target);
        if (!place.IsList && value.Suffix is not null && ChoiceOf(document, place) is { } choice)
        {
            return value.NameFor(choice) is { } name ? place.Rename(document, name, value) : PatchFaults.ValueMissing;
        }

        return place.Replace(document, position, value);
    }

    public static Refusal? Move(PatchDocument document, IReadOnlyList<FhirPathValue> items, PatchOperation operation)
    {
        if (operation.Source is not { } source || operation.Destination is not { } destination)
        {
            return PatchFaults.Malformed;
        }

        if (items.Count == 0)
        {
            return PatchFaults.TargetMissing;
        }

        if (ElementPlace.OfList(document, items) is not { } place)
        {
            return PatchFaults.TargetUnfit;
        }

        if (source < 0 || source >= items.Count || destination < 0 || destination >= items.Count)
        {
            return PatchFaults.IndexOutOfRange;
        }

        if (source == destination)
        {
            return null;
        }

        var moved = items[source];
        var value = new PatchValue(Bytes(moved.Node), Bytes(moved.Companion), null);
        return place.Remove(document, source, true) ?? place.Insert(document, destination, value);
    }

    /// <summary>The <c>_name</c> of a primitive, made when it is not there.</summary>
    private static Refusal? Companion(PatchDocument document, in FhirPathValue target, out JsonPointer map)
    {
        var (place, position) = ElementPlace.Of(target);
        map = place.CompanionAt(position);
        return target.Companion.Exists ? null : place.AddCompanion(document, position, "{}"u8.ToArray());
    }

    private static byte[]? Bytes(FhirNode node) => node.Exists ? node.RawUtf8.ToArray() : null;

    private static TypeDef? TypeOf(ElementDef element) => element.Types.Count > 0 ? element.Types[0].Type : null;

    private static bool Present(PatchDocument document, ElementPlace place, ElementDef element)
    {
        var names = element.Choice ? element.Types.Select(use => element.Name + char.ToUpper(use.Name[0], CultureInfo.InvariantCulture) + use.Name[1..]) : [element.Name];
        var map = place.Map.Find(document.Root);
        return names.Any(name => JsonPointer.Member(map, name).Exists || JsonPointer.Member(map, "_" + name).Exists);
    }

    /// <summary>The choice element that a member is one form of, by the definitions along its path; null when it is none.</summary>
    private static ElementDef? ChoiceOf(PatchDocument document, ElementPlace place)
    {
        var type = TypeAlong.Of(document.Root, place.Map);
        return type is not null && PatchElement.Find(type, place.Name) is { Choice: true } choice ? choice : null;
    }
}
