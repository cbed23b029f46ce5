switch (args)
{
    case ["loaders", ..]:
        return await Sante.Bench.Loaders.RunAsync(args);
    case ["ledger-rounds", ..]:
        return await Sante.Bench.LedgerRounds.RunAsync(args);
    case ["rounds", ..]:
        return await Sante.Bench.RoundsCommand.RunAsync(args);
    case ["validate", ..]:
        return Sante.Bench.ValidateBench.Run(args);
    case ["fuzz", ..]:
        return Sante.Bench.Fuzz.FuzzCommand.Run(args);
    default:
        Console.Error.WriteLine("bench loaders | ledger-rounds | rounds | validate | fuzz");
        return 2;
}
