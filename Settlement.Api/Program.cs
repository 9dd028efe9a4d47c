using Settlement.Api;

return await Shell.Run(args, Verbs.All);
