return args switch
{
    ["loaders", ..] => await Sante.Bench.Loaders.RunAsync(args),
    _ => 2,
};
