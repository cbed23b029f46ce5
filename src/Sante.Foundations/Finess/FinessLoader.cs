using System.Diagnostics;
using Npgsql;
using Sante.Foundations.Directories;
using Sante.Foundations.Files;
using Sante.Kernel;

namespace Sante.Foundations.FinessDirectory;

/// <summary>
/// Loads a whole FINESS etalab file: structures and where they stand. Readers see the former directory until the new one is complete.
/// A failed or cancelled load changes nothing.
/// </summary>
/// <param name="database">As the migrator role.</param>
public sealed class FinessLoader(NpgsqlDataSource database)
{
    /// <summary>
    /// Loads <paramref name="file"/>. Refusals: <c>directory-load-running</c>, <c>directory-file-layout-unknown</c>, <c>directory-file-empty</c>,
    /// <c>directory-load-shrinks</c> (more than a tenth of the active structures would close, unless <paramref name="mayShrink"/>).
    /// </summary>
    public async Task<Outcome<LoadReport>> LoadAsync(
        Stream file, string fileName, bool mayShrink = false, IProgress<LoadProgress>? progress = null, CancellationToken cancel = default)
    {
        var clock = Stopwatch.StartNew();
        await using var load = await DirectoryLoad.BeginAsync(database, cancel);
        if (load is null)
        {
            return DirectoryRefusals.LoadRunning();
        }

        var opened = await FinessReader.OpenAsync(file, cancel);
        if (!opened.TryGet(out var reader, out var refusal))
        {
            return refusal;
        }

        await load.ExecuteAsync(Resources.Text("Sql.finess_stage.sql"), cancel);
        var terms = await CopyAsync(reader, progress, cancel);
        if (reader.Structures == 0)
        {
            return DirectoryRefusals.FileEmpty();
        }

        await load.CopyTextsAsync("directory_next.read_refused", reader.RefusedIds, cancel);
        var readSeconds = clock.Elapsed.TotalSeconds;
        progress?.Report(new LoadProgress("Construction du nouvel annuaire", reader.BytesRead, reader.Rows, reader.Problems.Wrong));
        var edition = new Edition("finess", fileName, reader.Rows, reader.Problems);
        var guarded = mayShrink ? null : "structure WHERE source = 'finess' AND active";
        var published = await load.PublishAsync(edition, terms, Resources.Text("Sql.finess_build.sql"), guarded, alongside: null, cancel, "structure");
        return published.Then<LoadReport>(counts =>
            new LoadReport("finess", reader.Rows, reader.Problems, readSeconds, clock.Elapsed.TotalSeconds - readSeconds, counts));
    }

    private async Task<TermSet> CopyAsync(FinessReader reader, IProgress<LoadProgress>? progress, CancellationToken cancel)
    {
        var terms = new TermSet();
        await using var first = await database.OpenConnectionAsync(cancel);
        await using var second = await database.OpenConnectionAsync(cancel);
        await using var structures = await CopyRows.OpenAsync(first, "directory_next.read_finess", cancel);
        await using var places = await CopyRows.OpenAsync(second, "directory_next.read_place", cancel);
        var text = new byte[32];
        do
        {
            for (var kind = reader.TryNext(out var row, out var place); kind != FinessReader.RowKind.None; kind = reader.TryNext(out row, out place))
            {
                if (kind == FinessReader.RowKind.Structure)
                {
                    AddStructure(structures, row, text);
                    terms.Add("R66"u8, row[FinessField.Category], row[FinessField.CategoryLabel]);
                    continue;
                }

                places.Begin(3);
                places.Text("F"u8, place.Finess);
                places.Float8(place.Latitude);
                places.Float8(place.Longitude);
            }

            await structures.FlushIfFullAsync(cancel);
            await places.FlushIfFullAsync(cancel);
            progress?.Report(new LoadProgress("Lecture", reader.BytesRead, reader.Rows, reader.Problems.Wrong));
        }
        while (await reader.FillAsync(cancel));
        await structures.CompleteAsync(cancel);
        await places.CompleteAsync(cancel);
        return terms;
    }

    private static void AddStructure(CopyRows rows, in FinessRow row, byte[] text)
    {
        var name = row[FinessField.LongName].IsEmpty ? row[FinessField.Name] : row[FinessField.LongName];
        var alias = name.SequenceEqual(row[FinessField.Name]) ? row[FinessField.NameMore] : row[FinessField.Name];
        rows.Begin(27);
        rows.Text("F"u8, row[FinessField.Finess]);
        rows.Text(row[FinessField.Finess]);
        rows.Text(row[FinessField.Entity]);
        rows.Text(row[FinessField.Siret]);
        rows.Text(name);
        rows.Text(alias);
        rows.Folded(name);
        rows.Folded(alias);
        rows.Text(row[FinessField.Addressee]);
        rows.Text(row[FinessField.StreetMore]);
        rows.Text(row[FinessField.StreetNumber]);
        rows.Text(row[FinessField.StreetType]);
        rows.Text(row[FinessField.Street]);
        rows.Text(row[FinessField.Place]);
        var city = Addresses.City(row[FinessField.LastLine], default);
        rows.Text(city);
        rows.Folded(city);
        rows.Text(Addresses.Postcode(row[FinessField.LastLine]));
        rows.Text(Addresses.CommuneCode(row[FinessField.Department], row[FinessField.Commune], text));
        rows.Text(row[FinessField.Department]);
        rows.Text(row[FinessField.Phone]);
        rows.Text(row[FinessField.Fax]);
        rows.Text(row[FinessField.Category]);
        rows.Text(row[FinessField.CategoryGroup]);
        rows.Text(row[FinessField.Status]);
        rows.Text(row[FinessField.Ape]);
        rows.Text(row[FinessField.Pricing]);
        rows.Date(FinessReader.DateOf(row[FinessField.OpenedOn]));
    }
}
