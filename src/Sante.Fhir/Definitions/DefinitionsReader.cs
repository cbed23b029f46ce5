using System.IO.Compression;
using System.Text;

namespace Sante.Fhir.Definitions;

/// <summary>Reads what <see cref="DefinitionsWriter"/> wrote. The file is ours and embedded: a wrong one is a bug and throws <see cref="InvalidDataException"/>.</summary>
internal sealed class DefinitionsReader
{
    private readonly BinaryReader from;
    private readonly string[] strings;
    private InvariantDef[] invariants = [];

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

    private DefinitionSet All()
    {
        invariants = [.. List(() => new InvariantDef { Key = Text(), IsError = from.ReadBoolean(), Human = Text(), Expression = Text() })];
        return new()
        {
            ValueSets = List(ValueSet),
            Types = List(Type),
            Profiles = List(Profile),
            SearchParameters = List(SearchParameter),
            Compartments = List(() => new CompartmentDef { Code = Text(), Url = Text(), Members = List(() => (Text(), List(Text))) }),
            KnownPrefixes = List(Text),
            Aliases = List(() => (Text(), Text())),
        };
    }

    private SearchParameterDef SearchParameter() => new()
    {
        Base = Text(),
        Code = Text(),
        Type = Text(),
        Url = Text(),
        Expression = Text(),
        Targets = List(Text),
        Components = List(() => new SearchComponentDef { Definition = Text(), Type = Text(), Code = Text(), Expression = Text() }),
        Comparators = List(Text),
        Modifiers = List(Text),
        Chains = List(Text),
        MultipleOr = from.ReadBoolean(),
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
        Invariants = Invariants(),
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
            Invariants = Invariants(),
        };
    }

    private ProfileDef Profile() => new()
    {
        Url = Text(), Version = Text(), Type = Text(), Base = Text(), Rules = List(Text), Contexts = List(Text), Root = Constraint(),
    };

    private Constraint Constraint()
    {
        var element = Text();
        var slice = Text();
        var says = (Said)from.ReadByte();
        var (min, max) = says.HasFlag(Said.Cardinality) ? (Number(), Number()) : (0, ElementDef.Many);
        var values = says.HasFlag(Said.Values);
        return new Constraint
        {
            Element = element,
            Slice = slice.Length == 0 ? null : slice,
            Min = min,
            Max = max,
            Fixed = values ? Blob() : null,
            Pattern = values ? Blob() : null,
            MinValue = values ? Blob() : null,
            MaxValue = values ? Blob() : null,
            MaxLength = values ? Number() : 0,
            Binding = says.HasFlag(Said.Binding) ? Binding() : null,
            Types = says.HasFlag(Said.Types) ? List(() => new TypeConstraint { Code = Text(), Profiles = List(Text), Targets = List(Text) }) : null,
            Slicing = says.HasFlag(Said.Slicing) ? Slicing() : null,
            Invariants = says.HasFlag(Said.Invariants) ? Invariants() : [],
            Slices = says.HasFlag(Said.Slices) ? List(Constraint) : [],
            Children = says.HasFlag(Said.Children) ? List(Constraint) : [],
        };
    }

    private Slicing Slicing()
    {
        var flags = from.ReadByte();
        return new Slicing
        {
            Closed = (flags & 1) != 0,
            OpenAtEnd = (flags & 2) != 0,
            Ordered = (flags & 4) != 0,
            Discriminators = List(() => ((DiscriminatorKind)from.ReadByte(), Text())),
        };
    }

    private Binding? Binding() => Text() is { Length: > 0 } valueSet ? new Binding { ValueSet = valueSet, Strength = (BindingStrength)from.ReadByte() } : null;

    private List<InvariantDef> Invariants() => List(() => invariants[Number()]);

    private List<T> List<T>(Func<T> read)
    {
        var count = Number();
        if (count == 0)
        {
            return [];
        }

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
