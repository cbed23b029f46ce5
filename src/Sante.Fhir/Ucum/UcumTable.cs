namespace Sante.Fhir.Ucum;

/// <summary>The units of <c>units.txt</c> and the prefixes, read once.</summary>
internal static class UcumTable
{
    private const string Resource = "Sante.Fhir.Ucum.units.txt";

    private static readonly (string Code, string Factor)[] Prefixes =
    [
        ("da", "1e1"), ("Ki", "1024"), ("Mi", "1048576"), ("Gi", "1073741824"), ("Ti", "1099511627776"),
        ("Y", "1e24"), ("Z", "1e21"), ("E", "1e18"), ("P", "1e15"), ("T", "1e12"), ("G", "1e9"), ("M", "1e6"), ("k", "1e3"), ("h", "1e2"),
        ("d", "1e-1"), ("c", "1e-2"), ("m", "1e-3"), ("u", "1e-6"), ("n", "1e-9"), ("p", "1e-12"), ("f", "1e-15"), ("a", "1e-18"), ("z", "1e-21"), ("y", "1e-24"),
    ];

    private static readonly Lazy<Dictionary<string, UcumAtom>> Loaded = new(Read);

    /// <summary>The unit of a symbol, its prefix included; null when there is none.</summary>
    public static (UcumAtom Atom, Ratio Prefix)? Find(string symbol)
    {
        var atoms = Loaded.Value;
        if (atoms.TryGetValue(symbol, out var whole))
        {
            return (whole, Ratio.One);
        }

        foreach (var (code, factor) in Prefixes)
        {
            if (symbol.StartsWith(code, StringComparison.Ordinal) && atoms.TryGetValue(symbol[code.Length..], out var atom) && atom.IsMetric)
            {
                return (atom, Ratio.Parse(factor));
            }
        }

        return null;
    }

    private static Dictionary<string, UcumAtom> Read()
    {
        var atoms = new Dictionary<string, UcumAtom>(StringComparer.Ordinal);
        foreach (var symbol in UcumDimension.Symbols)
        {
            atoms.Add(symbol, new UcumAtom(symbol, true, UcumDimension.Base(symbol), Ratio.One, null, null));
        }

        using var stream = typeof(UcumTable).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidDataException($"{Resource} is missing.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var parts = line.Split('|', StringSplitOptions.TrimEntries);
            var codes = parts[0].Split(' ');
            var special = parts[1].IndexOf('=', StringComparison.Ordinal);
            var marks = special < 0 ? parts[1] : parts[1][..special];
            foreach (var code in codes)
            {
                var dimension = marks.Contains('a', StringComparison.Ordinal) ? UcumDimension.Base(codes[0]) : null;
                atoms.Add(code, new UcumAtom(code, marks.Contains('m', StringComparison.Ordinal), dimension, Ratio.Parse(parts[2]), parts[3],
                    special < 0 ? null : UcumSpecial.Of(parts[1][(special + 1)..])));
            }
        }

        return atoms;
    }
}

/// <summary>A unit of the table: so much of another unit, worked out on first use.</summary>
internal sealed class UcumAtom(string code, bool isMetric, UcumDimension? dimension, Ratio factor, string? definition, UcumSpecial? special)
{
    private UcumUnit? unit;

    public bool IsMetric => isMetric;

    public UcumSpecial? Special => special;

    /// <summary>In base units; of a special unit, what its function counts.</summary>
    public UcumUnit Unit => unit ??= Work();

    private UcumUnit Work()
    {
        if (dimension is not null)
        {
            return new UcumUnit(code, factor, dimension, null, Ratio.One);
        }

        var inner = UcumReader.Read(definition!) ?? throw new InvalidDataException($"The unit {code} of our table is not defined well.");
        return new UcumUnit(code, factor * inner.Factor, inner.Dimension, null, Ratio.One);
    }
}
