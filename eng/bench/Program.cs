switch (args)
{
    case ["loaders", ..]:
        return await Sante.Bench.Loaders.RunAsync(args);
    case ["ledger-rounds", ..]:
        return await Sante.Bench.LedgerRounds.RunAsync(args);
    default:
        Console.Error.WriteLine("bench loaders | ledger-rounds");
        return 2;
}
