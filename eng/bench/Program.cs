switch (args)
{
    case ["loaders", ..]:
        return await Sante.Bench.Loaders.RunAsync(args);
    case ["ledger-rounds", ..]:
        return await Sante.Bench.LedgerRounds.RunAsync(args);
    case ["rounds", ..]:
        return await Sante.Bench.RoundsCommand.RunAsync(args);
    case ["fhir", ..]:
        return await Sante.Bench.Fhir.FhirCommand.RunAsync(args);
    case ["nation", ..]:
        return await Sante.Bench.Nation.NationCommand.RunAsync(args);
    case ["citizen-fhir", ..]:
        return await Sante.Bench.Citizen.CitizenFhirCommand.RunAsync(args);
    case ["validate", ..]:
        return Sante.Bench.ValidateBench.Run(args);
    case ["search", ..]:
        return await Sante.Bench.SearchBench.RunAsync(args);
    case ["fuzz", ..]:
        return Sante.Bench.Fuzz.FuzzCommand.Run(args);
    default:
        Console.Error.WriteLine("bench loaders | ledger-rounds | rounds | nation | citizen-fhir | validate | search | fuzz | fhir");
        return 2;
}
