using System.IO.Compression;
using System.Text;

namespace Sante.Fhir.Definitions;

/// <summary>Writes the compiled definitions: a table of strings, then the lists of <see cref="DefinitionSet"/>, Brotli-compressed. Read by <see cref="DefinitionsReader"/>.</summary>
internal sealed class DefinitionsWriter : IDisposable
{
    /// <summary>Raised with every change of the layout.</summary>
    public const int FormatVersion = 4;

    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<string> strings = [];
    private readonly List<InvariantDef> invariants = [];
    private readonly MemoryStream body = new();
    private readonly BinaryWriter to;

    private DefinitionsWriter() => to = new BinaryWriter(body, Encoding.UTF8);

    public static byte[] Write(DefinitionSet set)
    {
        using var writer = new DefinitionsWriter();
        writer.All(set);
        var places = writer.body.ToArray();
        // The reader needs the invariants before their places, and their texts in the table of strings.
        writer.body.SetLength(0);
        writer.List(writer.invariants, writer.Invariant);
        writer.to.Flush();
        using var whole = new MemoryStream();
        using (var brotli = new BrotliStream(whole, CompressionLevel.SmallestSize, leaveOpen: true))
        using (var head = new BinaryWriter(brotli, Encoding.UTF8))
        {
            head.Write(FormatVersion);
            head.Write7BitEncodedInt(writer.strings.Count);
            writer.strings.ForEach(head.Write);
            head.Write(writer.body.ToArray());
            head.Write(places);
        }

        return whole.ToArray();
    }

    public void Dispose()
    {
        to.Dispose();
        body.Dispose();
    }

    private void All(DefinitionSet set)
    {
        List(set.ValueSets, ValueSet);
        List(set.Types, Type);
        List(set.Profiles, Profile);
        List(set.SearchParameters, SearchParameter);
        List(set.Compartments, compartment =>
        {
            Text(compartment.Code);
            Text(compartment.Url);
            List(compartment.Members, member =>
            {
                Text(member.Type);
                List(member.Parameters, Text);
            });
        });
        List(set.KnownPrefixes, Text);
        List(set.Aliases, alias =>
        {
            Text(alias.Old);
            Text(alias.Present);
        });
        to.Flush();
    }

    private void SearchParameter(SearchParameterDef parameter)
    {
        Text(parameter.Base);
        Text(parameter.Code);
        Text(parameter.Type);
        Text(parameter.Url);
        Text(parameter.Expression);
        List(parameter.Targets, Text);
        List(parameter.Components, component =>
        {
            Text(component.Definition);
            Text(component.Type);
            Text(component.Code);
            Text(component.Expression);
        });
        List(parameter.Comparators, Text);
        List(parameter.Modifiers, Text);
        List(parameter.Chains, Text);
        to.Write(parameter.MultipleOr);
    }

    private void Invariant(InvariantDef invariant)
    {
        Text(invariant.Key);
        to.Write(invariant.IsError);
        Text(invariant.Human);
        Text(invariant.Expression);
    }

    private void ValueSet(ValueSetDef set)
    {
        Text(set.Url);
        to.Write((byte)set.Membership);
        List(set.Lists, list =>
        {
            List(list.Systems, Text);
            List(list.Codes, Text);
        });
    }

    private void Type(TypeDef type)
    {
        Text(type.Name);
        to.Write((byte)type.Kind);
        to.Write(type.Abstract);
        Text(type.Parent);
        Invariants(type.Invariants);
        List(type.Elements, element =>
        {
            Text(element.Name);
            to.Write((byte)((element.Choice ? 1 : 0) | (element.Summary ? 2 : 0) | (element.Modifier ? 4 : 0)));
            Number(element.Min);
            Number(element.Max);
            List(element.Types, use =>
            {
                Text(use.Name);
                List(use.Targets, Text);
            });
            Binding(element.Binding);
            Invariants(element.Invariants);
        });
    }

    private void Profile(ProfileDef profile)
    {
        Text(profile.Url);
        Text(profile.Version);
        Text(profile.Type);
        Text(profile.Base);
        List(profile.Rules, Text);
        List(profile.Contexts, Text);
        Constraint(profile.Root);
    }

    private void Constraint(Constraint constraint)
    {
        var says = constraint.Says();
        Text(constraint.Element);
        Text(constraint.Slice ?? "");
        to.Write((byte)says);
        If(Said.Cardinality, () =>
        {
            Number(constraint.Min);
            Number(constraint.Max);
        });
        If(Said.Values, () =>
        {
            Blob(constraint.Fixed);
            Blob(constraint.Pattern);
            Blob(constraint.MinValue);
            Blob(constraint.MaxValue);
            Number(constraint.MaxLength);
        });
        If(Said.Binding, () => Binding(constraint.Binding));
        If(Said.Types, () => List(constraint.Types!, Type));
        If(Said.Slicing, () => Slicing(constraint.Slicing!));
        If(Said.Invariants, () => Invariants(constraint.Invariants));
        If(Said.Slices, () => List(constraint.Slices, Constraint));
        If(Said.Children, () => List(constraint.Children, Constraint));

        void If(Said part, Action write)
        {
            if (says.HasFlag(part))
            {
                write();
            }
        }
    }

    private void Type(TypeConstraint type)
    {
        Text(type.Code);
        List(type.Profiles, Text);
        List(type.Targets, Text);
    }

    private void Slicing(Slicing slicing)
    {
        to.Write((byte)((slicing.Closed ? 1 : 0) | (slicing.OpenAtEnd ? 2 : 0) | (slicing.Ordered ? 4 : 0)));
        List(slicing.Discriminators, discriminator =>
        {
            to.Write((byte)discriminator.Kind);
            Text(discriminator.Path);
        });
    }

    private void Binding(Binding? binding)
    {
        Text(binding?.ValueSet ?? "");
        if (binding is not null)
        {
            to.Write((byte)binding.Strength);
        }
    }

    private void Invariants(List<InvariantDef> places) => List(places, invariant =>
    {
        var known = invariants.FindIndex(one => one.Key == invariant.Key && one.Expression == invariant.Expression && one.IsError == invariant.IsError);
        if (known < 0)
        {
            known = invariants.Count;
            invariants.Add(invariant);
        }

        Number(known);
    });

    private void List<T>(IReadOnlyCollection<T> items, Action<T> write)
    {
        Number(items.Count);
        foreach (var item in items)
        {
            write(item);
        }
    }

    private void Text(string text)
    {
        if (!numbers.TryGetValue(text, out var number))
        {
            numbers.Add(text, number = strings.Count);
            strings.Add(text);
        }

        to.Write7BitEncodedInt(number);
    }

    private void Number(int value) => to.Write7BitEncodedInt(value);

    private void Blob(byte[]? bytes)
    {
        Number(bytes?.Length ?? 0);
        to.Write(bytes ?? []);
    }
}
