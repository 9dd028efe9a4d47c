using NodaTime;
using Settlement.Api.Demo;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;
using static Settlement.Tests.Rating.Sessions;

namespace Settlement.Tests.Intake;

/// <summary>Settles CDRs between the two networks of the demo without a database: FLO charges, ChargePoint pays.</summary>
internal static class Counter
{
    public static readonly PartyId Cpo = DemoParties.Flo.Id;

    public static readonly Agreement Agreed = new()
    {
        Relationship = DemoParties.Agreement.Relationship,
        Version = 1,
        ValidFrom = new LocalDate(2005, 1, 1),
    };

    /// <summary>Both parties with their registrations and certificates, and what else is told.</summary>
    public static ReferenceBook Book(params IEnumerable<BookFact> more) => new[] { DemoParties.Flo, DemoParties.ChargePoint }
        .Select(party => (BookFact)new BookFact.PartyRegistered(new Party
        {
            Id = party.Id,
            LegalName = party.LegalName,
            Registrations = party.Tax.Registrations,
            Certificates = party.Tax.Certificates,
            Aliases = party.Id == Cpo ? [PartyId.Parse("US-FLO")!.Value] : [],
        }))
        .Concat(more).Aggregate((Book: ReferenceBook.Empty, Number: 0L),
            (sum, fact) => (sum.Book.With(fact, sum.Number + 1), sum.Number + 1)).Book;

    /// <summary>What the CPO asks of drivers on its own network.</summary>
    public static BookFact Publishes(Tariff tariff, bool ownNetwork = true, PartyId? by = null) =>
        new BookFact.TariffPublished(by ?? Cpo, tariff, ownNetwork, Instant.FromUtc(2026, 1, 1, 0, 0));

    /// <summary>The connector of the sessions here, with the tariffs it is published with.</summary>
    public static BookFact Connector(params string[] tariffs) => Connectors(("1", tariffs));

    public static BookFact Connectors(params (string Id, string[] Tariffs)[] connectors) =>
        Connectors(Instant.FromUtc(2026, 1, 1, 0, 0), connectors);

    public static BookFact Connectors(Instant since, params (string Id, string[] Tariffs)[] connectors) => new BookFact.LocationPublished(
        Cpo,
        new Location
        {
            Id = "L",
            Country = "CAN",
            Evses = [new Evse("E", null, [.. connectors.Select(each =>
                new Connector(each.Id, null, "DC", 400, 125, 50_000, each.Tariffs))])],
        },
        since);

    /// <summary>10 kWh in half an hour in Quebec, at connector 1 of EVSE E.</summary>
    public static Cdr Charged(Tariff tariff, Price claim, string state = "QC", decimal kwh = 10m) =>
        At(Session(tariff, Charging(30, kwh)) with { TotalCost = claim }, state);

    public static Cdr At(Cdr cdr, string state) => cdr with
    {
        Location = new CdrLocation
        {
            Id = "L",
            Country = state is "TX" or "CA" ? "USA" : "CAN",
            State = state,
            EvseUid = "E",
            ConnectorId = "1",
            PowerType = "DC",
        },
    };

    public static Price Before(decimal amount) => new(amount, null, []);

    public static Price After(decimal amount) => new(null, amount, []);

    public static CdrFact.CdrReceived Received(Cdr cdr, string digest = "00") => new(
        cdr, digest, "driver", "", cdr.End + Duration.FromHours(1), Agreed.ChargePeriod(cdr.End), "test", 0, [], []);

    public static Terms Terms(ReferenceBook? book = null, Agreement? agreement = null) =>
        new(new AgreementHistory([agreement ?? Agreed]), book ?? Book());

    public static CdrFact Settle(Cdr cdr, ReferenceBook? book = null, Agreement? agreement = null) =>
        CdrSettlement.Settle(Received(cdr), Terms(book, agreement));

    /// <summary><c>net 4.00 due 4.60</c>, or <c>held claim.differs</c>.</summary>
    public static string Words(CdrFact fact) => fact switch
    {
        CdrFact.CdrRated { Settled: var settled } => string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"net {settled.Net / 100m:0.00} due {settled.Due / 100m:0.00}"),
        CdrFact.CdrHeld held => "held " + string.Join(" ", held.Reasons.Select(reason => reason.Code)),
        _ => fact.GetType().Name,
    };
}
