using NodaTime;
using NodaTime.Text;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;

namespace Settlement.Tests.Tax;

/// <summary>
/// Questions to the tax engine in the words of the tables: a place, a day, an amount, and what differs.
/// </summary>
internal static class TaxCase
{
    public static readonly PartyId Cpo = PartyId.Parse("CA-FLO")!.Value;
    public static readonly PartyId Emsp = PartyId.Parse("US-CPI")!.Value;

    public static TaxQuestion Driver(
        string place, string day, string amount = "100.00", ChargeComponent of = ChargeComponent.ENERGY)
    {
        var currency = Currency.Of(place.StartsWith("CA", StringComparison.Ordinal) ? "CAD" : "USD");
        return new TaxQuestion(
            new Place(place, null, "state"), new StationFacts(),
            [new ComponentAmount(of,
                Money.Of(
                    decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), currency))],
            currency, 0m, Day(day), null, null, Buyer.Driver, Registered(place), new TaxParty { Id = Emsp });
    }

    public static TaxQuestion Reseller(string place, string day, string amount = "100.00") =>
        Driver(place, day, amount) with
        {
            Buyer = Buyer.Reseller,
            Recipient = new TaxParty { Id = Emsp,
                Certificates = [new ResaleCertificate(place, "RC-1", null, null)] },
        };

    public static TaxQuestion WithoutCertificate(this TaxQuestion question) =>
        question with { Recipient = question.Recipient with { Certificates = [] } };

    public static TaxQuestion Kwh(this TaxQuestion question, decimal kwh) =>
        question with { EnergyKwh = kwh };

    public static TaxQuestion StateOnly(this TaxQuestion question) => question with { StateTaxOnly = true };

    public static TaxQuestion At(this TaxQuestion question, Func<StationFacts, StationFacts> station) =>
        question with { Station = station(question.Station) };

    public static TaxQuestion Parts(
        this TaxQuestion question, params (ChargeComponent Component, string Amount)[] parts) =>
        question with
        {
            Amounts = [.. parts.Select(part => new ComponentAmount(
                part.Component,
                Money.Of(decimal.Parse(part.Amount, System.Globalization.CultureInfo.InvariantCulture),
                    question.Currency)))],
        };

    public static TaxParty Registered(string place) => new()
    {
        Id = Cpo,
        Registrations =
        [
            new TaxRegistration("GST", "CA", "123456789RT0001", null, null),
            .. from tax in new[] { "QST", "PST", "RST", "SALES" }
               select new TaxRegistration(tax, place, $"{tax}-1", null, null),
        ],
    };

    public static LocalDate Day(string day) => LocalDatePattern.Iso.Parse(day).Value;

    /// <summary>
    /// The answer on one line: <c>GST 5.00 + QST 9.98 = 114.98</c>, or the code of the question.
    /// </summary>
    public static string Told(this TaxQuestion question, TaxBook? book = null) =>
        TaxEngine.Determine(question, book ?? TaxBook.Shipped) switch
        {
            TaxAnswer.Determined answer => string.Join(" + ", answer.Lines.Select(Told))
                + $" = {(answer.Net + answer.Tax).Text()}",
            TaxAnswer.Undetermined answer => answer.Code,
            var other => throw new ArgumentOutOfRangeException(nameof(question), other, "not a tax answer"),
        };

    public static TaxAnswer.Determined Determined(this TaxQuestion question, TaxBook? book = null) =>
        TaxEngine.Determine(question, book ?? TaxBook.Shipped).ShouldBeOfType<TaxAnswer.Determined>();

    public static TaxAnswer.Undetermined Undetermined(this TaxQuestion question, TaxBook? book = null) =>
        TaxEngine.Determine(question, book ?? TaxBook.Shipped).ShouldBeOfType<TaxAnswer.Undetermined>();

    private static string Told(TaxLine line) => line.Disposition switch
    {
        Disposition.Charged => $"{line.Tax} {line.Amount.Text()}",
        Disposition.Exempt => $"{line.Tax} exempt",
        var other => $"{line.Tax} {line.Amount.Text()} {other}",
    };
}
