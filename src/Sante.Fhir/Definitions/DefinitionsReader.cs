using System.IO.Compression;
using System.Text;

namespace Sante.Fhir.Definitions;

/// <summary>Reads what <see cref="DefinitionsWriter"/> wrote. The file is ours and embedded: a wrong one is a bug and throws <see cref="InvalidDataException"/>.</summary>
internal sealed class DefinitionsReader
{
    private readonly BinaryReader from;
    private readonly string[] strings;

    private DefinitionsReader(BinaryReader from)
    {
        this.from = from;
        if (from.ReadInt32() != DefinitionsWriter.FormatVersion)
        {
            throw new InvalidDataException("Compiled FHIR definitions of another format: run eng/Definitions.");
        }

        strings = new string[from.Read7BitEncodedInt()];
        for (var at = 0; at < strings.Length; at++)
        {
            strings[at] = from.ReadString();
        }
    }

    public static DefinitionSet Read(Stream compressed)
    {
        using var raw = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionMode.Decompress))
        {
            brotli.CopyTo(raw);
        }

        raw.Position = 0;
        using var reader = new BinaryReader(raw, Encoding.UTF8);
        return new DefinitionsReader(reader).All();
    }

    private DefinitionSet All() => new()
    {
        ValueSets = List(ValueSet),
        Types = List(Type),
        Profiles = List(Profile),
        SearchParameters = List(() => new SearchParameterDef
        {
            Base = Text(), Code = Text(), Type = Text(), Expression = Text(), Targets = List(Text),
        }),
        KnownPrefixes = List(Text),
        Aliases = List(() => (Text(), Text())),
    };

    private ValueSetDef ValueSet() => new()
    {
        Url = Text(),
        Membership = (Membership)from.ReadByte(),
        Lists = List(() => new CodeList { Systems = List(Text), Codes = List(Text) }),
    };

    private TypeDef Type() => new()
    {
        Name = Text(),
        Kind = (TypeKind)from.ReadByte(),
        Abstract = from.ReadBoolean(),
        Parent = Text(),
        Invariants = Number(),
        Elements = List(Element),
    };

    private ElementDef Element()
    {
        var name = Text();
        var flags = from.ReadByte();
        return new ElementDef
        {
            Name = name,
            Choice = (flags & 1) != 0,
            Summary = (flags & 2) != 0,
            Modifier = (flags & 4) != 0,
            Min = Number(),
            Max = Number(),
            Types = List(() => new TypeUse { Name = Text(), Targets = List(Text) }),
            Binding = Binding(),
        };
    }

    private ProfileDef Profile() => new()
    {
        Url = Text(), Version = Text(), Type = Text(), Invariants = List(Text), Rules = List(Text), Root = Constraint(),
    };

    private Constraint Constraint()
    {
        var element = Text();
        var slice = Text();
        var (min, max) = (Number(), Number());
        var (fixedValue, pattern) = (Blob(), Blob());
        var binding = Binding();
        var typed = from.ReadBoolean();
        var types = List(() => new TypeConstraint { Code = Text(), Profiles = List(Text), Targets = List(Text) });
        var (sliced, closed) = (from.ReadBoolean(), from.ReadBoolean());
        var discriminators = List(() => ((DiscriminatorKind)from.ReadByte(), Text()));
        return new Constraint
        {
            Element = element,
            Slice = slice.Length == 0 ? null : slice,
            Min = min,
            Max = max,
            Fixed = fixedValue,
            Pattern = pattern,
            Binding = binding,
            Types = typed ? types : null,
            Slicing = sliced ? new Slicing { Discriminators = discriminators, Closed = closed } : null,
            Slices = List(Constraint),
            Children = List(Constraint),
        };
    }

    private Binding? Binding() => Text() is { Length: > 0 } valueSet ? new Binding { ValueSet = valueSet } : null;

    private List<T> List<T>(Func<T> read)
    {
        var count = Number();
        var list = new List<T>(count);
        for (var at = 0; at < count; at++)
        {
            list.Add(read());
        }

        return list;
    }

    private string Text() => strings[from.Read7BitEncodedInt()];

    private int Number() => from.Read7BitEncodedInt();

    private byte[]? Blob() => Number() is var length and > 0 ? from.ReadBytes(length) : null;
}
