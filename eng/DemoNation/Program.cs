using System.Globalization;
using System.Runtime.InteropServices;
using Sante.DemoNation;
using Sante.Kernel;

// Fills empty databases with the demo nation and writes sandbox.json: --out <path> [--seed N] [--today yyyy-MM-dd]; databases from the environment.
string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

if (Option("--out") is not { } sandbox
    || Setting("ConnectionStrings__sante") is not { } main || Setting("ConnectionStrings__sante_keys") is not { } keys
    || Setting("ConnectionStrings__sante_migrator") is not { } migrator || Setting("Sante__MasterKeyFile") is not { } masterKey)
{
    Console.Error.WriteLine(
        "Usage : Sante.DemoNation --out <sandbox.json> [--seed 1] [--today aaaa-mm-jj], avec ConnectionStrings__sante, ConnectionStrings__sante_keys, ConnectionStrings__sante_migrator et Sante__MasterKeyFile.");
    return 2;
}

var seed = int.Parse(Option("--seed") ?? "1", CultureInfo.InvariantCulture);
var today = Option("--today") is { } day ? DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture) : CivilDate.At(TimeProvider.System.GetUtcNow());
using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    // The clock is put right before the process ends.
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    var filled = await DemoFill.RunAsync(new FillTarget(main, keys, migrator, masterKey, sandbox, Setting("Sante__IdentityUrl")), seed, today, stop.Token);
    Console.WriteLine(filled.TryGet(out var done, out var refusal) ? done : $"Refusé ({refusal.Code}) : {refusal.Text}");
    return refusal is null ? 0 : 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Interrompu : le prochain lancement complétera la nation.");
    return 130;
}
