using System.CommandLine;
using NodaTime;
using Settlement.Api.People;
using Settlement.Domain.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Agreements;

/// <summary><c>tariffs FILE…</c> and <c>locations FILE…</c>; afterwards held CDRs are looked at again.</summary>
public static class ReferenceVerbs
{
    public static Command Tariffs()
    {
        var roaming = new Option<bool>("--roaming")
        {
            Description = "prices for partners only, not the CPO's own-network prices that zero surcharge is proved with",
        };
        return Create(
            "tariffs", "Publishes a CPO's tariffs.", roaming,
            (json, owner, isRoaming, now) => ReferenceFiles.Tariff(json, owner, !isRoaming, now));
    }

    public static Command Locations() => Create(
        "locations", "Publishes a CPO's locations: zone, jurisdiction, power.", null,
        (json, owner, _, now) => ReferenceFiles.Location(json, owner, now));

    private static Command Create(
        string name, string description, Option<bool>? roaming,
        Func<ReadOnlyMemory<byte>, PartyId?, bool, Instant, (BookFact?, Refusal?)> parse)
    {
        var files = new Argument<string[]>("FILE") { Arity = ArgumentArity.OneOrMore };
        var from = new Option<string?>("--from") { Description = "the CPO, for objects that do not name it" };
        var actor = Acting.ActorOption();
        var command = new Command(name, description) { files, from, actor };
        if (roaming is not null)
        {
            command.Add(roaming);
        }

        command.SetAction(async (parsed, stop) =>
        {
            Refusal? refusal = null;
            var text = parsed.GetValue(from);
            var owner = text is null ? null : Output.Party(text, out refusal);
            return refusal is not null
                ? Shell.Refuse(refusal)
                : await Load(
                    parsed.GetValue(files)!, parsed.GetValue(actor),
                    (json, now) => parse(json, owner, roaming is not null && parsed.GetValue(roaming), now), stop);
        });
        return command;
    }

    private static async Task<int> Load(
        string[] files, string? actor, Func<ReadOnlyMemory<byte>, Instant, (BookFact?, Refusal?)> parse, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        if (await engine.Allow(actor, Right.ProposeReference, stop) is { } notAllowed)
        {
            return Shell.Refuse(notAllowed);
        }

        var refused = new List<Refusal>();
        var count = 0;
        foreach (var file in files)
        {
            var facts = new List<(string, BookFact)>();
            await foreach (var fact in ReferenceFiles.Read(file, json => parse(json, engine.Now), refused, stop))
            {
                facts.Add((ReferenceFiles.Stream(fact), fact));
            }

            await engine.Books.Record(facts, actor ?? Acting.Unnamed, stop);
            count += facts.Count;
        }

        foreach (var refusal in refused)
        {
            Console.Error.WriteLine(refusal);
        }

        var released = await engine.ReviewHeld(stop);
        Console.WriteLine($"{count:N0} published, {refused.Count:N0} refused; {released:N0} held CDRs settled.");
        return refused.Count == 0 ? ExitCode.Done : ExitCode.Found;
    }
}
