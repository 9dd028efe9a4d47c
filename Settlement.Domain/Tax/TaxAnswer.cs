using System.Text.Json.Serialization;
using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Tax;

/// <summary>What becomes of a tax on the leg that is settled (one of these per line).</summary>
public enum Disposition
{
    /// <summary>In the amount due; credited to the remitter's tax account.</summary>
    Charged,

    /// <summary>Zero, with base, reason and certificate.</summary>
    Exempt,

    /// <summary>Memo: the agreement absorbs it in the price.</summary>
    Included,

    /// <summary>Memo: the debtor remits it as facilitator.</summary>
    RemittedByDebtor,
}

/// <summary>The taxes of a supply, or the exact question that must be answered first.</summary>
public abstract record TaxAnswer
{
    private TaxAnswer() { }

    /// <param name="Net">Σ of the amounts before tax (backed out where they included it).</param>
    /// <param name="NetAmounts">The net per component; equal to the question's amounts unless they included
    /// tax.</param>
    public sealed record Determined(
        IReadOnlyList<TaxLine> Lines, Money Net, IReadOnlyList<ComponentAmount> NetAmounts) : TaxAnswer
    {
        /// <summary>Σ of the charged lines.</summary>
        public Money Tax => Lines.Where(line => line.Disposition == Disposition.Charged)
            .Aggregate(Money.Zero(Net.Currency), (sum, line) => sum + line.Amount);

        /// <summary>
        /// The same taxes of the same net, whichever day decided them: two possible days are then one answer.
        /// </summary>
        public bool IsSameAs(Determined other) =>
            Net == other.Net && NetAmounts.SequenceEqual(other.NetAmounts)
            && Lines.Select(line => line with { TaxDate = default })
                .SequenceEqual(other.Lines.Select(line => line with { TaxDate = default }));

        /// <summary>Codes of what was left out on request, such as <c>local.not-loaded</c>.</summary>
        public IReadOnlyList<string> Notes { get; init; } = [];
    }

    /// <summary>Undetermined is a value: never a silent zero.</summary>
    /// <param name="Code">Stable code, such as <c>tax.undetermined</c> or
    /// <c>tax.registration-missing</c>.</param>
    /// <param name="Question">What a person in finance must decide, in one sentence.</param>
    public sealed record Undetermined(
        string Code, string Question, string Jurisdiction, string? Rule) : TaxAnswer
    {
        /// <summary>Lines that are sure already; information only, nothing posts from them.</summary>
        public IReadOnlyList<TaxLine> Known { get; init; } = [];
    }
}

/// <summary>One tax on one supply, with the evidence for it.</summary>
/// <param name="Tax">GST, HST, QST, PST, RST, SALES, EV_EXCISE, …</param>
/// <param name="Jurisdiction">CA-QC, US-NY; for local taxes the locality's code.</param>
/// <param name="Rule">Id and version of the rule.</param>
/// <param name="Rate">As a fraction (0.05); null for a per-kWh amount.</param>
/// <param name="Base">Money the rate applies to; for per-kWh amounts zero.</param>
/// <param name="Kwh">Energy a per-kWh amount applies to; null otherwise.</param>
/// <param name="Amount">Whole minor units, half away from zero on the exact value (rule
/// <c>minor-units</c>).</param>
/// <param name="Remitter">CPO, STATION_OWNER, EMSP or UTILITY.</param>
/// <param name="Recoverable">The debtor can claim it as an input tax credit.</param>
public sealed record TaxLine(
    string Tax,
    string Jurisdiction,
    string Rule,
    decimal? Rate,
    decimal? PerKwh,
    Money Base,
    decimal? Kwh,
    Money Amount,
    Disposition Disposition,
    string Remitter,
    bool Recoverable,
    string Reason,
    string? Registration,
    string? Certificate)
{
    /// <summary>What the base covers: <c>ENERGY+FLAT</c>; empty for per-kWh amounts.</summary>
    public string Components { get; init; } = "";

    /// <summary>How the place was found.</summary>
    public string PlaceFoundBy { get; init; } = "";

    /// <summary>The day that decided the rule.</summary>
    [JsonConverter(typeof(IsoDateConverter))]
    public LocalDate TaxDate { get; init; }

    /// <summary>The document date decides and is not known yet: the delivery date stood in for it.</summary>
    public bool Provisional { get; init; }

    /// <summary>
    /// The line of a credit: the same evidence, the opposite amounts; never computed again.
    /// </summary>
    public TaxLine Negated() => this with { Base = -Base, Kwh = -Kwh, Amount = -Amount };
}
