using System.Globalization;
using System.Text;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Tables;

namespace Settlement.Tests.Cases;

/// <summary>
/// Golden stories: a CDR and its tariff, and under a rule what must follow, in columns that an accountant can check
/// by hand. The figures were worked out on paper, not taken from a run.
/// </summary>
public sealed class CaseTests
{
    public static TheoryData<string> Files => [.. Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Cases"), "*.case")
        .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void What_follows_from_a_CDR_is_what_was_worked_out_by_hand(string name)
    {
        var story = Story.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", name + ".case")));
        story.Follows().ShouldBe(story.Expected, $"{name}: {story.Title}");
    }

    [Fact]
    public void There_are_stories() => Files.Count.ShouldBeGreaterThan(15);
}

/// <summary>
/// A case file: <c>name: value</c> lines, then <c>---</c>, then what follows. Names: cpo, emsp (default the demo's
/// pair), country, state, zip, zone, currency, power, start, period (start and volumes), end, tariff (one component
/// of an element a line), min, max, included, reference, claim, tax, agreement (name=value), received.
/// </summary>
internal sealed record Story(string Title, ILookup<string, string> Given, string Expected)
{
    public static Story Parse(string text)
    {
        var parts = text.ReplaceLineEndings("\n").Split("\n---\n");
        var lines = parts[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new Story(
            lines[0].TrimStart('#', ' '),
            lines.Skip(1).Where(line => !line.StartsWith('#')).Select(line => line.Split(':', 2))
                .ToLookup(pair => pair[0].Trim(), pair => pair[1].Trim(), StringComparer.Ordinal),
            parts[1].Trim());
    }

    public string Follows()
    {
        var reading = CdrReader.Read(Encoding.UTF8.GetBytes(CaseJson.Cdr(this)), new CdrReadOptions());
        var cdr = reading.ShouldBeOfType<CdrReading.Read>().Cdr;
        var agreement = Agreement();
        var received = new CdrFact.CdrReceived(
            cdr, "00", "driver", "", cdr.End + Duration.FromHours(1), agreement.ChargePeriod(cdr.End), "case",
            0, CheckedCdr.Of((CdrReading.Read)reading).Holds, []);
        var terms = new Terms(new AgreementHistory([agreement]), Book());
        return Text(CdrSettlement.Settle(received, terms));
    }

    public string Value(string name, string otherwise) => Given[name].LastOrDefault() ?? otherwise;

    private Agreement Agreement()
    {
        var agreement = new Agreement
        {
            Relationship = DemoParties.Agreement.Relationship,
            Version = 1,
            ValidFrom = new LocalDate(2005, 1, 1),
        };
        foreach (var term in Given["agreement"])
        {
            agreement = term.Split('=') switch
            {
                ["tolerance", var minor] => agreement with { ToleranceMinor = int.Parse(minor, CultureInfo.InvariantCulture) },
                ["currencies", var codes] => agreement with { Currencies = codes.Split(' ') },
                _ => throw new FormatException($"{term} is no term of a case."),
            };
        }

        return agreement;
    }

    private ReferenceBook Book()
    {
        var book = ReferenceBook.Empty;
        foreach (var party in new[] { DemoParties.ChargePoint, DemoParties.Flo })
        {
            book = book.With(
                new BookFact.PartyRegistered(new Party
                {
                    Id = party.Id,
                    LegalName = party.LegalName,
                    Registrations = Given["registrations"].Contains("none", StringComparer.Ordinal) ? [] : party.Tax.Registrations,
                    Certificates = Given["certificates"].Contains("none", StringComparer.Ordinal) ? [] : party.Tax.Certificates,
                }),
                1);
        }

        if (Given["reference"].Any())
        {
            var json = Encoding.UTF8.GetBytes(CaseJson.Tariff(this, "reference"));
            var tariff = TariffReader.Read(json, null).ShouldBeOfType<TariffReading.Read>().Tariff;
            book = book.With(
                new BookFact.TariffPublished(tariff.Owner!.Value, tariff, true, Instant.MinValue), 2);
        }

        return Given["zone"].Any() ? book.With(Location(), 3) : book;
    }

    private BookFact.LocationPublished Location() => new(
        PartyId.Parse(Value("cpo", "US-CPI"))!.Value,
        new Location
        {
            Id = "LOC1",
            Country = Value("country", "CAN"),
            TimeZone = Value("zone", ""),
            Evses =
            [
                new Evse("1", "US*CPI*E1", [new Connector("1", null, Value("power", "DC"), 480, 200,
                    int.Parse(Value("watts", "62500"), CultureInfo.InvariantCulture), [])]),
            ],
        },
        Instant.MinValue);

    private static string Text(CdrFact fact)
    {
        if (fact is CdrFact.CdrHeld held)
        {
            return string.Join('\n', held.Reasons.Select(reason => $"held {reason.Code}"));
        }

        var settled = ((CdrFact.CdrRated)fact).Settled;
        var currency = Currency.Of(settled.Cdr.Currency);
        string Amount(long minor) => new Money(minor, currency).Text();
        var lines = settled.Lines.Select(line => line.Element < 0
                ? string.Create(CultureInfo.InvariantCulture, $"limit {line.Price:0.00}: {line.Amount:0.00}")
                : string.Create(CultureInfo.InvariantCulture, $"line {line.Dimension} {line.BilledQuantity:0.####} {line.Unit} x {line.Price:0.00##} = {line.Amount:0.00####}"))
            .Append($"settled {Amount(settled.Net)}")
            .Concat(settled.Charges.Select(charge => $"charge {charge.Component} {Amount(charge.Amount)}"))
            .Concat(settled.Taxes.Select(tax =>
                $"tax {tax.Tax} {tax.Jurisdiction} {TaxRows.Rate(tax)} on {(tax.Kwh is { } kwh ? kwh.ToString("0.###", CultureInfo.InvariantCulture) + " kWh" : Amount(tax.Base))} = {Amount(tax.Amount)} {tax.Disposition}"))
            .Concat(settled.Entry().Postings.Select(posting => posting.Debit > 0
                ? $"debit {posting.Account} {Amount(posting.Debit)}"
                : $"credit {posting.Account} {Amount(posting.Credit)}"));
        return string.Join('\n', lines);
    }
}
