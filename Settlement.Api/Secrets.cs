using Settlement.Domain;
using Settlement.Projections.Privacy;

namespace Settlement.Api;

/// <summary>Where the program's secrets come from: the environment, else a file that only its owner reads.</summary>
public static class Secrets
{
    /// <summary>The folder of what must not be in the database.</summary>
    public static string Home => Environment.GetEnvironmentVariable("SETTLEMENT_HOME") ?? ".data";

    private const string Variable = "SETTLEMENT_MASTER_KEY";

    private const string NextVariable = "SETTLEMENT_MASTER_KEY_NEW";

    private static string KeyFile =>
        Environment.GetEnvironmentVariable("SETTLEMENT_MASTER_KEY_FILE") ?? Path.Combine(Home, "master.key");

    private static string NextFile => KeyFile + ".new";

    /// <summary>
    /// SETTLEMENT_MASTER_KEY (base64, 32 bytes), else the file SETTLEMENT_MASTER_KEY_FILE, else
    /// <c>master.key</c> in the folder SETTLEMENT_HOME, made at the first start.
    /// </summary>
    public static MasterKey MasterKey() => FromVariable(Variable) ?? Projections.Privacy.MasterKey.FromFile(KeyFile);

    /// <summary>The key of a rotation that a crash kept from being finished; null where there is none.</summary>
    public static MasterKey? UnfinishedMasterKey() => FromVariable(Variable) is null && File.Exists(NextFile)
        ? Projections.Privacy.MasterKey.FromFile(NextFile)
        : null;

    /// <summary>The master key to change to, kept in a file before anything is wrapped by it.</summary>
    public static MasterKey? NextMasterKey(out Refusal? refusal)
    {
        refusal = null;
        if (FromVariable(Variable) is not null)
        {
            var next = FromVariable(NextVariable);
            refusal = next is null
                ? new Refusal("master-key.missing", $"The environment gives the master key: give the next one in {NextVariable}.")
                : null;
            return next;
        }

        if (!File.Exists(NextFile))
        {
            Projections.Privacy.MasterKey.Random().Save(NextFile);
        }

        return Projections.Privacy.MasterKey.FromFile(NextFile);
    }

    /// <summary>From here on the new key is the key. Says what a person has to do.</summary>
    public static string Adopt()
    {
        if (FromVariable(Variable) is not null)
        {
            return $"From now on {Variable} must hold what {NextVariable} held.";
        }

        var old = KeyFile + ".old";
        File.Move(KeyFile, old, overwrite: true);
        File.Move(NextFile, KeyFile);
        return $"Keep a copy of {KeyFile} apart from the database; {old} opens backups made before.";
    }

    private static MasterKey? FromVariable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? Projections.Privacy.MasterKey.Of(Convert.FromBase64String(text))
            : null;
}
