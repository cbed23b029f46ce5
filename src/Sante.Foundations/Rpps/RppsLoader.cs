using System.Diagnostics;
using Npgsql;
using Sante.Foundations.Directories;
using Sante.Foundations.Files;
using Sante.Kernel;

namespace Sante.Foundations.RppsDirectory;

/// <summary>
/// Loads a whole "Personne_activite" file (the national file is published whole, every day): practitioners, activities, structures.
/// Readers see the former directory until the new one is complete, then the new one. A failed or cancelled load changes nothing.
/// Whoever left is struck off for every host in the same transaction (fact <c>struck-off:…</c> of the source <c>rpps</c>), until a later file has them again.
/// </summary>
/// <param name="database">As the migrator role.</param>
public sealed class RppsLoader(NpgsqlDataSource database)
{
    /// <summary>
    /// Loads <paramref name="file"/>. Refusals: <c>directory-load-running</c>, <c>directory-file-layout-unknown</c>, <c>directory-file-empty</c>,
    /// <c>directory-load-shrinks</c> (more than a tenth of the active practitioners would leave, unless <paramref name="mayShrink"/>).
    /// </summary>
    /// <param name="file">Read once, from its present position; not disposed.</param>
    /// <param name="fileName">Remembered with the edition.</param>
    /// <param name="mayShrink">True to accept a file that strikes off more than a tenth.</param>
    /// <param name="progress">Told every few ten thousand rows and at each phase.</param>
    /// <param name="cancel">Ends the load without trace.</param>
    public async Task<Outcome<LoadReport>> LoadAsync(
        Stream file, string fileName, bool mayShrink = false, IProgress<LoadProgress>? progress = null, CancellationToken cancel = default)
    {
        var clock = Stopwatch.StartNew();
        await using var load = await DirectoryLoad.BeginAsync(database, cancel);
        if (load is null)
        {
            return DirectoryRefusals.LoadRunning();
        }

        var opened = await RppsReader.OpenAsync(file, cancel);
        if (!opened.TryGet(out var reader, out var refusal))
        {
            return refusal;
        }

        await load.ExecuteAsync(Resources.Text("Sql.rpps_stage.sql"), cancel);
        var (terms, copied) = await CopyAsync(reader, progress, cancel);
        if (copied == 0)
        {
            return DirectoryRefusals.FileEmpty();
        }

        await load.CopyTextsAsync("directory_next.read_refused", reader.RefusedIds, cancel);
        var readSeconds = clock.Elapsed.TotalSeconds;
        progress?.Report(new LoadProgress("Construction du nouvel annuaire", reader.BytesRead, reader.Rows, reader.Problems.Wrong));
        var edition = new Edition("rpps", fileName, reader.Rows, reader.Problems);
        var published = await load.PublishAsync(
            edition, terms, Resources.Text("Sql.rpps_build.sql"), mayShrink ? null : "practitioner WHERE active", Resources.Text("Sql.rpps_facts.sql"), cancel, "practitioner", "activity", "structure");
        return published.Then<LoadReport>(counts =>
            new LoadReport("rpps", reader.Rows, reader.Problems, readSeconds, clock.Elapsed.TotalSeconds - readSeconds, counts));
    }

    private async Task<(TermSet Terms, long Copied)> CopyAsync(RppsReader reader, IProgress<LoadProgress>? progress, CancellationToken cancel)
    {
        await using var copy = await RppsCopy.OpenAsync(database, cancel);
        do
        {
            while (reader.TryNext(out var row))
            {
                copy.Add(row);
            }

            await copy.FlushIfFullAsync(cancel);
            progress?.Report(new LoadProgress("Lecture", reader.BytesRead, reader.Rows, reader.Problems.Wrong));
        }
        while (await reader.FillAsync(cancel));
        await copy.CompleteAsync(cancel);
        return (copy.Terms, reader.Rows - reader.Problems.Wrong);
    }
}
