using Sante.Foundations.Files;

namespace Sante.Foundations.FinessDirectory;

/// <summary>Fields of a <c>structureet</c> row, in file order (file etalab-cs1100502, 32 fields).</summary>
public enum FinessField
{
    Kind, Finess, Entity, Name, LongName, NameMore, Addressee, StreetNumber, StreetType, Street, StreetMore, Place, Commune, Department, DepartmentLabel,
    LastLine, Phone, Fax, Category, CategoryLabel, CategoryGroup, CategoryGroupLabel, Siret, Ape, Pricing, PricingLabel, Status, StatusLabel,
    OpenedOn, AuthorisedOn, UpdatedOn, SchoolNumber,
}

/// <summary>One good <c>structureet</c> row: spans valid until the reader goes on.</summary>
public readonly ref struct FinessRow
{
    private readonly ReadOnlySpan<byte> line;
    private readonly FieldCuts cuts;

    internal FinessRow(ReadOnlySpan<byte> line, FieldCuts cuts)
    {
        this.line = line;
        this.cuts = cuts;
    }

    /// <summary>The field's bytes in UTF-8.</summary>
    public ReadOnlySpan<byte> this[FinessField field] => cuts.Field(line, (int)field);
}

/// <summary>Where a structure stands, in WGS84 degrees.</summary>
public readonly ref struct FinessPlace
{
    /// <summary>FINESS number.</summary>
    public ReadOnlySpan<byte> Finess { get; init; }
    /// <summary>Degrees north.</summary>
    public double Latitude { get; init; }
    /// <summary>Degrees east.</summary>
    public double Longitude { get; init; }
}
