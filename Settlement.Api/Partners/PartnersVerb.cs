using System.CommandLine;
using Settlement.Api.Ocpi;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.People;

namespace Settlement.Api.Partners;

/// <summary>
/// <c>partners list | register | rotate | unregister | set | pull</c>: the platforms that are connected by OCPI.
/// </summary>
public static class PartnersVerb
{
    public static Command Create() => new("partners", "Connects partners' platforms by OCPI and pulls from them.")
    {
        List(), Register(), Rotate(), Unregister(), Set(), Pull(),
    };

    private static Argument<string> PartyArgument() => new("PARTY") { Description = "as in US-CPI; a hub by its own id" };

    private static Option<string> OwnUrlOption() => new("--own-url")
    {
        Description = "where partners reach this platform: scheme and host (SETTLEMENT_PUBLIC_URL)",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("SETTLEMENT_PUBLIC_URL") ?? "http://127.0.0.1:5080",
    };

    private static Command List()
    {
        var command = new Command("list", "The connected platforms and how far their pulls are.");
        command.SetAction((_, stop) => With(async services =>
        {
            var pulls = await services.Pulls.Progress.All(stop);
            foreach (var partner in (await services.Engine.Tokens.Current(stop)).Partners)
            {
                Console.WriteLine(
                    $"{partner.Key}: {(partner.Credentials is { } c ? $"OCPI {c.Version} at {c.Url}, since {partner.ConnectedAt}" : "not connected")}"
                    + Features(partner)
                    + $"{(partner.Settings.PullMinutes is { } m ? $", pulled every {m} min" : "")}"
                    + $"{(partner.Settings.TariffsAreReference ? ", its tariffs are its own-network prices" : "")}"
                    + $"{(partner.Webhook is { } hook ? $", told at {hook.Url}" : "")}");
                foreach (var pull in pulls.Where(pull => pull.Partner == partner.Key))
                {
                    Console.WriteLine(
                        $"  {pull.Module}: {pull.Objects:N0} objects, {pull.Refused:N0} not taken, up to {pull.PulledTo?.ToString() ?? "nothing yet"}"
                        + $"{(pull.LastError is not { } error ? "" : pull.Attempt > 0 ? $"; failing {pull.Attempt} times: {error}" : $"; {error}")}");
                }
            }

            return ExitCode.Done;
        }, stop));
        return command;
    }

    private static string Features(Partner partner) => partner.Credentials is { } known
        && known.Features.Concat(known.Roles.SelectMany(role => role.Features.Select(name => $"{name} of {role.Party}")))
            .Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } names
            ? $", supports {string.Join(", ", names)}"
            : "";

    private static Command Register()
    {
        var party = PartyArgument();
        var url = new Argument<string>("URL") { Description = "the partner's versions endpoint" };
        var token = new Option<string?>("--token") { Description = "token A that the partner gave; else it is read from standard input" };
        var version = new Option<string?>("--ocpi") { Description = "2.1.1, 2.2.1 or 2.3.0; else the newest both speak" };
        version.AcceptOnlyFromAmong([.. Enum.GetValues<OcpiVersion>().Select(OcpiWriting.Name)]);
        var (own, actor) = (OwnUrlOption(), Acting.ActorOption());
        var command = new Command("register", "Shakes hands with a partner's platform.")
        {
            party, url, token, version, own, actor,
        };
        command.SetAction((parsed, stop) => As(parsed.GetValue(actor), async (services, by) =>
        {
            if (Output.Party(parsed.GetValue(party)!, out var refusal) is not { } id)
            {
                return Shell.Refuse(refusal!);
            }

            if ((await services.Engine.Books.Current(stop)).Party(id) is not { } home)
            {
                return Shell.Refuse(new Refusal("party.unknown", $"{id} is not registered."));
            }

            var tokenA = parsed.GetValue(token) ?? (await Console.In.ReadLineAsync(stop))?.Trim() ?? "";
            var wanted = parsed.GetValue(version) is { } name
                ? Enum.GetValues<OcpiVersion>().First(v => v.Name() == name)
                : (OcpiVersion?)null;
            return Said(
                await services.Registration.Register(
                    [home.Id, .. home.Aliases], parsed.GetValue(url)!, tokenA, parsed.GetValue(own)!.TrimEnd('/'), wanted, by, stop),
                $"Connected with {home.Id}.");
        }, stop));
        return command;
    }

    private static Command Rotate()
    {
        var party = PartyArgument();
        var (own, actor) = (OwnUrlOption(), Acting.ActorOption());
        var command = new Command("rotate", "Exchanges new tokens with a connected platform.") { party, own, actor };
        command.SetAction((parsed, stop) => WithPartner(parsed.GetValue(party)!, parsed.GetValue(actor), async (services, partner, by) => Said(
            await services.Registration.Rotate(partner, parsed.GetValue(own)!.TrimEnd('/'), by, stop),
            $"New tokens are exchanged with {partner.Key}."), stop));
        return command;
    }

    private static Command Unregister()
    {
        var (party, actor) = (PartyArgument(), Acting.ActorOption());
        var command = new Command("unregister", "Ends the connection with a platform.") { party, actor };
        command.SetAction((parsed, stop) => WithPartner(parsed.GetValue(party)!, parsed.GetValue(actor), async (services, partner, by) => Said(
            await services.Registration.Unregister(partner, by, stop), $"{partner.Key} is no longer connected."), stop));
        return command;
    }

    private static Command Set()
    {
        var party = PartyArgument();
        var pull = new Option<int?>("--pull-minutes") { Description = "pull this often; 0 = do not pull" };
        var tariffs = new Option<string?>("--tariffs") { Description = "what the tariffs it sends are: own-network | roaming" };
        tariffs.AcceptOnlyFromAmong("own-network", "roaming");
        var tokens = new Option<string?>("--tokens") { Description = "how it wants tokens in the header: raw | base64" };
        tokens.AcceptOnlyFromAmong("raw", "base64");
        var actor = Acting.ActorOption();
        var command = new Command("set", "What is particular about a partner.") { party, pull, tariffs, tokens, actor };
        command.SetAction((parsed, stop) => WithPartner(parsed.GetValue(party)!, parsed.GetValue(actor), async (services, partner, by) =>
        {
            var before = partner.Settings;
            var minutes = parsed.GetValue(pull) ?? before.PullMinutes;
            var settings = before with
            {
                PullMinutes = minutes is > 0 ? minutes : null,
                TariffsAreReference = parsed.GetValue(tariffs) is { } t ? t == "own-network" : before.TariffsAreReference,
                RawTokens = parsed.GetValue(tokens) is { } form ? form == "raw" : before.RawTokens,
            };
            var fact = new AccessFact.PartnerConfigured(partner.Key, partner.Parties, settings, services.Engine.Now);
            return await services.Engine.Tokens.Record(partner, fact, by, stop)
                ? ExitCode.Done
                : Shell.Refuse(new Refusal("partner.changed", "It was changed meanwhile; look again."));
        }, stop, connected: false));
        return command;
    }

    private static Command Pull()
    {
        var (party, actor) = (PartyArgument(), Acting.ActorOption());
        var command = new Command("pull", "Pulls tariffs, locations and CDRs now.") { party, actor };
        command.SetAction((parsed, stop) => WithPartner(parsed.GetValue(party)!, parsed.GetValue(actor), async (services, partner, _) =>
        {
            var pulled = await services.Pulls.Pull(partner, anyway: true, stop);
            foreach (var module in pulled)
            {
                Console.WriteLine($"{module.Module}: {module.Objects:N0} objects, {module.Refused:N0} not taken");
                foreach (var reason in module.Reasons)
                {
                    Console.Error.WriteLine($"{module.Module}, {reason}");
                }

                if (module.Error is { } error)
                {
                    Console.Error.WriteLine(new Refusal("partner.pull-failed", $"{module.Module}: {error}"));
                }
            }

            await services.Engine.AfterCredits(stop);
            await services.Engine.ReviewHeld(stop);
            return pulled.All(module => module is { Error: null, Refused: 0 }) ? ExitCode.Done : ExitCode.Found;
        }, stop));
        return command;
    }

    private static Task<int> WithPartner(
        string key, string? actor, Func<OcpiServices, Partner, string, Task<int>> work, CancellationToken stop,
        bool connected = true) =>
        As(actor, async (services, by) =>
            (await services.Engine.Tokens.Fresh(stop)).Partner(key.ToUpperInvariant()) is { } partner
            && (!connected || partner.Credentials is not null)
                ? await work(services, partner, by)
                : Shell.Refuse(new Refusal("partner.unknown", $"{key} is no {(connected ? "connected " : "")}partner; give out a token or register it first.")), stop);

    private static Task<int> As(string? actor, Func<OcpiServices, string, Task<int>> work, CancellationToken stop) =>
        With(async services => await services.Engine.Allow(actor, Right.ManagePartners, stop) is { } notAllowed
            ? Shell.Refuse(notAllowed)
            : await work(services, actor ?? Acting.Unnamed), stop);

    private static async Task<int> With(Func<OcpiServices, Task<int>> work, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        await using var services = new OcpiServices(engine, OcpiOptions.FromEnvironment());
        return await work(services);
    }

    private static int Said(Refusal? refusal, string done)
    {
        if (refusal is not null)
        {
            return Shell.Refuse(refusal);
        }

        Console.WriteLine(done);
        return ExitCode.Done;
    }
}
