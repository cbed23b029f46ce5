using System.Globalization;
using Npgsql;
using Sante.Foundations.Files;
using Sante.Foundations.FinessDirectory;
using Sante.Foundations.RppsDirectory;
using Sante.Kernel;

namespace Sante.Foundations;

/// <summary>
/// Commands of the API host: <c>load-rpps &lt;file&gt;</c> and <c>load-finess &lt;file&gt;</c>, with <c>--may-shrink</c> (accept a file that strikes off
/// more than a tenth) and <c>--report &lt;csv&gt;</c> (wrong rows by line number and reason). Exit: 0 loaded, 1 refused, 2 wrong usage.
/// </summary>
public static class FoundationsCommands
{
    private const int BarWidth = 30;

    /// <summary>True when the host should call <see cref="RunAsync"/> instead of serving.</summary>
    public static bool Knows(IReadOnlyList<string> args) => args is ["load-rpps" or "load-finess", ..];

    /// <summary>Runs the command as the migrator role, telling people on <paramref name="output"/>, in French.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, string migratorConnectionString, TextWriter output, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(output);
        if (!Knows(args) || args.Count < 2 || !File.Exists(args[1]))
        {
            await output.WriteLineAsync("Usage : load-rpps|load-finess <fichier> [--may-shrink] [--report <fichier.csv>]");
            return 2;
        }

        await using var database = NpgsqlDataSource.Create(migratorConnectionString);
        await using var file = new FileStream(args[1], FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan | FileOptions.Asynchronous);
        var name = Path.GetFileName(args[1]);
        var progress = new Bar(output, file.Length);
        var loaded = args[0] == "load-rpps"
            ? await new RppsLoader(database).LoadAsync(file, name, args.Contains("--may-shrink"), progress, cancel)
            : await new FinessLoader(database).LoadAsync(file, name, args.Contains("--may-shrink"), progress, cancel);
        await output.WriteLineAsync();
        return await TellAsync(loaded, ReportFile(args), output);
    }

    private static string? ReportFile(IReadOnlyList<string> args)
    {
        var at = args.ToList().IndexOf("--report");
        return at >= 0 && at + 1 < args.Count ? args[at + 1] : null;
    }

    private static async Task<int> TellAsync(Outcome<LoadReport> loaded, string? reportFile, TextWriter output)
    {
        if (!loaded.TryGet(out var report, out var refusal))
        {
            await output.WriteLineAsync($"Refusé ({refusal.Code}) : {refusal.Text}");
            return 1;
        }

        await output.WriteLineAsync(string.Create(CultureInfo.GetCultureInfo("fr-FR"),
            $"{report.Rows:N0} lignes en {report.ReadSeconds + report.PublishSeconds:N1} s ({report.RowsPerSecond:N0} lignes/s), {report.Problems.Wrong:N0} refusées, {report.Problems.Warnings:N0} avertissements."));
        foreach (var (reason, count) in report.Problems.ByReason)
        {
            await output.WriteLineAsync($"  {reason} : {count}");
        }

        if (reportFile is not null)
        {
            await using var csv = File.CreateText(reportFile);
            await report.Problems.WriteCsvAsync(csv);
        }

        return 0;
    }

    /// <summary>One line that is written over itself.</summary>
    private sealed class Bar(TextWriter output, long fileBytes) : IProgress<LoadProgress>
    {
        private int lastPercent = -1;

        public void Report(LoadProgress value)
        {
            var percent = fileBytes == 0 ? 100 : (int)(value.BytesRead * 100 / fileBytes);
            if (percent == lastPercent && value.Phase == "Lecture")
            {
                return;
            }

            lastPercent = percent;
            var full = percent * BarWidth / 100;
            output.Write(string.Create(CultureInfo.GetCultureInfo("fr-FR"),
                $"\r[{new string('#', full)}{new string('-', BarWidth - full)}] {percent,3} %  {value.Rows:N0} lignes, {value.WrongRows:N0} refusées  {value.Phase}   "));
        }
    }
}
