using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Intake;

/// <summary>
/// Facts of one CDR's stream, <c>cdr/{owner}/{id}</c>. A fact tells all that the ledger needs from it: replaying
/// one relationship reads no other.
/// </summary>
public abstract record CdrFact : Fact
{
    private CdrFact() { }

    /// <summary>
    /// The CDR as it came, without the driver. Its tariffs are stored once per content, in the stream
    /// <c>tariff/{hash}</c>, and only named here: see <see cref="Stored"/>.
    /// </summary>
    /// <param name="Digest">
    /// Keyed digest of what the CDR means, hex (see <see cref="Ocpi.CanonicalContent"/>); of its bytes where it was
    /// received before meanings were compared.
    /// </param>
    /// <param name="Driver">Pseudonym of the driver in this relationship.</param>
    /// <param name="Sealed">Personal data under the driver's key, base64; unreadable once the key is destroyed.</param>
    /// <param name="ChargePeriod">Month of the session's end in the agreement's zone.</param>
    /// <param name="Source">Where it came from: file and position, or the endpoint.</param>
    /// <param name="UnknownFields">Fields no OCPI version knows, tolerated and counted.</param>
    /// <param name="Holds">Structural faults that keep it from being settled until a person decides.</param>
    /// <param name="Findings">Worth knowing; they hold nothing.</param>
    public sealed record CdrReceived(
        Cdr Cdr,
        string Digest,
        string Driver,
        string Sealed,
        Instant ReceivedAt,
        YearMonth ChargePeriod,
        string Source,
        int UnknownFields,
        IReadOnlyList<Finding> Holds,
        IReadOnlyList<Finding> Findings) : CdrFact
    {
        /// <summary>Content hashes of the embedded tariffs, in order.</summary>
        public IReadOnlyList<string> Tariffs { get; init; } = [];

        /// <summary>The driver's pseudonym under the eMSP's home id, where the CDR names an alias; null = as Driver.</summary>
        public string? HomeDriver { get; init; }

        /// <summary>Keyed digest of what OCPI knows and could not be read, hex; null = all could.</summary>
        public string? Unread { get; init; }

        public CdrHeading Heading => new(
            Cdr.Key.Owner, Cdr.Key.Id, Cdr.TokenOwner, Cdr.Currency, Cdr.TotalCost.BeforeTaxes, Cdr.Start,
            Cdr.End, ChargePeriod)
        {
            ClaimedAfterTax = Cdr.TotalCost is { BeforeTaxes: null, AfterTaxes: { } after } ? after : null,
        };

        /// <summary>As it goes into the log: tariffs by name only.</summary>
        public CdrReceived Stored() => Cdr.Tariffs.Count == 0 ? this : this with
        {
            Tariffs = [.. Cdr.Tariffs.Select(tariff => tariff.ContentHash)],
            Cdr = Cdr with { Tariffs = [] },
        };

        /// <summary>As it came: with its tariffs again.</summary>
        public CdrReceived With(Func<string, Tariff> tariff) => Tariffs.Count == 0 ? this : this with
        {
            Cdr = Cdr with { Tariffs = [.. Tariffs.Select(tariff)] },
        };
    }

    /// <summary>Priced, taxed and owed.</summary>
    public sealed record CdrRated(SettledCdr Settled) : CdrFact;

    /// <summary>Received and not owed: somebody must answer first.</summary>
    /// <param name="Reasons">Why; the first one leads.</param>
    /// <param name="Expected">What it would come to, where that can be told, for the memo of held items.</param>
    public sealed record CdrHeld(CdrHeading Cdr, IReadOnlyList<Finding> Reasons, decimal? Expected) : CdrFact
    {
        /// <summary>Side of tax of <see cref="Expected"/>; null = before tax.</summary>
        public PriceSide? ExpectedSide { get; init; }
    }

    /// <summary>
    /// Other content came under the same id. Both are kept; what stood is negated, so that either order of
    /// arrival nets to zero until a person chooses (rules-money 13).
    /// </summary>
    /// <param name="Other">The content that came second (or later).</param>
    /// <param name="Negated">What stood until now; null where nothing was posted.</param>
    public sealed record CdrConflicted(
        CdrHeading Cdr, CdrReceived Other, SettledCdr? Negated) : CdrFact
    {
        /// <summary>What stands was issued: it stays until a person decides.</summary>
        public bool IsIssued { get; init; }
    }

    /// <summary>
    /// The same CDR came again with other remarks: address, meter data, an invoice's number, members no reader knows.
    /// They are kept; what is owed stays (rules-money 13).
    /// </summary>
    public sealed record CdrRemarked(CdrHeading Cdr, CdrReceived Content) : CdrFact
    {
        /// <summary>It counts from here on: it came while the CDR was held, or tells which session was charged.</summary>
        public bool Counts { get; init; }
    }

    /// <summary>A credit CDR arrived before this one, its original.</summary>
    /// <param name="CreditTotal">Before tax; null where the credit states none.</param>
    public sealed record CreditAwaited(CdrHeading Cdr, string CreditId, decimal? CreditTotal) : CdrFact
    {
        /// <summary>After tax, where the credit states only that.</summary>
        public decimal? CreditAfterTax { get; init; }

        /// <summary>The credit with its side of tax.</summary>
        public SidedAmount? Credit => new Price(CreditTotal, CreditAfterTax, []).Stated;
    }

    /// <summary>Conflicted and received facts as they go into the log.</summary>
    public CdrFact ForLog() => this switch
    {
        CdrReceived e => e.Stored(),
        CdrConflicted e => e with { Other = e.Other.Stored() },
        CdrRemarked e => e with { Content = e.Content.Stored() },
        _ => this,
    };

    /// <summary>This CDR was credited; its credit's own stream carries the postings.</summary>
    public sealed record CdrCredited(CdrHeading Cdr, string CreditId) : CdrFact;

    /// <summary>
    /// Its credit counts no longer: other content came under the credit's id, or under its own (rules-money 13). The
    /// credit's own stream takes the postings back.
    /// </summary>
    /// <param name="Due">Owed again, minor units; null where nothing is.</param>
    public sealed record CdrUncredited(CdrHeading Cdr, string CreditId, long? Due) : CdrFact;

    /// <summary>
    /// A person proposes to settle it at an amount that rests on evidence; it counts once somebody else approves it
    /// (rules-money 9). Any other fact of the CDR ends the proposal.
    /// </summary>
    public sealed record ReleaseProposed(CdrHeading Cdr, CdrRelease Release) : CdrFact;

    /// <summary>A person gave up on a CDR that was held: it will not be owed.</summary>
    public sealed record CdrRejected(CdrHeading Cdr, string Reason, string By) : CdrFact;

    /// <summary>A person wants a rejected CDR looked at again; what follows is the new answer.</summary>
    public sealed record CdrReopened(CdrHeading Cdr, string Reason, string By) : CdrFact;

    /// <summary>
    /// A person chose which of the contents under one id counts; it is settled by the fact that follows
    /// (rules-money 13).
    /// </summary>
    /// <param name="Digest">Of the chosen content.</param>
    public sealed record ContentChosen(CdrHeading Cdr, string Digest, string Reason, string By) : CdrFact
    {
        /// <summary>It is the content that was issued: what stands under it stays as it is.</summary>
        public bool Stays { get; init; }
    }

    /// <summary>A person says that its session is not the one of the CDR it was held for.</summary>
    /// <param name="Other">The CDR that came first.</param>
    public sealed record SessionSeparated(CdrHeading Cdr, string Other, string Reason, string By) : CdrFact;

    /// <summary>
    /// Our own mistake is taken back; what is right is posted by the fact that follows (rules-money 27).
    /// </summary>
    /// <param name="Correction">Name of the approved correction.</param>
    public sealed record CdrReversed(
        CdrHeading Cdr, SettledCdr Negated, string Correction, string Cause) : CdrFact;

    /// <summary>This credit CDR took effect.</summary>
    /// <param name="Negated">Everything posted under the original's id, at its amounts; null where nothing was.</param>
    public sealed record CreditPosted(
        CdrHeading Cdr, string OriginalId, Instant ReceivedAt, SettledCdr? Negated) : CdrFact;

    /// <summary>This credit CDR takes effect no longer: the other way round of <see cref="CreditPosted"/>.</summary>
    /// <param name="Restored">What stands again, at the amounts that were negated; null where nothing does.</param>
    public sealed record CreditTakenBack(CdrHeading Cdr, string OriginalId, SettledCdr? Restored) : CdrFact;
}

/// <summary>What every fact after the first repeats of its CDR, so that it can be read alone.</summary>
/// <param name="ClaimedNet">Before tax; null where the CPO does not state that.</param>
public sealed record CdrHeading(
    PartyId Cpo, string Id, PartyId Emsp, string Currency, decimal? ClaimedNet, Instant Start, Instant End,
    YearMonth ChargePeriod)
{
    /// <summary>After tax, where the CPO states only that.</summary>
    public decimal? ClaimedAfterTax { get; init; }

    /// <summary>The claim with its side of tax; null where nothing is claimed.</summary>
    public SidedAmount? Claimed => new Price(ClaimedNet, ClaimedAfterTax, []).Stated;

    internal CdrHeading Negated() => this with { ClaimedNet = -ClaimedNet, ClaimedAfterTax = -ClaimedAfterTax };

    public CdrKey Key => new(Cpo, Id);
}

/// <summary>One settled CDR: the price, the taxes and the amount due, with every reason.</summary>
public sealed record SettledCdr
{
    public required CdrHeading Cdr { get; init; }

    public required Instant ReceivedAt { get; init; }

    /// <summary>Version of the agreement it is bound to.</summary>
    public required int Agreement { get; init; }

    /// <summary>Jurisdiction of the charger, ISO 3166-2, and how it was found.</summary>
    public required string Place { get; init; }

    public required string PlaceFoundBy { get; init; }

    /// <summary>IANA zone of the charger and how it was found; null where no rule needed one.</summary>
    public string? Zone { get; init; }

    public string? ZoneFoundBy { get; init; }

    /// <summary>Local date of session end at the charger (rules-money 6).</summary>
    public required LocalDate TaxDate { get; init; }

    /// <summary>Readings of OCPI that differ from the default policy, as name=value.</summary>
    public required IReadOnlyList<string> Policy { get; init; }

    public required IReadOnlyList<PricedLine> Lines { get; init; }

    /// <summary>The re-rated price by rule <c>line-scale</c>; null where no reading gives one (a release on evidence).</summary>
    public required decimal? ReRated { get; init; }

    public required decimal Claimed { get; init; }

    /// <summary>Which of the two is settled, and why (rules-money 9).</summary>
    public required string SettledBecause { get; init; }

    public required bool PricesIncludeTax { get; init; }

    /// <summary>Settled price before tax per component, minor units; sums to <see cref="Net"/>.</summary>
    public required IReadOnlyList<PostedCharge> Charges { get; init; }

    public required IReadOnlyList<PostedTax> Taxes { get; init; }

    /// <summary>Minor units.</summary>
    public required long Net { get; init; }

    /// <summary>Charged tax, minor units.</summary>
    public required long Tax { get; init; }

    /// <summary>Net plus charged tax, minor units: what the debtor owes.</summary>
    public required long Due { get; init; }

    public required decimal EnergyKwh { get; init; }

    public required long ChargingSeconds { get; init; }

    public required long ParkingSeconds { get; init; }

    /// <summary>Own-network tariff it was compared with; null = surcharge not provable, never shown as zero.</summary>
    public string? SurchargeReference { get; init; }

    /// <summary>The own-network price it was compared with, on the side of tax of its prices; null in older facts too.</summary>
    public decimal? OwnNetworkAmount { get; init; }

    /// <summary>Connector that publishes it; null: found by the CDR's tariff.</summary>
    public string? OwnNetworkConnector { get; init; }

    /// <summary>What exactly it was compared with.</summary>
    public OwnNetworkPrice? OwnNetwork => OwnNetworkAmount is { } price && SurchargeReference is { } tariffs
        ? new(tariffs, OwnNetworkConnector, price, PricesIncludeTax ? PriceSide.AfterTax : PriceSide.BeforeTax)
        : null;

    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Home id of the CPO where the CDR names an alias; null = as in the CDR.</summary>
    public PartyId? Creditor { get; init; }

    /// <summary>Home id of the eMSP where the CDR names an alias; null = as in the CDR.</summary>
    public PartyId? Debtor { get; init; }

    /// <summary>The person's decision that it is settled by, where one was needed.</summary>
    public CdrRelease? Release { get; init; }

    /// <summary>Why a person changed what is owed, for the statement: of a release or a correction.</summary>
    public string? Cause { get; init; }

    public PartyId OwedTo => Creditor ?? Cdr.Cpo;

    public PartyId OwedBy => Debtor ?? Cdr.Emsp;

    /// <summary>The ledger entry that follows (rules-money 2).</summary>
    public Entry Entry()
    {
        var postings = new List<Posting>(2 + Charges.Count + Taxes.Count);
        Side(postings, Account.Due(OwedBy, OwedTo), Due);
        foreach (var charge in Charges)
        {
            Side(postings, Account.Charge(OwedTo, charge.Component), -charge.Amount);
        }

        foreach (var tax in Taxes.Where(tax => tax.Disposition == Disposition.Charged))
        {
            var remitter = tax.Remitter == "CPO" ? OwedTo.ToString() : tax.Remitter;
            Side(postings, Account.Tax(remitter, tax.Jurisdiction, tax.Tax), -tax.Amount);
        }

        return Ledger.Entry.Of(Currency.Of(Cdr.Currency), postings);
    }

    private static void Side(List<Posting> postings, Account account, long debit)
    {
        if (debit != 0)
        {
            postings.Add(new Posting(account, Math.Max(debit, 0), Math.Max(-debit, 0)));
        }
    }
}

/// <summary>One priced line as recorded: quantity × price, with the tariff element and the reason.</summary>
/// <param name="Amount">By rule <c>line-scale</c>: 12 decimals, half to even.</param>
public sealed record PricedLine(
    string Dimension, string Phase, int Period, string TariffId, int Element, int Component,
    decimal Quantity, decimal BilledQuantity, string Unit, decimal Price, decimal Amount, string Because);

public sealed record PostedCharge(ChargeComponent Component, long Amount);

/// <summary>A tax line as recorded. Base and Amount in minor units.</summary>
public sealed record PostedTax(
    string Tax, string Jurisdiction, string Rule, decimal? Rate, decimal? PerKwh, long Base, decimal? Kwh,
    long Amount, Disposition Disposition, string Remitter, bool Recoverable, string Reason,
    string? Registration, string? Certificate)
{
    /// <summary>What the base covers: <c>ENERGY+FLAT</c>; empty for per-kWh amounts.</summary>
    public string Components { get; init; } = "";

    /// <summary>The document date decides the rate and is not known yet: the delivery date stood in for it.</summary>
    public bool Provisional { get; init; }

    /// <summary>As the tax rules know it, in the currency of its CDR.</summary>
    public TaxLine ToLine(Currency currency) => new(
        Tax, Jurisdiction, Rule, Rate, PerKwh, new Money(Base, currency), Kwh, new Money(Amount, currency), Disposition,
        Remitter, Recoverable, Reason, Registration, Certificate)
    {
        Components = Components,
        Provisional = Provisional,
    };

    public static PostedTax Of(TaxLine line) => new(
        line.Tax, line.Jurisdiction, line.Rule, line.Rate, line.PerKwh, line.Base.Minor, line.Kwh,
        line.Amount.Minor, line.Disposition, line.Remitter, line.Recoverable, line.Reason,
        line.Registration, line.Certificate)
    {
        Components = line.Components,
        Provisional = line.Provisional,
    };
}

/// <summary>Facts of the streams <c>tariff/{hash}</c> of a relationship: contents of tariffs that its CDRs embed.</summary>
public abstract record TariffFact : Fact
{
    private TariffFact() { }

    public sealed record TariffSeen(Tariff Tariff) : TariffFact;
}
