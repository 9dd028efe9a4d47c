using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Api.Rating;
using Settlement.Api.Tax;

// The command line, in the order --help lists it. Only the verb that is called gets made.
return await Shell.Run(args, [
    new("rate", RateVerb.Create),
    new("tax", TaxVerb.Create),
    new("seed", SeedVerb.Create),
]);
