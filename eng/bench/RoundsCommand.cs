using System.Diagnostics;
using System.Globalization;
using Sante.Simulators;
using Sante.Simulators.Story;

namespace Sante.Bench;

/// <summary>
/// <c>bench rounds [--rounds 10000] [--readers 64] [--searcher-every 4] [--run artifacts/run]</c>: <see cref="HttpRounds"/> against a running
/// <c>dotnet run --project AppHost -- --apis 3</c>. Exit code 1 when anything passed that should not have.
/// </summary>
internal static class RoundsCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Option(args, "--run", Path.Combine("artifacts", "run"));
        var endpoints = Endpoints.Read(Path.Combine(folder, "endpoints.json"));
        using var platform = new Platform(endpoints, new Narration(TextWriter.Null));
        using var rounds = new HttpRounds(platform, new Cast(Sandbox.Read(Path.Combine(folder, "sandbox.json"))), endpoints.Postgres,
            int.Parse(Option(args, "--searcher-every", "4"), CultureInfo.InvariantCulture));
        var readers = int.Parse(Option(args, "--readers", "64"), CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        void Tell(HttpRoundsResult met) =>
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{platform.FrontEnds} front-ends, {readers} readers, {watch.Elapsed.TotalSeconds:f0} s: {met.Told}"));
        var result = await rounds.RunAsync(int.Parse(Option(args, "--rounds", "10000"), CultureInfo.InvariantCulture), readers, reportEvery: 500, Tell);
        Tell(result);
        return result.PassedAfterAnswer + result.Unexpected + result.StaleLines + result.WrongNumbers == 0 ? 0 : 1;
    }

    private static string Option(string[] args, string name, string otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;
}
