using Sante.Fhir.Definitions;

namespace Sante.Fhir.Check;

/// <summary>One value of an element: the node, the <c>_name</c> beside a primitive, and the type that the member's name stands for.</summary>
internal readonly record struct Item(FhirNode Node, FhirNode Companion, TypeUse Use)
{
    /// <summary>Where issues about the value are shown.</summary>
    public FhirNode Place => Node.Exists && Node.Kind != FhirNodeKind.Null ? Node : Companion;

    /// <summary>False for a primitive that has only extensions.</summary>
    public bool HasValue => Node.Exists && Node.Kind != FhirNodeKind.Null;
}

/// <summary>A range of an <see cref="ItemStack"/>.</summary>
internal readonly record struct ItemRange(int From, int Count);

/// <summary>Values of elements while they are looked at: one growing array for a whole check instead of a list per element. Last taken, first given back.</summary>
internal sealed class ItemStack
{
    private Item[] items = new Item[64];
    private int top;

    public Item this[int index] => items[index];

    /// <summary>The values of an element of <paramref name="parent"/>; of a choice, whatever type it has. To be given back by <see cref="Release"/>.</summary>
    public ItemRange Take(FhirNode parent, string element, TypeDef type)
    {
        var from = top;
        if (parent.Kind != FhirNodeKind.Map)
        {
            return new ItemRange(from, 0);
        }

        FhirNode values = default, companions = default;
        TypeUse? use = null;
        var entries = parent.Tree.Entries;
        var properties = type.Properties;
        foreach (var member in parent.Members)
        {
            if (properties.Find(entries[member.Index].NameHash, member.NameUtf8) is { } property && property.Element.Name == element)
            {
                use = property.Use;
                if (property.Companion)
                {
                    companions = member;
                }
                else
                {
                    values = member;
                }
            }
        }

        if (use is not null)
        {
            Fill(values, companions, use);
        }

        return new ItemRange(from, top - from);
    }

    /// <summary>One value as a range of its own.</summary>
    public ItemRange Take(Item item)
    {
        Add(item);
        return new ItemRange(top - 1, 1);
    }

    /// <summary>Gives back a range and all taken after it.</summary>
    public void Release(ItemRange range) => top = range.From;

    private void Fill(FhirNode values, FhirNode companions, TypeUse use)
    {
        if (!values.Exists)
        {
            foreach (var companion in companions.Items)
            {
                Add(new Item(default, companion, use));
            }

            return;
        }

        var beside = companions.Items.GetEnumerator();
        foreach (var value in values.Items)
        {
            var companion = beside.MoveNext() ? beside.Current : default;
            Add(new Item(value, companion.Kind == FhirNodeKind.Null ? default : companion, use));
        }
    }

    private void Add(Item item)
    {
        if (top == items.Length)
        {
            Array.Resize(ref items, top * 2);
        }

        items[top++] = item;
    }
}
