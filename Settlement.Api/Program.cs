using Settlement.Api;
using Settlement.Api.Demo;

// The command line, in the order --help lists it. Only the verb that is called gets made.
return await Shell.Run(args, [
    new("seed", SeedVerb.Create),
]);
