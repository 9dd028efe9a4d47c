using System.CommandLine;
using NodaTime.Text;
using Settlement.Api.People;
using Settlement.Domain.People;
using Settlement.Domain;

namespace Settlement.Api.Auth;

/// <summary><c>tokens [--revoke HASH]</c>: which tokens are good, named by the first characters of their hashes.</summary>
public static class TokensVerb
{
    private const int Shown = 12;

    public static Command Create()
    {
        var revoke = new Option<string?>("--revoke") { Description = "ends the token whose hash begins so, at least 8 characters" };
        var actor = Acting.ActorOption("who does it, with --revoke");
        var command = new Command("tokens", "Lists the OCPI tokens that are good, or ends one.") { revoke, actor };
        command.SetAction((parsed, stop) => Run(parsed.GetValue(revoke), parsed.GetValue(actor), stop));
        return command;
    }

    private static async Task<int> Run(string? revoke, string? actor, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        if (revoke is { Length: < 8 })
        {
            return Shell.Refuse(new Refusal("token.prefix-short", "Give at least 8 characters of the hash."));
        }

        if (revoke is not null)
        {
            if (await engine.Allow(actor, Right.ManagePartners, stop) is { } notAllowed)
            {
                return Shell.Refuse(notAllowed);
            }

            if (await engine.Tokens.Revoke(revoke, engine.Now, actor ?? Acting.Unnamed, stop) is not { } ended)
            {
                return Shell.Refuse(new Refusal("token.unknown", $"There is not exactly one token whose hash begins with {revoke}."));
            }

            Console.WriteLine($"{ended.Sha256[..Shown]} of {ended.Partner} is ended.");
            return ExitCode.Done;
        }

        foreach (var grant in (await engine.Tokens.Current(stop)).Tokens)
        {
            Console.WriteLine(
                $"{grant.Sha256[..Shown]}  {InstantPattern.General.Format(grant.IssuedAt)}  {grant.Kind,-12}  "
                + $"{(grant.Hub is { } hub ? $"hub {hub} for " : "")}{string.Join(", ", grant.Parties.Order())}");
        }

        return ExitCode.Done;
    }
}
