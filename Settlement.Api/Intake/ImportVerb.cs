using System.CommandLine;
using System.Runtime.CompilerServices;
using NodaTime;
using Settlement.Api.People;
using Settlement.Domain.People;
using Settlement.Domain;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Intake;

/// <summary><c>import FILE… [--from CPO --to EMSP]</c></summary>
public static class ImportVerb
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "OCPI CDRs: JSON array, page envelope or JSON lines, also gzipped",
            Arity = ArgumentArity.OneOrMore,
        };
        var from = new Option<string?>("--from") { Description = "the CPO, needed for OCPI 2.1.1" };
        var to = new Option<string?>("--to") { Description = "the eMSP that pays, needed for OCPI 2.1.1" };
        var actor = Acting.ActorOption();
        var command = new Command("import", "Imports CDRs from files.") { files, from, to, actor };
        command.SetAction((parsed, stop) => Run(
            parsed.GetValue(files)!, parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(actor), stop));
        return command;
    }

    private static async Task<int> Run(
        string[] files, string? fromText, string? toText, string? actor, CancellationToken stop)
    {
        Refusal? refusal = null;
        var from = fromText is null ? null : Output.Party(fromText, out refusal);
        var to = toText is null || refusal is not null ? null : Output.Party(toText, out refusal);
        if (refusal is not null)
        {
            return Shell.Refuse(refusal);
        }

        if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            return Shell.Refuse(new Refusal("file.missing", $"There is no file {missing}."));
        }

        await using var engine = await Engine.Open(stop);
        if (await engine.Allow(actor, Right.ImportCdrs, stop) is { } notAllowed)
        {
            return Shell.Refuse(notAllowed);
        }

        var options = new CdrReadOptions { Owner = from, TokenOwner = to, Tariffs = new TariffCache() };
        var found = false;
        foreach (var file in files)
        {
            var (tally, refused) = await Import(engine, file, options, stop);
            Print(file, tally, refused);
            found |= tally.FoundSomething || refused.Count > 0;
        }

        await engine.AfterCredits(stop);
        await engine.RefreshStatistics(stop);
        return found ? ExitCode.Found : ExitCode.Done;
    }

    private static async Task<(ImportTally, List<Refusal>)> Import(
        Engine engine, string file, CdrReadOptions options, CancellationToken stop)
    {
        var refused = new List<Refusal>();
        var import = new CdrImport(engine.Intake, options);
        ImportTally? tally = null;
        await ProgressBar.Show(Path.GetFileName(file), async bar =>
        {
            var documents = Documents(file, engine.Now, refused, bar, stop);
            tally = await import.Run(documents, done => bar.Describe($"{done.Total:N0} CDRs"), stop);
        });
        return (tally!, refused);
    }

    private static async IAsyncEnumerable<IncomingCdr> Documents(
        string file, Instant now, List<Refusal> refused, ProgressBar bar,
        [EnumeratorCancellation] CancellationToken stop)
    {
        var name = Path.GetFileName(file);
        await foreach (var chunk in CdrFile.Read(file, stop))
        {
            foreach (var raw in chunk.Objects)
            {
                if (raw.Refusal is { } refusal && raw.Json.IsEmpty)
                {
                    refused.Add(raw.Located(refusal));
                }
                else
                {
                    yield return new IncomingCdr(raw.Json, $"{name} line {raw.Line}", now, raw.Refusal);
                }
            }

            bar.Set(chunk.BytesRead, chunk.FileBytes);
        }
    }

    private static void Print(string file, ImportTally tally, List<Refusal> refused)
    {
        Console.WriteLine($"{Path.GetFileName(file)}: {tally.Total:N0} CDRs: {tally.Posted:N0} posted, {tally.Held:N0} held, {tally.Credited:N0} credits, {tally.Repeated:N0} repeated, {tally.Conflicts:N0} in conflict, {tally.Unreadable:N0} unreadable (kept), {refused.Count:N0} no JSON object; {tally.UnknownFields:N0} unknown fields");
        foreach (var (code, (count, first)) in tally.Reasons)
        {
            Console.Error.WriteLine($"{count:N0} × {code}, first: {first} ({code})");
        }

        foreach (var refusal in tally.FirstUnread.Concat(refused.Take(ImportTally.MostShown)).Append(tally.Stopped).OfType<Refusal>())
        {
            Console.Error.WriteLine($"{Path.GetFileName(file)} {refusal}");
        }

        if (refused.Count > ImportTally.MostShown)
        {
            Console.Error.WriteLine($"… and {refused.Count - ImportTally.MostShown:N0} more that are not JSON objects.");
        }
    }
}
