using System.Globalization;
using Sante.DirectoryFiles;

// Writes synthetic directory files: <folder> [--rows 1800000] [--sites 51500] [--seed 1] [--wrong 0] [--latin1]
if (args.Length == 0 || args[0].StartsWith('-'))
{
    Console.Error.WriteLine("Usage: DirectoryFiles <folder> [--rows 1800000] [--sites 51500] [--seed 1] [--wrong 0] [--latin1]");
    return 2;
}

int Option(string name, int otherwise)
{
    var at = Array.IndexOf(args, name);
    return at < 0 ? otherwise : int.Parse(args[at + 1], CultureInfo.InvariantCulture);
}

var on = new DateOnly(2026, 11, 21);
var directory = new SyntheticDirectory(Option("--seed", 1), Option("--sites", 51_500));
Directory.CreateDirectory(args[0]);
var finess = Path.Combine(args[0], $"etalab-cs1100502-stock-{on:yyyyMMdd}-0000.csv");
var rpps = Path.Combine(args[0], $"PS_LibreAcces_Personne_activite_{on:yyyyMMdd}0000.txt");
await using (var file = File.Create(finess))
{
    var lines = await FinessFile.WriteAsync(file, directory, on, args.Contains("--latin1"), Option("--wrong", 0));
    Console.WriteLine($"{finess}: {lines} lines");
}

await using (var file = File.Create(rpps))
{
    var people = await RppsFile.WriteAsync(file, directory, Option("--rows", 1_800_000), Option("--wrong", 0));
    Console.WriteLine($"{rpps}: {people} professionals");
}

return 0;
