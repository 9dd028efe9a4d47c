using System.CommandLine;
using System.Security.Cryptography;
using Settlement.Domain;
using Settlement.Domain.Intake;

namespace Settlement.Api.Intake;

/// <summary><c>--evidence</c> and <c>--evidence-file</c>: what an amount rests on that no tariff proves.</summary>
internal sealed class EvidenceOptions
{
    private readonly Option<string?> reference = new("--evidence")
    {
        Description = "a document the partner can look up, such as a letter or a contract clause: above the re-rated price "
            + "up to the claim, or without any price; somebody else approves it",
    };

    private readonly Option<string?> file = new("--evidence-file") { Description = "a file; its SHA-256 is recorded, not the file" };

    public void AddTo(Command command)
    {
        command.Add(reference);
        command.Add(file);
    }

    public async Task<(bool IsGiven, ReleaseEvidence? Evidence, Refusal? Refusal)> Read(
        ParseResult parsed, CancellationToken stop)
    {
        var (named, path) = (parsed.GetValue(reference), parsed.GetValue(file));
        if (named is null && path is null)
        {
            return (false, null, null);
        }

        string? digest = null;
        if (path is not null)
        {
            if (!File.Exists(path))
            {
                return (true, null, new Refusal("file.missing", $"There is no file {path}."));
            }

            await using var content = File.OpenRead(path);
            digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, stop));
        }

        var (evidence, refusal) = ReleaseEvidence.Of(named, digest);
        return (true, evidence, refusal);
    }
}
