using Settlement.Projections.Privacy;

namespace Settlement.Api;

/// <summary>Where the program's secrets come from: the environment, else a file that only its owner reads.</summary>
public static class Secrets
{
    /// <summary>The folder of what must not be in the database.</summary>
    public static string Home => Environment.GetEnvironmentVariable("SETTLEMENT_HOME") ?? ".data";

    /// <summary>
    /// SETTLEMENT_MASTER_KEY (base64, 32 bytes), else the file SETTLEMENT_MASTER_KEY_FILE, else
    /// <c>master.key</c> in the folder SETTLEMENT_HOME, made at the first start.
    /// </summary>
    public static MasterKey MasterKey()
    {
        if (Environment.GetEnvironmentVariable("SETTLEMENT_MASTER_KEY") is { Length: > 0 } text)
        {
            return Projections.Privacy.MasterKey.Of(Convert.FromBase64String(text));
        }

        var file = Environment.GetEnvironmentVariable("SETTLEMENT_MASTER_KEY_FILE")
            ?? Path.Combine(Home, "master.key");
        return Projections.Privacy.MasterKey.FromFile(file);
    }
}
