using System.Globalization;
using System.Text.Json;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Api.Rating;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Reported;

/// <summary>Documents of real platforms that were rated, taxed or read wrongly somewhere, each with its right answer.</summary>
public sealed class ReportedCasesTests
{
    private static readonly string Folder = Path.Combine(Checkout.Root, "Settlement.Tests", "Vectors", "Reports");

    public static TheoryData<string, string, string, string> Rated => Table("rate");

    public static TheoryData<string, string, string, string> Settled => Table("settle");

    [Theory]
    [MemberData(nameof(Rated))]
    public void A_reported_CDR_is_rated_as_it_must_be(string file, string options, string answer, string why) =>
        Compare(() => RateAnswer(file, options), answer, $"{file}: {why}");

    [Theory]
    [MemberData(nameof(Settled))]
    public void A_reported_CDR_is_settled_as_it_must_be(string file, string options, string answer, string why) =>
        Compare(() => SettleAnswer(file, options), answer, $"{file}: {why}");

    /// <summary>A line that starts with ! is known to be answered wrongly.</summary>
    private static void Compare(Func<string> find, string answer, string why)
    {
        string actual;
        try
        {
            actual = find();
        }
        catch (Exception failure) when (failure is not Xunit.Sdk.XunitException && answer[0] == '!')
        {
            actual = "crashed";
        }

        var words = answer.TrimStart('!').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var matches = words[0] is "held" or "unreadable" || words.Contains("+note")
            ? words.Where(word => word != "+note").All(actual.Split(' ').Contains)
            : actual.StartsWith(string.Join(' ', words), StringComparison.Ordinal);
        if (answer[0] == '!')
        {
            matches.ShouldBeFalse($"{why}: it is right now, take the ! away");
        }
        else
        {
            matches.ShouldBeTrue($"{why}\n  answer   {actual}\n  expected {answer}");
        }
    }

    private static string RateAnswer(string file, string options)
    {
        var words = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var policy = RatingPolicy.Default;
        foreach (var setting in Values(words, "--policy"))
        {
            (policy, var unknown) = policy.With(setting);
            unknown.ShouldBeNull();
        }

        var setup = new RateSetup(
            file, Version(words),
            [.. Values(words, "--tariff").SelectMany(Tariffs)], [.. Values(words, "--reference").SelectMany(Tariffs)],
            Values(words, "--zone").Select(zone => DateTimeZoneProviders.Tzdb[zone]).FirstOrDefault(), policy,
            words.Contains("--reservation-expired"));
        var output = new CdrRating(setup)
            .Rate(new RawObject(File.ReadAllBytes(Path.Combine(Folder, file)), 1, 0, null));
        using var json = JsonDocument.Parse(output.Output(json: true).ToArray());
        var root = json.RootElement;
        if (output.Rated is null)
        {
            return $"unreadable {Codes(root, "findings")}";
        }

        var price = root.GetProperty("total").GetProperty("before_taxes").GetString()
            ?? root.GetProperty("total").GetProperty("after_taxes").GetString();
        var shown = price is null ? "-" : decimal.Parse(price, CultureInfo.InvariantCulture)
            .ToString("0.00##########", CultureInfo.InvariantCulture);
        var held = root.GetProperty("held").EnumerateArray().Select(code => code.GetString()).ToList();
        return held.Count == 0
            ? $"agrees {shown} {Codes(root, "findings")}".TrimEnd()
            : $"held {shown} {string.Join(' ', held)} {Codes(root, "findings")}".TrimEnd();
    }

    private static string Codes(JsonElement root, string list) => string.Join(' ', root.GetProperty(list)
        .EnumerateArray().Select(finding => finding.GetProperty("code").GetString()));

    private static string SettleAnswer(string file, string options)
    {
        var words = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var options221 = new CdrReadOptions
        {
            Version = Version(words),
            Owner = DemoParties.ChargePoint.Id,
            TokenOwner = DemoParties.Flo.Id,
        };
        var reading = CdrReader.Read(File.ReadAllBytes(Path.Combine(Folder, file)), options221);
        if (reading is CdrReading.Unreadable unreadable)
        {
            return $"unreadable {unreadable.Refusal.Code}";
        }

        var known = CheckedCdr.Of((CdrReading.Read)reading);
        var agreement = new Agreement
        {
            Relationship = Relationship.Between(known.Cdr.Key.Owner, known.Cdr.TokenOwner),
            Version = 1,
            ValidFrom = new LocalDate(1990, 1, 1),
            Currencies = [known.Cdr.Currency],
        };
        var received = new CdrFact.CdrReceived(
            known.Cdr, "00", "driver", "", Instant.FromUtc(2026, 11, 30, 12, 0),
            agreement.ChargePeriod(known.Cdr.End), "case", 0, known.Holds, known.Notes);
        var fact = CdrSettlement.Settle(received, new Terms(new AgreementHistory([agreement]), Book(words)));
        return fact switch
        {
            CdrFact.CdrHeld held => $"held {string.Join(' ', held.Reasons.Select(reason => reason.Code))}",
            CdrFact.CdrRated { Settled: var settled } => Posted(settled),
            _ => throw new InvalidOperationException("A CDR is settled or held."),
        };
    }

    private static string Posted(SettledCdr settled)
    {
        var currency = Currency.Of(settled.Cdr.Currency);
        string Amount(long minor) => new Money(minor, currency).Text();
        return $"posted {Amount(settled.Net)} + {Amount(settled.Tax)} = {Amount(settled.Due)} "
            + string.Join(' ', settled.Findings.Select(finding => finding.Code)
                .Append(settled.Place).Append(settled.SurchargeReference is null ? "surcharge.not-provable" : "surcharge.none"));
    }

    private static ReferenceBook Book(string[] words)
    {
        var book = ReferenceBook.Empty;
        foreach (var party in new[] { DemoParties.ChargePoint, DemoParties.Flo })
        {
            book = book.With(
                new BookFact.PartyRegistered(new Party
                {
                    Id = party.Id,
                    LegalName = party.LegalName,
                    Registrations = party.Tax.Registrations,
                    Certificates = party.Tax.Certificates,
                }),
                1);
        }

        foreach (var tariff in Values(words, "--reference").SelectMany(Tariffs))
        {
            // the reference of these cases stands for the tariff that prices their CDRs
            var owner = tariff.Owner ?? DemoParties.ChargePoint.Id;
            book = book.With(new BookFact.TariffPublished(owner, tariff with { Id = "T1" }, true, Instant.MinValue), 2);
        }

        return book;
    }

    private static OcpiVersion? Version(string[] words) => Values(words, "--ocpi").FirstOrDefault() switch
    {
        null => null,
        "2.1.1" => OcpiVersion.V211,
        "2.2.1" => OcpiVersion.V221,
        "2.3.0" => OcpiVersion.V230,
        var other => throw new FormatException(other),
    };

    private static IEnumerable<string> Values(string[] words, string option) =>
        words.Select((word, i) => (word, i)).Where(each => each.word == option).Select(each => words[each.i + 1]);

    private static IEnumerable<Tariff> Tariffs(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, file));
        return [TariffReader.Read(bytes, null).ShouldBeOfType<TariffReading.Read>().Tariff];
    }

    /// <summary>Lines of every table of a kind: <c>file | options | answer # why</c>.</summary>
    private static TheoryData<string, string, string, string> Table(string kind)
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var row in Directory.GetFiles(Path.Combine(Folder, "answers"), $"{kind}-*.txt")
            .Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)
            .Where(line => line.Length > 0 && line[0] != '#'))
        {
            var comment = row.Split(" # ", 2);
            var cells = comment[0].Split('|', StringSplitOptions.TrimEntries);
            data.Add(cells[0], cells[1], cells[2], comment.ElementAtOrDefault(1) ?? "");
        }

        return data;
    }
}
