switch (args)
{
    case ["loaders", ..]:
        return await Sante.Bench.Loaders.RunAsync(args);
    case ["ledger-rounds", ..]:
        return await Sante.Bench.LedgerRounds.RunAsync(args);
    case ["rounds", ..]:
        return await Sante.Bench.RoundsCommand.RunAsync(args);
    case ["fhir", ..]:
        return await Sante.Bench.FhirCommand.RunAsync(args);
    default:
        Console.Error.WriteLine("bench loaders | ledger-rounds | rounds | fhir");
        return 2;
}
