using Settlement.Tests;
using Settlement.Tests.EventStore;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// The test program is also the program that fault tests start and kill.
if (args is ["child", .. var work])
{
    return await ChildProgram.Run(work);
}

if (args is [var size, .. var more] && TestSizes.Names.Contains(size, StringComparer.Ordinal))
{
    TestSizes.Size = size;
    args = [.. more, .. TestSizes.Filters(size)];
}

if (Laws.Seed != Laws.UsualSeed)
{
    Console.WriteLine($"Laws are tried from seed {Laws.Seed}; SETTLEMENT_SEED={Laws.Seed} tries the same cases again.");
}

return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(args, Settlement.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);
