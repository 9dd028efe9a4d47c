using NodaTime;

namespace Settlement.Domain.Agreements;

/// <summary>Who supplies the driver.</summary>
public enum SupplyModel
{
    /// <summary>The CPO sells to the eMSP, which sells to its driver.</summary>
    Resale,

    /// <summary>The CPO sells to the driver; the eMSP acts for the CPO.</summary>
    Agency,
}

/// <summary>What two parties agreed and OCPI leaves open; one version of it.</summary>
public sealed record Agreement
{
    public required Relationship Relationship { get; init; }

    public required int Version { get; init; }

    /// <summary>First day, in <see cref="Zone"/>, of sessions this version governs.</summary>
    public required LocalDate ValidFrom { get; init; }

    /// <summary>Made by a file import of an unseen pair: reports work, issuing is refused (rules-money 29).</summary>
    public bool Provisional { get; init; }

    /// <summary>ISO 4217 codes that may be settled.</summary>
    public IReadOnlyList<string> Currencies { get; init; } = ["CAD", "USD"];

    public SupplyModel Supply { get; init; }

    /// <summary>IANA zone in which months are cut.</summary>
    public string Zone { get; init; } = "America/Toronto";

    /// <summary>Largest accepted difference between claim and re-rated price, minor units (rules-money 9).</summary>
    public int ToleranceMinor { get; init; }

    /// <summary>
    /// Settle also where the CPO published a price for the connector and none of its kind can be compared; else such a
    /// CDR is held (rules-money 10).
    /// </summary>
    public bool SettleNotComparable { get; init; }

    /// <summary>Days between session end and receipt after which a CDR is held; null = no limit (rules-money 16).</summary>
    public int? MaximumAgeDays { get; init; }

    /// <summary>Minutes by which the CPO's clock may be ahead of ours: a session that ends later is held.</summary>
    public int ClockDifferenceMinutes { get; init; } = 5;

    /// <summary>Seconds of charging and parking that may be billed beyond the timestamps of a period or session.</summary>
    public int TimeToleranceSeconds { get; init; } = 60;

    /// <summary>Percent by which a connector may deliver more than its rated power.</summary>
    public int PowerTolerancePercent { get; init; } = 10;

    /// <summary>kWh by which a CDR may differ from the session object that its CPO reported; more is held.</summary>
    public decimal SessionKwh { get; init; } = 0.5m;

    /// <summary>Minor units by which its total may differ from the one of the session object; more is held.</summary>
    public int SessionMinor { get; init; } = 50;

    /// <summary>Readings of OCPI that differ from the default, as name=value.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>Net export of energy is part of the agreement (rules-money 12).</summary>
    public bool ExportClause { get; init; }

    /// <summary>Excises on charging are inside the CPO's price: shown, not added (rules-money 3).</summary>
    public bool ExciseAbsorbed { get; init; }

    /// <summary>States in which the eMSP remits sales tax as marketplace facilitator (rules-money 3).</summary>
    public IReadOnlyList<string> DebtorRemitsSalesTaxIn { get; init; } = [];

    /// <summary>The eMSP writes the CPO's invoices; the CPO's registrations are printed (rules-money 19).</summary>
    public bool ReverseBilling { get; init; }

    /// <summary>Days after session end within which a CDR should come; a later one is marked <c>cdr.late</c>, not held.</summary>
    public int SubmissionWindowDays { get; init; } = 14;

    /// <summary>Days after issue within which a statement can be disputed; then it counts as accepted.</summary>
    public int DisputeWindowDays { get; init; } = 30;

    /// <summary>What becomes of a dispute nobody answered; null = it escalates and stays withheld (rules-money 24).</summary>
    public DisputeDefault? DisputeDefault { get; init; }

    /// <summary>Days within which a dispute must be answered.</summary>
    public int DisputeAnswerDays { get; init; } = 10;

    /// <summary>A document whose every amount is zero is issued too, as of a month of free sessions.</summary>
    public bool IssuesZeroDocuments { get; init; }

    /// <summary>Mutual dues are settled against each other at issue (rules-money 25).</summary>
    public bool Netting { get; init; } = true;

    /// <summary>Below this many minor units nothing is set off: it is carried forward.</summary>
    public long NettingThresholdMinor { get; init; }

    /// <summary>Every due is carried over into this currency at issue; null = each currency for itself (rules-money 26).</summary>
    public string? SettlementCurrency { get; init; }

    /// <summary>Where its rates come from.</summary>
    public string FxSource { get; init; } = "Bank of Canada, daily";

    /// <summary>A rate older than this many days on the document date is none.</summary>
    public int FxMaximumAgeDays { get; init; } = 5;

    /// <summary>Days from document date to due date.</summary>
    public int PaymentTermsDays { get; init; } = 30;

    /// <summary>The largest open rest of a document, minor units, that two people may write off; 0 = none.</summary>
    public long WriteOffLimitMinor { get; init; } = 100;

    /// <summary>
    /// Minor units by which a partner's list may differ from ours on one line and still agree; null = the tolerance of
    /// prices.
    /// </summary>
    public int? ReconcileMinor { get; init; }

    /// <summary>Most that such differences of a direction and currency may come to, minor units; null = no limit.</summary>
    public long? ReconcileCapMinor { get; init; }

    /// <summary>kWh by which a line may differ.</summary>
    public decimal ReconcileKwh { get; init; } = 0.001m;

    /// <summary>Seconds by which its start and end may differ.</summary>
    public int ReconcileSeconds { get; init; } = 60;

    /// <summary>What differs for the supplies of one CPO; what is null there stands as here.</summary>
    public IReadOnlyList<DirectionTerms> Directions { get; init; } = [];

    /// <summary>The terms of one direction: what <paramref name="cpo"/>, a home id, supplies.</summary>
    public Agreement For(PartyId cpo) => Directions.FirstOrDefault(terms => terms.Cpo == cpo) is { } own
        ? this with
        {
            Currencies = own.Currencies ?? Currencies,
            Supply = own.Supply ?? Supply,
            ToleranceMinor = own.ToleranceMinor ?? ToleranceMinor,
            MaximumAgeDays = own.MaximumAgeDays ?? MaximumAgeDays,
            Policies = own.Policies ?? Policies,
            ExciseAbsorbed = own.ExciseAbsorbed ?? ExciseAbsorbed,
            DebtorRemitsSalesTaxIn = own.DebtorRemitsSalesTaxIn ?? DebtorRemitsSalesTaxIn,
            ReverseBilling = own.ReverseBilling ?? ReverseBilling,
            PaymentTermsDays = own.PaymentTermsDays ?? PaymentTermsDays,
            ReconcileMinor = own.ReconcileMinor ?? ReconcileMinor,
            ReconcileCapMinor = own.ReconcileCapMinor ?? ReconcileCapMinor,
            ReconcileKwh = own.ReconcileKwh ?? ReconcileKwh,
            ReconcileSeconds = own.ReconcileSeconds ?? ReconcileSeconds,
        }
        : this;

    public static Agreement ProvisionalFor(Relationship relationship) =>
        new() { Relationship = relationship, Version = 1, ValidFrom = new LocalDate(2010, 1, 1), Provisional = true };

    /// <summary>Month, in the agreement's zone, that a session end falls into.</summary>
    public YearMonth ChargePeriod(Instant sessionEnd) =>
        sessionEnd.InZone(DateTimeZoneProviders.Tzdb[Zone]).Date.ToYearMonth();
}

/// <summary>What becomes of a dispute that nobody answered in time.</summary>
public enum DisputeDefault
{
    Upheld,
    Denied,
}

/// <summary>Terms that differ for the supplies of one CPO; null = as the agreement says.</summary>
public sealed record DirectionTerms(
    PartyId Cpo,
    IReadOnlyList<string>? Currencies = null,
    SupplyModel? Supply = null,
    int? ToleranceMinor = null,
    int? MaximumAgeDays = null,
    IReadOnlyList<string>? Policies = null,
    bool? ExciseAbsorbed = null,
    IReadOnlyList<string>? DebtorRemitsSalesTaxIn = null,
    bool? ReverseBilling = null,
    int? PaymentTermsDays = null,
    int? ReconcileMinor = null,
    long? ReconcileCapMinor = null,
    decimal? ReconcileKwh = null,
    int? ReconcileSeconds = null);

/// <summary>All versions of one relationship's agreement.</summary>
public sealed record AgreementHistory(IReadOnlyList<Agreement> Versions)
{
    public static readonly AgreementHistory None = new([]);

    public AgreementHistory With(Agreement version) => new([.. Versions, version]);

    /// <summary>The version valid at session start: the latest made among those already in force then.</summary>
    public Agreement? At(Instant sessionStart) =>
        Versions.LastOrDefault(v =>
            v.ValidFrom <= sessionStart.InZone(DateTimeZoneProviders.Tzdb[v.Zone]).Date);

    /// <summary>The version in force on a day; before the first of them the newest one.</summary>
    public Agreement? On(LocalDate day) =>
        Versions.LastOrDefault(version => version.ValidFrom <= day) ?? (Versions is [.., var newest] ? newest : null);

    /// <summary>The version in force on the last day of a month: the one that the month is closed under.</summary>
    public Agreement? Of(YearMonth month) => On(month.ToDateInterval().End);
}

/// <summary>Facts of the stream <c>agreement</c> in a relationship's tenant.</summary>
public abstract record AgreementFact : Fact
{
    private AgreementFact() { }

    /// <summary>A version was agreed, the first or an amendment.</summary>
    public sealed record AgreementMade(Agreement Terms) : AgreementFact
    {
        /// <summary>What was agreed and where it is written; null for a version that an import made.</summary>
        public string? Reason { get; init; }
    }
}
