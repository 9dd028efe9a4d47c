using System.CommandLine;
using Settlement.Api.People;
using Settlement.Domain.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Auth;

/// <summary>
/// <c>token PARTY</c>: gives out an OCPI token for a partner, shown this once: one that may be used as it is, or with
/// <c>--register</c> a token A for the handshake.
/// </summary>
public static class TokenVerb
{
    public static Command Create()
    {
        var party = new Argument<string>("PARTY") { Description = "the party it speaks for, as in US-CPI" };
        var register = new Option<bool>("--register") { Description = "a token A: good for the registration handshake alone" };
        var hub = new Option<string?>("--hub") { Description = "the token is this hub's, which may submit for PARTY" };
        var also = new Option<string[]>("--also") { Description = "with --hub: further parties it may submit for" };
        var actor = Acting.ActorOption();
        var command = new Command("token", "Gives out an OCPI token for a partner; it is shown this once.")
        {
            party, register, hub, also, actor,
        };
        command.SetAction((parsed, stop) => Run(
            [parsed.GetValue(party)!, .. parsed.GetValue(also) ?? []], parsed.GetValue(hub), parsed.GetValue(register),
            parsed.GetValue(actor), stop));
        return command;
    }

    private static async Task<int> Run(
        IReadOnlyList<string> names, string? hub, bool register, string? actor, CancellationToken stop)
    {
        if (names.Count > 1 && hub is null)
        {
            return Shell.Refuse(new Refusal("usage.wrong", "--also is for hubs; a party's own aliases come by themselves."));
        }

        Refusal? refusal = null;
        var platform = hub is null ? null : Output.Party(hub, out refusal);
        if (refusal is not null)
        {
            return Shell.Refuse(refusal);
        }

        await using var engine = await Engine.Open(stop);
        if (await engine.Allow(actor, Right.ManagePartners, stop) is { } notAllowed)
        {
            return Shell.Refuse(notAllowed);
        }

        var parties = new List<PartyId>();
        foreach (var name in names)
        {
            if (Output.Party(name, out refusal) is not { } party)
            {
                return Shell.Refuse(refusal!);
            }

            if ((await engine.Books.Current(stop)).Party(party) is not { } home)
            {
                return Shell.Refuse(new Refusal("party.unknown", $"{party} is not registered."));
            }

            parties.AddRange([home.Id, .. home.Aliases]);
        }

        var by = actor ?? Acting.Unnamed;
        Console.WriteLine(register
            ? await engine.Tokens.IssueRegistration(parties, engine.Now, by, stop, platform)
            : await engine.Tokens.Issue(parties, engine.Now, by, stop, platform));
        return ExitCode.Done;
    }
}
