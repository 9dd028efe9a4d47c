using System.Globalization;
using FluentValidation;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Intake;

/// <summary>
/// Whether a CDR agrees with itself. What it finds does not refuse the CDR: a hold waits for a person, a note
/// is for the record (<see cref="IntakeFindings.SeverityOf"/> says which each code is, and why is said here).
/// </summary>
public sealed class CdrValidator : AbstractValidator<Cdr>
{
    /// <summary>The one there is: it keeps no state of a CDR.</summary>
    public static readonly CdrValidator One = new();

    private readonly List<Func<Cdr, bool>> conditions = [];

    public CdrValidator()
    {
        // Hold: no session can be rated or dated without its times.
        Rule(
            IntakeFindings.EndBeforeStart, "/end_date_time", cdr => cdr.End >= cdr.Start,
            CdrFaults.EndBeforeStart);

        // Hold: nothing to rate. An unused reservation has a reservation cost instead of periods.
        Rule(
            IntakeFindings.PeriodsEmpty, "/charging_periods",
            cdr => cdr.Periods.Count > 0 || cdr.TotalReservationCost is not null, _ => "there are none");

        // Hold: which price applied depends on the order and the place of each period.
        Rule(IntakeFindings.PeriodsOrder, "/charging_periods", CdrFaults.InOrder, CdrFaults.OutOfOrder);
        Rule(IntakeFindings.PeriodOutside, "/charging_periods", CdrFaults.AllInside, CdrFaults.Outside);

        // Note: a period that measures nothing costs nothing.
        Rule(
            IntakeFindings.PeriodEmpty, "/charging_periods",
            cdr => !cdr.Periods.Any(CdrFaults.HasNothing), _ => "a period has no dimension");

        // Hold, both: export of energy needs a clause in the agreement; negative time has no meaning under any.
        Rule(
            IntakeFindings.VolumeNegative, "/charging_periods",
            cdr => cdr.Credit || !cdr.Periods.Any(CdrFaults.HasExport), CdrFaults.Export);
        Rule(
            IntakeFindings.TimeNegative, "/charging_periods",
            cdr => cdr.Credit || !cdr.Periods.Any(CdrFaults.HasNegativeTime), CdrFaults.NegativeTime);

        Totals();
        Credits();
        Parties();
    }

    /// <summary>
    /// Everything found, in the order of the rules; empty for a CDR that agrees with itself.
    /// </summary>
    public IReadOnlyList<Finding> Check(Cdr cdr)
    {
        // nearly every CDR agrees with itself, and the conditions alone cost a tenth of a validation
        if (conditions.TrueForAll(holds => holds(cdr)))
        {
            return [];
        }

        var result = Validate(cdr);
        return result.IsValid
            ? []
            : [.. result.Errors.Select(
                error => new Finding(error.ErrorCode, (string)error.CustomState, error.ErrorMessage))];
    }

    private void Totals()
    {
        // Hold: this is the money. A factor of 1000 (Wh for kWh) shows here.
        Rule(IntakeFindings.EnergyDiffers, "/total_energy", CdrFaults.EnergyAgrees, CdrFaults.Energy);

        // Notes: prices come from the periods' own times; some CPOs leave idle time out of the totals.
        Rule(IntakeFindings.TimeDiffers, "/total_time", CdrFaults.TimeAgrees, CdrFaults.Time);
        Rule(
            IntakeFindings.ParkingDiffers, "/total_parking_time", CdrFaults.ParkingAgrees, CdrFaults.Parking);
        Rule(
            IntakeFindings.ParkingExceedsTime, "/total_parking_time",
            cdr => !(cdr.TotalParkingHours > cdr.TotalTimeHours),
            cdr => $"total_parking_time {Text(cdr.TotalParkingHours)} h exceeds "
                + $"total_time {Text(cdr.TotalTimeHours)} h");

        // Note: the total is what is claimed and compared; the parts are for information.
        Rule(IntakeFindings.PartsDiffer, "/total_cost", CdrFaults.PartsAgree, CdrFaults.Parts);
    }

    private void Credits()
    {
        // Hold, all: a credit negates a posted CDR, so which one and which sign must be certain.
        Rule(
            IntakeFindings.CreditReference, "/credit_reference_id",
            cdr => !cdr.Credit || cdr.CreditReferenceId is not null,
            _ => "a credit names the CDR that it credits");
        Rule(
            IntakeFindings.CreditFlagMissing, "/credit",
            cdr => cdr.Credit || cdr.CreditReferenceId is null,
            _ => "there is a credit_reference_id, but the CDR does not say that it is a credit");
        Rule(
            IntakeFindings.CreditPositive, "/total_cost",
            cdr => !cdr.Credit || !(CdrFaults.Total(cdr) > 0m),
            cdr => $"a credit claims {Text(CdrFaults.Total(cdr))}; it must not be above 0");
        Rule(
            IntakeFindings.TotalNegative, "/total_cost",
            cdr => cdr.Credit || !(CdrFaults.Total(cdr) < 0m),
            cdr => $"{Text(CdrFaults.Total(cdr))} is claimed; below 0 only a credit may");
    }

    private void Parties()
    {
        // Hold: nobody owes itself.
        Rule(
            IntakeFindings.OwnerIsTokenOwner, "/cdr_token",
            cdr => cdr.Key.Owner != cdr.TokenOwner, cdr => $"CPO and eMSP are both {cdr.TokenOwner}");

        // Hold, both: an amount without a known currency is no amount.
        Rule(
            IntakeFindings.CurrencyUnknown, "/currency",
            cdr => Currency.Find(cdr.Currency) is not null, _ => "is no ISO 4217 code");
        Rule(
            IntakeFindings.CurrencyWithdrawn, "/currency",
            cdr => !(Currency.Find(cdr.Currency)?.WithdrawnOn <= Day(cdr.End)),
            cdr => $"{cdr.Currency} was withdrawn on {Text(Currency.Of(cdr.Currency).WithdrawnOn)}; use "
                + $"{Currency.Of(cdr.Currency).Successor ?? "its successor"}");
    }

    private void Rule(string code, string pointer, Func<Cdr, bool> holds, Func<Cdr, string> fault)
    {
        conditions.Add(holds);
        RuleFor(cdr => cdr)
            .Must(holds)
            .WithErrorCode(code)
            .WithState(_ => pointer)
            .WithSeverity(
                IntakeFindings.SeverityOf(code) == FindingSeverity.Hold ? Severity.Error : Severity.Warning)
            .WithMessage((_, cdr) => fault(cdr));
    }

    internal static string Text(decimal? number) =>
        number?.ToString(CultureInfo.InvariantCulture) ?? "nothing";

    private static string Text(LocalDate? date) =>
        date?.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static LocalDate Day(Instant instant) => instant.InUtc().Date;
}
