using System.CommandLine;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.People;

namespace Settlement.Api.Privacy;

/// <summary>
/// <c>erase [DRIVER] [--hold REASON | --lift] [--actor USER]</c>: destroys a driver's key in every relationship. DRIVER
/// is a pseudonym, a token uid or a contract id; without it one line of standard input is read, so that the id stands in
/// no list of processes and no history. It is never shown again.
/// </summary>
public static class EraseVerb
{
    public static Command Create()
    {
        var driver = new Argument<string?>("DRIVER")
        {
            Description = "pseudonym, token uid or contract id; none or -: one line of standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var emsp = new Option<string?>("--emsp") { Description = "whose driver, where two parties gave out the same uid" };
        var hold = new Option<string?>("--hold") { Description = "do not erase but keep, for this case or letter" };
        var lift = new Option<bool>("--lift") { Description = "the hold is over" };
        var actor = Acting.ActorOption();
        var command = new Command("erase", "Makes a driver's data unreadable for good; amounts and statements stay as they are.")
        {
            driver, emsp, hold, lift, actor,
        };
        command.SetAction((parsed, stop) => Run(
            parsed.GetValue(driver), parsed.GetValue(emsp), parsed.GetValue(hold), parsed.GetValue(lift),
            parsed.GetValue(actor), stop));
        return command;
    }

    private static async Task<int> Run(
        string? driver, string? emsp, string? hold, bool lift, string? actor, CancellationToken stop)
    {
        Refusal? malformed = null;
        var party = emsp is null ? null : Output.Party(emsp, out malformed);
        if (malformed is not null)
        {
            return Shell.Refuse(malformed);
        }

        var given = driver is null or "-" ? await Console.In.ReadLineAsync(stop) : driver;
        if (string.IsNullOrWhiteSpace(given))
        {
            return Shell.Refuse(new Refusal("driver.missing", "Say which driver: a pseudonym, a token uid or a contract id."));
        }

        await using var engine = await Engine.Open(stop);
        var by = actor ?? Acting.Unnamed;
        if (await engine.Allow(actor, Right.EraseDriver, stop) is { } notAllowed)
        {
            return Shell.Refuse(notAllowed);
        }

        var erasure = new Erasure(engine);
        var places = await erasure.Find(given, party, stop);
        if (places.Count == 0)
        {
            return Shell.Refuse(new Refusal("driver.unknown", "No relationship knows this driver, and no document names it."));
        }

        if (places.Select(place => place.Emsp).OfType<PartyId>().Distinct().Order().ToList() is [_, _, ..] several)
        {
            return Shell.Refuse(new Refusal(
                "driver.ambiguous", $"Drivers of {string.Join(" and ", several)} have this id: say whose with --emsp."));
        }

        return hold is not null || lift
            ? await Hold(erasure, places, lift ? null : hold, by, stop)
            : await Erase(erasure, places, by, stop);
    }

    private static async Task<int> Erase(
        Erasure erasure, IReadOnlyList<SealedUnder> places, string actor, CancellationToken stop)
    {
        var kept = false;
        foreach (var place in places)
        {
            var refusal = await erasure.Erase(place, actor, stop);
            Console.WriteLine(refusal is null
                ? $"{place.Tenant}: {place.Driver} is erased."
                : $"{place.Tenant}: not erased. {refusal}");
            kept |= refusal is not null;
        }

        return kept ? ExitCode.Found : ExitCode.Done;
    }

    private static async Task<int> Hold(
        Erasure erasure, IReadOnlyList<SealedUnder> places, string? reason, string actor, CancellationToken stop)
    {
        foreach (var place in places)
        {
            await erasure.Hold(place, reason, actor, stop);
            Console.WriteLine($"{place.Tenant}: {place.Driver} {(reason is null ? "may be erased again." : "is kept until the hold is lifted.")}");
        }

        return ExitCode.Done;
    }
}
