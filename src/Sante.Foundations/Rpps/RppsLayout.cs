using System.Text;
using Sante.Foundations.Files;
using Sante.Kernel;

namespace Sante.Foundations.RppsDirectory;

/// <summary>The columns of a "Personne_activite" file that the directory reads. The rest of a row is not looked at.</summary>
public enum RppsColumn
{
    IdType, Id, NationalId, ExerciseCivility, Civility, Family, Given,
    Profession, ProfessionLabel, Category, CategoryLabel,
    SkillType, Skill, SkillLabel, Mode, ModeLabel,
    Siret, Siren, FinessSite, FinessEntity, StructureId, Name, Sign,
    Addressee, Point, StreetNumber, StreetRepeat, StreetType, Street, Distribution, Cedex,
    Postcode, Commune, CommuneLabel, Country, Phone, Phone2, Fax, Email, Department, Authority,
    Sector, SectorLabel, PharmacistSection, PharmacistSectionLabel, Function, FunctionLabel, Genre, GenreLabel,
}

/// <summary>
/// Where the columns stand in one file, read from its header line: the national open file (56 columns) and the extract of Pro Santé Connect
/// (49 columns, without labels) are the same to the loader, and a column added tomorrow moves nothing.
/// Source of the names: header of PS_LibreAcces_Personne_activite (Annuaire Santé, Licence Ouverte).
/// </summary>
public sealed class RppsLayout
{
    private static readonly (RppsColumn Column, string Name)[] Names =
    [
        (RppsColumn.IdType, "Type d'identifiant PP"), (RppsColumn.Id, "Identifiant PP"), (RppsColumn.NationalId, "Identification nationale PP"),
        (RppsColumn.ExerciseCivility, "Code civilité d'exercice"), (RppsColumn.Civility, "Code civilité"),
        (RppsColumn.Family, "Nom d'exercice"), (RppsColumn.Given, "Prénom d'exercice"),
        (RppsColumn.Profession, "Code profession"), (RppsColumn.ProfessionLabel, "Libellé profession"),
        (RppsColumn.Category, "Code catégorie professionnelle"), (RppsColumn.CategoryLabel, "Libellé catégorie professionnelle"),
        (RppsColumn.SkillType, "Code type savoir-faire"), (RppsColumn.Skill, "Code savoir-faire"), (RppsColumn.SkillLabel, "Libellé savoir-faire"),
        (RppsColumn.Mode, "Code mode exercice"), (RppsColumn.ModeLabel, "Libellé mode exercice"),
        (RppsColumn.Siret, "Numéro SIRET site"), (RppsColumn.Siren, "Numéro SIREN site"),
        (RppsColumn.FinessSite, "Numéro FINESS site"), (RppsColumn.FinessEntity, "Numéro FINESS établissement juridique"),
        (RppsColumn.StructureId, "Identifiant technique de la structure"), (RppsColumn.Name, "Raison sociale site"), (RppsColumn.Sign, "Enseigne commerciale site"),
        (RppsColumn.Addressee, "Complément destinataire (coord. structure)"), (RppsColumn.Point, "Complément point géographique (coord. structure)"),
        (RppsColumn.StreetNumber, "Numéro Voie (coord. structure)"), (RppsColumn.StreetRepeat, "Indice répétition voie (coord. structure)"),
        (RppsColumn.StreetType, "Code type de voie (coord. structure)"), (RppsColumn.Street, "Libellé Voie (coord. structure)"),
        (RppsColumn.Distribution, "Mention distribution (coord. structure)"), (RppsColumn.Cedex, "Bureau cedex (coord. structure)"),
        (RppsColumn.Postcode, "Code postal (coord. structure)"), (RppsColumn.Commune, "Code commune (coord. structure)"),
        (RppsColumn.CommuneLabel, "Libellé commune (coord. structure)"), (RppsColumn.Country, "Code pays (coord. structure)"),
        (RppsColumn.Phone, "Téléphone (coord. structure)"), (RppsColumn.Phone2, "Téléphone 2 (coord. structure)"),
        (RppsColumn.Fax, "Télécopie (coord. structure)"), (RppsColumn.Email, "Adresse e-mail (coord. structure)"),
        (RppsColumn.Department, "Code département (coord. structure)"), (RppsColumn.Authority, "Autorité d'enregistrement"),
        (RppsColumn.Sector, "Code secteur d'activité"), (RppsColumn.SectorLabel, "Libellé secteur d'activité"),
        (RppsColumn.PharmacistSection, "Code section tableau pharmaciens"), (RppsColumn.PharmacistSectionLabel, "Libellé section tableau pharmaciens"),
        (RppsColumn.Function, "Code fonction"), (RppsColumn.FunctionLabel, "Libellé fonction"),
        (RppsColumn.Genre, "Code genre d'activité"), (RppsColumn.GenreLabel, "Libellé genre d'activité"),
    ];

    private static readonly RppsColumn[] Required = [RppsColumn.IdType, RppsColumn.Id, RppsColumn.NationalId, RppsColumn.Family, RppsColumn.Profession];

    private readonly int[] positions = new int[Names.Length];

    private RppsLayout(int fields) => (Fields, positions) = (fields, Enumerable.Repeat(-1, Names.Length).ToArray());

    /// <summary>Fields that every row must have: separators + 1.</summary>
    public int Fields { get; }

    /// <summary>Position of a column, or -1 when the file does not have it.</summary>
    public int this[RppsColumn column] => positions[(int)column];

    /// <summary>The column's official name.</summary>
    public static string NameOf(RppsColumn column) => Names.First(name => name.Column == column).Name;

    /// <summary>Reads the header line. Refusal <c>directory-file-layout-unknown</c> when a needed column is missing.</summary>
    public static Outcome<RppsLayout> FromHeader(ReadOnlySpan<byte> header)
    {
        var titles = Encoding.UTF8.GetString(header).Split('|');
        var layout = new RppsLayout(titles.Length);
        foreach (var (column, name) in Names)
        {
            layout.positions[(int)column] = Array.FindIndex(titles, title => string.Equals(title.Trim(), name, StringComparison.OrdinalIgnoreCase));
        }

        return Required.All(column => layout[column] >= 0)
            ? layout
            : DirectoryRefusals.LayoutUnknown("Personne_activite (RPPS)");
    }
}

/// <summary>One good row: spans over the file's bytes, valid until the reader goes on.</summary>
public readonly ref struct RppsRow
{
    private readonly ReadOnlySpan<byte> line;
    private readonly FieldCuts cuts;
    private readonly RppsLayout layout;

    internal RppsRow(ReadOnlySpan<byte> line, FieldCuts cuts, RppsLayout layout)
    {
        this.line = line;
        this.cuts = cuts;
        this.layout = layout;
    }

    /// <summary>The column's bytes (UTF-8, checked); empty when the row or the file does not have it.</summary>
    public ReadOnlySpan<byte> this[RppsColumn column] => cuts.Field(line, layout[column]);
}
