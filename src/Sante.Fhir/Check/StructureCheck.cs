using System.Text;
using Sante.Fhir.Definitions;
using Sante.Fhir.FhirPath;
using Sante.Fhir.Json;

namespace Sante.Fhir.Check;

/// <summary>The base definition: known elements, JSON shape, cardinality, primitives, choices, required bindings, references, extensions, contained resources.</summary>
internal sealed class StructureCheck
{
    private readonly CheckRun run;
    private readonly JsonTree tree;
    private readonly JsonEntry[] entries;
    private readonly ElementCheck elements;
    private readonly TypeDef element;
    // In a full check, the elements on the way down: what an extension's context is compared with.
    private readonly Stack<(TypeDef Owner, ElementDef Element)>? places;
    private int containedDepth;

    public StructureCheck(CheckRun run, JsonTree tree)
    {
        (this.run, this.tree, entries, element) = (run, tree, tree.Entries, run.Definitions.Types["Element"]);
        places = run.IsFullDepth ? new() : null;
        elements = new ElementCheck(run, tree, places);
    }

    /// <summary>Checks the resource at a node; its type is read from <c>resourceType</c>.</summary>
    public void Resource(int index)
    {
        var type = tree.Member(index, "resourceType"u8);
        if (type < 0 || entries[type].Kind != FhirNodeKind.Text)
        {
            run.Error(At(index), "structure", "resource-type-missing", "« resourceType » manque.");
            return;
        }

        if (Schema.ResourceType(tree, index) is not { } definition)
        {
            run.Error(At(index), "not-supported", "resource-type-unknown", "Ce type de ressource n’existe pas en FHIR R4.");
            return;
        }

        var outer = run.Invariants?.Enter(At(index), containedDepth > 0);
        Object(index, definition);
        run.Invariants?.Check(At(index), default, definition, definition.Invariants);
        run.Invariants?.Leave(outer!.Value);
    }

    private FhirNode At(int index) => new(tree, index);

    private void Object(int index, TypeDef type)
    {
        if (entries[index].Kind != FhirNodeKind.Map)
        {
            run.Error(At(index), "structure", "value-kind-wrong", "Un objet JSON est attendu ici.");
            return;
        }

        // For each element: 1 + index of the member that holds it, and how many values it has.
        Span<int> holders = stackalloc int[type.Elements.Count];
        Span<int> counts = stackalloc int[type.Elements.Count];
        holders.Clear();
        counts.Clear();
        var members = 0;
        for (var child = index + 1; child < entries[index].End && !run.IsFull; child = entries[child].End)
        {
            members++;
            Member(index, child, type, holders, counts);
        }

        if (members == 0)
        {
            run.Error(At(index), "structure", "object-empty", "Un objet FHIR n’est jamais vide.");
        }

        for (var ordinal = 0; ordinal < type.Elements.Count; ordinal++)
        {
            if (counts[ordinal] < type.Elements[ordinal].Min)
            {
                run.Error(At(index), "required", "cardinality-min", $"L’élément « {type.Elements[ordinal].Name} » est obligatoire.", type.Elements[ordinal].Name);
            }
        }

        elements.Whole(index, type);
    }

    private void Member(int owner, int child, TypeDef type, Span<int> holders, Span<int> counts)
    {
        if (type.Properties.Find(entries[child].NameHash, tree.Name(child)) is not { } property)
        {
            if (type.Kind != TypeKind.Resource || !tree.Name(child).SequenceEqual("resourceType"u8))
            {
                run.Error(At(child), "structure", "element-unknown", $"Cet élément n’existe pas dans « {type.Name} ».");
            }

            return;
        }

        ref var holder = ref holders[property.Ordinal];
        if (holder > 0 && property.Element.Choice && !SameChoice(holder - 1, child))
        {
            run.Error(At(child), "structure", "choice-twice", $"« {property.Element.Name}[x] » n’a qu’un seul type à la fois.");
        }

        var count = Values(owner, child, property, type);
        counts[property.Ordinal] = Math.Max(counts[property.Ordinal], count);
        holder = child + 1;
    }

    private bool SameChoice(int one, int other)
    {
        var left = tree.Name(one).TrimStart((byte)'_');
        return left.SequenceEqual(tree.Name(other).TrimStart((byte)'_'));
    }

    /// <summary>Checks the value or values of a member; returns how many there are.</summary>
    private int Values(int parent, int child, Property property, TypeDef owner)
    {
        var many = property.Element.Max != 1;
        if (entries[child].Kind == FhirNodeKind.List != many)
        {
            run.Error(At(child), "structure", many ? "array-expected" : "array-unexpected",
                many ? "Cet élément est répétable : un tableau JSON est attendu." : "Cet élément n’est pas répétable : pas de tableau JSON.");
            return 1;
        }

        if (!many)
        {
            Value(child, property, owner, false);
            return 1;
        }

        var count = Items(child, property, owner, property.Use.Type.Kind == TypeKind.Primitive ? Partner(parent, child) : -1);
        if (count == 0)
        {
            run.Error(At(child), "structure", "array-empty", "Un tableau FHIR n’est jamais vide.");
        }
        else if (count > property.Element.Max)
        {
            run.Error(At(child), "structure", "cardinality-max", $"Au plus {CheckRun.Count(property.Element.Max)} valeurs ici.");
        }

        return count;
    }

    /// <summary>
    /// Walks an array and, for a primitive, the array of its partner (<c>given</c> and <c>_given</c>) in step: null stands only where the other
    /// has something, and both have the same length.
    /// </summary>
    private int Items(int list, Property property, TypeDef owner, int partner)
    {
        var paired = partner >= 0 && entries[partner].Kind == FhirNodeKind.List;
        var other = partner + 1;
        var count = 0;
        for (var item = list + 1; item < entries[list].End && !run.IsFull; item = entries[item].End)
        {
            count++;
            var hasOther = paired && other < entries[partner].End;
            Value(item, property, owner, hasOther && entries[other].Kind != FhirNodeKind.Null);
            if (paired && !hasOther)
            {
                run.Error(At(list), "structure", "array-lengths-differ", "Les tableaux d’un élément et de son compagnon « _ » ont la même longueur.");
                paired = false;
            }

            other = hasOther ? entries[other].End : other;
        }

        return count;
    }

    /// <summary>The member <c>_x</c> of <c>x</c>, or the reverse; -1 when absent.</summary>
    private int Partner(int parent, int member)
    {
        var name = tree.Name(member);
        if (name[0] == '_')
        {
            return tree.Member(parent, name[1..]);
        }

        // A known element's name: short.
        Span<byte> companion = stackalloc byte[name.Length + 1];
        companion[0] = (byte)'_';
        name.CopyTo(companion[1..]);
        return tree.Member(parent, companion);
    }

    private void Value(int index, Property property, TypeDef owner, bool admittedNull)
    {
        if (entries[index].Kind == FhirNodeKind.Null)
        {
            if (!admittedNull)
            {
                run.Error(At(index), "structure", "null-not-allowed", "« null » n’est admis que dans un tableau dont le compagnon « _ » a une valeur au même rang.");
            }

            return;
        }

        places?.Push((owner, property.Element));
        if (property.Companion)
        {
            Object(index, element);
        }
        else if (property.Use.Type is var type && type.Kind == TypeKind.Primitive)
        {
            elements.Primitive(index, type, property.Element);
        }
        else if (type is { Kind: TypeKind.Resource, Abstract: true })
        {
            Inner(index, property.Element.Name == "contained");
        }
        else
        {
            Object(index, type);
            elements.Complex(index, property, owner);
        }

        if (run.Invariants is { } invariants && !property.Companion)
        {
            Invariants(invariants, index, property);
        }

        places?.Pop();
    }

    private void Invariants(InvariantCheck invariants, int index, Property property)
    {
        if (property.Use.Type.Kind != TypeKind.Resource)
        {
            invariants.Check(At(index), default, property.Use.Type, property.Use.Type.Invariants);
        }

        if (property.Element.Invariants.Count > 0)
        {
            invariants.Check(At(index), default, property.Use.Type, property.Element.Invariants);
        }
    }

    private void Inner(int index, bool contained)
    {
        if (entries[index].Kind != FhirNodeKind.Map)
        {
            run.Error(At(index), "structure", "value-kind-wrong", "Une ressource est attendue ici.");
            return;
        }

        if (!contained)
        {
            var outer = containedDepth;
            containedDepth = 0;
            Resource(index);
            containedDepth = outer;
            return;
        }

        if (containedDepth > 0)
        {
            run.Error(At(index), "structure", "contained-in-contained", "Une ressource contenue n’en contient pas d’autre.");
            return;
        }

        if (tree.Member(index, "id"u8) < 0)
        {
            run.Error(At(index), "required", "contained-without-id", "Une ressource contenue porte un « id ».", "id");
        }

        containedDepth++;
        Resource(index);
        containedDepth--;
    }
}
