using System.CommandLine;
using System.Text;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Rating;

namespace Settlement.Api.Rating;

/// <summary><c>lint</c>: what is wrong, dead or risky in a tariff, and what it says in plain words. No database.</summary>
public static class LintVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A tariff or a list of them, or - for standard input." };
        var json = new Option<bool>("--json") { Description = "One JSON object per tariff." };
        var policy = new Option<string[]>("--policy") { Description = "name=value, as for rate." };
        var command = new Command("lint", "Finds what is wrong, dead or risky in a tariff.");
        command.Arguments.Add(file);
        command.Options.Add(json);
        command.Options.Add(policy);
        command.SetAction((parsed, stop) => Run(
            parsed.GetRequiredValue(file), parsed.GetValue(json), parsed.GetValue(policy) ?? [], stop));
        return command;
    }

    private static async Task<int> Run(string file, bool json, string[] settings, CancellationToken stop)
    {
        var policy = RatingPolicy.Default;
        foreach (var setting in settings)
        {
            (policy, var unknown) = policy.With(setting);
            if (unknown is not null)
            {
                return Shell.Refuse(unknown);
            }
        }

        var readings = TariffFile.Readings(await Bytes(file, stop), null);
        await using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        var found = false;
        foreach (var reading in readings)
        {
            if (reading is not TariffReading.Read read)
            {
                return Shell.Refuse(((TariffReading.Unreadable)reading).Refusal);
            }

            var now = SystemClock.Instance.GetCurrentInstant();
            var lints = LintOf(read).Concat(TariffLint.Check(read.Tariff, policy, now)).ToList();
            found |= lints.Exists(lint => lint.Severity != LintSeverity.Note);
            output.Write(json ? LintJson.Of(read.Tariff, lints) : Encoding.UTF8.GetBytes(Text(read.Tariff, lints)));
        }

        return readings.Count == 0 ? Shell.Refuse(new Refusal("file.empty", "There is no tariff in it."))
            : found ? ExitCode.Found
            : ExitCode.Done;
    }

    /// <summary>What the reader found is about the document: an error of its form.</summary>
    private static IEnumerable<Lint> LintOf(TariffReading.Read read) =>
        read.Findings.Select(finding => new Lint(LintSeverity.Error, finding.Code, finding.Pointer, finding.Detail))
            .Concat(read.UnknownFieldNames.Select(name => new Lint(
                LintSeverity.Warning, "field.unknown", "", $"No version of OCPI knows the field '{name}'.")));

    private static async Task<byte[]> Bytes(string file, CancellationToken stop)
    {
        if (file != "-")
        {
            return await File.ReadAllBytesAsync(file, stop);
        }

        using var content = new MemoryStream();
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(content, stop);
        return content.ToArray();
    }

    private static string Text(Tariff tariff, List<Lint> lints)
    {
        var text = new StringBuilder();
        text.Append("Tariff ").Append(tariff.Id).Append("  ").Append(tariff.Currency).Append("\n\n");
        foreach (var sentence in TariffWords.English(tariff))
        {
            text.Append("  ").Append(sentence).Append('\n');
        }

        text.Append('\n');
        foreach (var sentence in TariffWords.French(tariff))
        {
            text.Append("  ").Append(sentence).Append('\n');
        }

        text.Append('\n').Append(lints.Count == 0 ? "Nothing was found.\n" : "");
        foreach (var lint in lints.OrderByDescending(lint => lint.Severity))
        {
            text.Append(lint.Severity.ToString().ToLowerInvariant().PadRight(8)).Append(lint.Pointer).Append(' ')
                .Append(lint.Detail).Append(" (").Append(lint.Code).Append(")\n");
        }

        return text.ToString();
    }
}

/// <summary>One tariff's findings and its words as JSON.</summary>
internal static class LintJson
{
    public static byte[] Of(Tariff tariff, IReadOnlyList<Lint> lints)
    {
        var json = new JsonBytes();
        json.Raw("{\"tariff\":"u8);
        json.Text(tariff.Id);
        json.Raw(",\"findings\":["u8);
        foreach (var lint in lints)
        {
            json.Raw("{\"severity\":"u8);
            json.Text(lint.Severity.ToString().ToLowerInvariant());
            json.Raw(",\"code\":"u8);
            json.Text(lint.Code);
            json.Raw(",\"pointer\":"u8);
            json.Text(lint.Pointer);
            json.Raw(",\"detail\":"u8);
            json.Text(lint.Detail);
            json.Raw("},"u8);
        }

        json.EndList((byte)']');
        json.Raw(",\"words\":{\"en\":["u8);
        Sentences(TariffWords.English(tariff), json);
        json.Raw(",\"fr\":["u8);
        Sentences(TariffWords.French(tariff), json);
        json.Raw("}}\n"u8);
        return json.Written.ToArray();
    }

    private static void Sentences(IReadOnlyList<string> sentences, JsonBytes json)
    {
        foreach (var sentence in sentences)
        {
            json.Text(sentence);
            json.Raw((byte)',');
        }

        json.EndList((byte)']');
    }
}
