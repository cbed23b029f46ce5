using System.IO.Compression;
using System.Text;

namespace Sante.Fhir.Definitions;

/// <summary>Writes the compiled definitions: a table of strings, then the lists of <see cref="DefinitionSet"/>, Brotli-compressed. Read by <see cref="DefinitionsReader"/>.</summary>
internal sealed class DefinitionsWriter : IDisposable
{
    /// <summary>Raised with every change of the layout.</summary>
    public const int FormatVersion = 2;

    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<string> strings = [];
    private readonly MemoryStream body = new();
    private readonly BinaryWriter to;

    private DefinitionsWriter() => to = new BinaryWriter(body, Encoding.UTF8);

    public static byte[] Write(DefinitionSet set)
    {
        using var writer = new DefinitionsWriter();
        writer.All(set);
        using var whole = new MemoryStream();
        using (var brotli = new BrotliStream(whole, CompressionLevel.SmallestSize, leaveOpen: true))
        using (var head = new BinaryWriter(brotli, Encoding.UTF8))
        {
            head.Write(FormatVersion);
            head.Write7BitEncodedInt(writer.strings.Count);
            writer.strings.ForEach(head.Write);
            head.Write(writer.body.ToArray());
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
        List(set.SearchParameters, parameter =>
        {
            Text(parameter.Base);
            Text(parameter.Code);
            Text(parameter.Type);
            Text(parameter.Expression);
            List(parameter.Targets, Text);
        });
        List(set.KnownPrefixes, Text);
        List(set.Aliases, alias =>
        {
            Text(alias.Old);
            Text(alias.Present);
        });
        to.Flush();
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
        Number(type.Invariants);
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
            Text(element.Binding?.ValueSet ?? "");
        });
    }

    private void Profile(ProfileDef profile)
    {
        Text(profile.Url);
        Text(profile.Version);
        Text(profile.Type);
        List(profile.Invariants, Text);
        List(profile.Rules, Text);
        Constraint(profile.Root);
    }

    private void Constraint(Constraint constraint)
    {
        Text(constraint.Element);
        Text(constraint.Slice ?? "");
        Number(constraint.Min);
        Number(constraint.Max);
        Blob(constraint.Fixed);
        Blob(constraint.Pattern);
        Text(constraint.Binding?.ValueSet ?? "");
        to.Write(constraint.Types is not null);
        List(constraint.Types ?? [], type =>
        {
            Text(type.Code);
            List(type.Profiles, Text);
            List(type.Targets, Text);
        });
        to.Write(constraint.Slicing is not null);
        to.Write(constraint.Slicing?.Closed ?? false);
        List(constraint.Slicing?.Discriminators ?? [], discriminator =>
        {
            to.Write((byte)discriminator.Kind);
            Text(discriminator.Path);
        });
        List(constraint.Slices, Constraint);
        List(constraint.Children, Constraint);
    }

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
