namespace Settlement.Api;

/// <summary>What the command line tells its caller: scripts rely on these numbers.</summary>
public static class ExitCode
{
    public const int Done = 0;

    /// <summary>Done, and something was found: held, mismatch, failed check.</summary>
    public const int Found = 1;

    /// <summary>Wrong use or unreadable input.</summary>
    public const int WrongUse = 2;

    /// <summary>The database or the network could not be reached.</summary>
    public const int Outage = 3;

    /// <summary>A mistake in the program; sysexits.h calls it EX_SOFTWARE.</summary>
    public const int Bug = 70;

    /// <summary>Stopped by Ctrl-C or SIGTERM, as shells report it.</summary>
    public const int Stopped = 130;
}
