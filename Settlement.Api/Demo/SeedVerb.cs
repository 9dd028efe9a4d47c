using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using Settlement.Api.People;
using Settlement.Domain.People;
using Settlement.Domain;

namespace Settlement.Api.Demo;

/// <summary><c>seed</c>: makes the demo month.</summary>
public static class SeedVerb
{
    public static Command Create()
    {
        var month = Option("--month", "The month.", "2026-10");
        var cdrs = Option("--cdrs", "How many CDRs.", 20_000);
        var seed = Option("--seed", "Same seed, same bytes.", 7UL);
        var folder = Option<DirectoryInfo?>("--out", "Write OCPI files to this folder.", null);
        var gzip = Option("--gzip", "Compress the CDR files.", false);
        var actor = Acting.ActorOption("who loads it, where somebody has an account");
        var command = new Command("seed", "Makes up a lifelike month of roaming between two networks.")
        {
            month, cdrs, seed, folder, gzip, actor,
        };
        command.SetAction((parsed, stop) => Run(
            parsed.GetValue(month)!, parsed.GetValue(cdrs), parsed.GetValue(seed),
            parsed.GetValue(folder), parsed.GetValue(gzip), parsed.GetValue(actor), stop));
        return command;
    }

    private static Option<T> Option<T>(string name, string description, T otherwise) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static async Task<int> Run(
        string month, int cdrs, ulong seed, DirectoryInfo? folder, bool gzip, string? actor,
        CancellationToken stop)
    {
        if (Output.Month(month, out var malformed) is not { } wanted)
        {
            return Shell.Refuse(malformed!);
        }

        if (cdrs is < 0 or > 20_000_000)
        {
            return Shell.Refuse(new Refusal("seed.count", $"{cdrs} CDRs cannot be made: 0 to 20000000 can."));
        }

        if (folder is null)
        {
            return await Load(new DemoChoice(wanted, cdrs, seed), actor, stop);
        }

        var written = Write(DemoMonth.Generate(wanted, cdrs, seed), folder, gzip, stop);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{written} CDRs of {month}, tariffs and locations in {folder.FullName}"));
        return ExitCode.Done;
    }

    private static async Task<int> Load(DemoChoice choice, string? actor, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        if (await engine.Allow(actor, Right.ManagePartners, stop) is { } notAllowed)
        {
            return Shell.Refuse(notAllowed);
        }

        DemoLoad.Print(choice, await DemoLoad.Run(engine, choice, stop));
        return ExitCode.Done;
    }

    private static int Write(DemoData data, DirectoryInfo folder, bool gzip, CancellationToken stop)
    {
        folder.Create();
        File.WriteAllBytes(Path.Combine(folder.FullName, "tariffs.json"), data.Tariffs.ToArray());
        File.WriteAllBytes(Path.Combine(folder.FullName, "locations.json"), data.Locations.ToArray());
        var files = data.Parties.ToDictionary(
            party => party.Id, party => Open(folder, $"cdrs-{party.Id}.jsonl", gzip));
        try
        {
            var written = 0;
            foreach (var document in data.Documents)
            {
                stop.ThrowIfCancellationRequested();
                files[document.Cpo].Write(document.Json.Span);
                files[document.Cpo].WriteByte((byte)'\n');
                written++;
            }

            return written;
        }
        finally
        {
            foreach (var file in files.Values)
            {
                file.Dispose();
            }
        }
    }

    private static Stream Open(DirectoryInfo folder, string name, bool gzip)
    {
        var path = Path.Combine(folder.FullName, name);
        return gzip
            ? new GZipStream(new BufferedStream(File.Create(path + ".gz"), 1 << 16), CompressionLevel.Fastest)
            : new BufferedStream(File.Create(path), 1 << 16);
    }
}
