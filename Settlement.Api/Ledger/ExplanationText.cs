using System.Globalization;
using NodaTime;
using Settlement.Api.Disputes;
using Settlement.Domain;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Ledger;

/// <summary>The story of a CDR in words and numbers that a person can check by hand.</summary>
public static class ExplanationText
{
    public static IEnumerable<string> Lines(Explanation explanation)
    {
        yield return $"CDR {explanation.Key} in {explanation.Tenant}: {StateOf(explanation.State)}";
        if (explanation.State.Received is not null)
        {
            yield return $"Token, contract and what else names the driver: {explanation.DriverData}";
        }

        foreach (var difference in explanation.SessionDifferences)
        {
            yield return $"Differs: {difference.Detail} ({difference.Code}{At(difference)})";
        }

        foreach (var recorded in explanation.Events)
        {
            yield return "";
            yield return $"Event {Whole(recorded.Number)}, {recorded.Type}, recorded {Time(recorded.Time)}";
            foreach (var line in Fact(recorded))
            {
                yield return "  " + line;
            }
        }

        foreach (var line in Now(explanation.Due).Select((text, i) => i == 0 ? $"\n{text}" : text))
        {
            yield return line;
        }
    }

    /// <summary>Dispute, credit notes, and what is due of it now; nothing where only its entry counts.</summary>
    public static IEnumerable<string> Now(CdrDue? now)
    {
        if (now is not { HasMore: true })
        {
            yield break;
        }

        var (currency, dispute) = (Currency.Of(now.Currency), now.Dispute);
        if (dispute.State != DisputeState.None)
        {
            yield return $"Dispute: {DisputeWords.Of(dispute.State)}; {dispute.Reason}, {new Money(dispute.Disputed, currency)} of "
                + $"{new Money(dispute.Gross, currency)} disputed on {Figures.Day(dispute.OpenedOn)} by {dispute.OpenedBy}"
                + (dispute.Because.Length > 0 ? $": {dispute.Because}" : "");
        }

        foreach (var note in now.Notes)
        {
            var parts = note.Charges.Select(charge => $"{charge.Component} {new Money(charge.Amount, currency).Text()}")
                .Concat(note.Taxes.Select(tax => $"{tax.Tax} {new Money(-tax.Amount, currency).Text()}"));
            yield return $"Credit note {note.Number} of {Figures.Day(note.On)} by {note.By}: {new Money(note.Amount, currency)} ({string.Join(", ", parts)})";
        }

        yield return $"Due now {new Money(now.Due, currency)}: posted {new Money(now.Posted, currency).Text()}"
            + (now.DocumentTax == 0 ? "" : $", tax changed by its document {new Money(now.DocumentTax, currency).Text()}")
            + $", credited by notes {new Money(now.Credited, currency).Text()}, withheld {new Money(now.Withheld, currency).Text()}";
    }

    public static string StateOf(CdrState state) => state switch
    {
        { IsRejected: true } => "rejected, nothing is owed",
        { InConflict: true, IsIssued: true } => "in conflict, what was issued stays until one content is chosen",
        { InConflict: true } => "in conflict, nothing is owed until one content is chosen",
        { CreditedBy: { } credit } => $"credited by {credit}, nothing is owed",
        { Effect: not null } => "a credit, in effect",
        { Held: { } held } => $"held, {held.Reasons[0].Code}",
        { Posted: { } posted } => $"posted, {new Money(posted.Due, Currency.Of(posted.Cdr.Currency))} due",
        { Received: null, Awaited: not null } => "awaited: its credit came first",
        _ => "received",
    };

    /// <summary>What other content under its id does to what stands: reversed, kept because issued, or nothing.</summary>
    public static string Effect(CdrFact.CdrConflicted e) =>
        e.Negated is not null ? "what was posted is reversed"
        : e.IsIssued ? "what was issued stays until one content is chosen"
        : "nothing had been posted";

    private static IEnumerable<string> Fact(Recorded recorded) => recorded.Fact switch
    {
        CdrFact.CdrReceived e => Received(e),
        CdrFact.CdrRated e => Rated(e.Settled),
        CdrFact.CdrHeld e => e.Reasons.Select(reason => $"Held: {reason.Detail} ({reason.Code}{At(reason)})")
            .Append(e.Expected is { } expected ? $"Re-rated it would be {Text(expected)} {e.Cdr.Currency}." : "The price cannot be determined."),
        CdrFact.CdrConflicted e =>
            [$"Other content {Short(e.Other.Digest)} came from {e.Other.Source}, claim {ClaimText.Of(e.Cdr)}; both are kept, "
                + $"and {Effect(e)}.", .. e.Negated is { } negated ? Posted(negated, reversed: true) : []],
        CdrFact.CdrRemarked e =>
            [$"The same CDR came again from {e.Content.Source}, received {Time(e.Content.ReceivedAt)}, content {Short(e.Content.Digest)}; "
                + (e.Counts ? "it counts from here on." : "its remarks are kept and change nothing.")],
        CdrFact.CreditAwaited e => [$"Credit {e.CreditId} over {ClaimText.Of(e.Credit, e.Cdr.Currency)} came before this CDR."],
        CdrFact.CdrCredited e => [$"Credited in full by {e.CreditId}."],
        CdrFact.ReleaseProposed e =>
            [$"{e.Release.By} proposes to release it at {Text(e.Release.Amount)} {e.Cdr.Currency} on evidence "
                + $"{e.Release.Evidence}: {e.Release.Reason}. Somebody else must approve it."],
        CdrFact.CdrRejected e => [$"Rejected by {e.By}: {e.Reason}"],
        CdrFact.CdrReopened e => [$"Reopened by {e.By}: {e.Reason}"],
        CdrFact.ContentChosen e =>
            [$"Content {Short(e.Digest)} was chosen by {e.By}, claim {ClaimText.Of(e.Cdr)}: {e.Reason}"],
        CdrFact.SessionSeparated e => [$"{e.By} stated that its session is not that of {e.Other}: {e.Reason}"],
        CdrFact.CdrReversed e =>
            [$"Correction {e.Correction} reverses it: {e.Cause}", .. Posted(e.Negated, reversed: true)],
        CdrFact.CdrUncredited e => [$"Credited by {e.CreditId} no longer."],
        CdrFact.CreditTakenBack e =>
            [$"Credits {e.OriginalId} no longer.", .. e.Restored is { } restored ? Posted(restored, reversed: false) : []],
        CdrFact.CreditPosted e =>
            [$"Credits {e.OriginalId} in full.",
                .. e.Negated is { } negated ? Posted(negated, reversed: true) : ["Nothing was posted under it; both are closed."]],
        _ => throw new InvalidOperationException($"{recorded.Type} has no explanation."),
    };

    private static IEnumerable<string> Received(CdrFact.CdrReceived e)
    {
        var (cdr, at) = (e.Cdr, e.Cdr.Location);
        yield return $"From {e.Source}, received {Time(e.ReceivedAt)}, OCPI {cdr.Version}, content {Short(e.Digest)}";
        yield return $"Session {cdr.SessionId ?? "–"}, {Time(cdr.Start)} to {Time(cdr.End)}";
        yield return $"At {at.Id}{(at.Name is null ? "" : $" ({at.Name})")}, {at.City}, {at.State} {at.PostalCode}, {at.Country}; EVSE {at.EvseId ?? at.EvseUid ?? "–"} {at.PowerType}";
        yield return $"Driver {e.Driver} of {cdr.TokenOwner} (pseudonym)";
        yield return $"Energy {Text(cdr.TotalEnergyKwh)} kWh, time {Text(cdr.TotalTimeHours)} h, of it parking {Text(cdr.TotalParkingHours ?? 0m)} h";
        yield return "Claim " + (cdr.TotalCost is { BeforeTaxes: { } before, AfterTaxes: { } after }
            ? $"{Text(before)} {cdr.Currency} before taxes, {Text(after)} after"
            : ClaimText.Of(cdr.TotalCost.Stated, cdr.Currency));
        foreach (var finding in e.Findings)
        {
            yield return $"Note: {finding.Detail} ({finding.Code}{At(finding)})";
        }

        if (e.UnknownFields > 0)
        {
            yield return $"Note: {e.UnknownFields} fields that OCPI does not know were left out.";
        }
    }

    private static IEnumerable<string> Rated(SettledCdr s)
    {
        var currency = Currency.Of(s.Cdr.Currency);
        yield return "Price";
        foreach (var line in s.Lines)
        {
            yield return line.Element < 0
                ? $"  Price limit {Text(line.Price)} {s.Cdr.Currency}: {Text(line.Amount)}"
                : $"  {line.Dimension}{(line.Phase == "RESERVATION" ? " (reservation)" : "")}, period {line.Period}: {Quantity(line)} × {Text(line.Price)} {s.Cdr.Currency}{LineWording.Per(line)} = {Text(line.Amount)}";
            yield return $"    {line.Because}";
        }

        yield return $"  {(s.ReRated is { } price ? $"Re-rated {Text(price)}" : "No reading gives a price")}, claimed {Text(s.Claimed)}: {s.SettledBecause}"
            + (s.PricesIncludeTax ? " (prices include taxes)" : "");
        yield return $"  Settled before tax {new Money(s.Net, currency)}, by component (largest remainder): "
            + string.Join(", ", s.Charges.Select(charge => $"{charge.Component} {new Money(charge.Amount, currency).Text()}"));
        yield return $"  Roaming surcharge: {SurchargeText.Of(s)}";
        yield return $"Tax in {s.Place} (found by {s.PlaceFoundBy}), tax date {s.TaxDate:uuuu-MM-dd}"
            + (s.Zone is null ? "" : $" in {s.Zone} (from {s.ZoneFoundBy})");
        foreach (var tax in s.Taxes)
        {
            yield return "  " + Tax(tax, currency);
        }

        foreach (var line in Posted(s, reversed: false))
        {
            yield return line;
        }

        foreach (var finding in s.Findings)
        {
            yield return $"Note: {finding.Detail} ({finding.Code}{At(finding)})";
        }
    }

    /// <summary>One tax line: base × rate, exact and rounded, with rule and reason.</summary>
    public static string Tax(PostedTax tax, Currency currency)
    {
        var amount = new Money(tax.Amount, currency).Text();
        var (formula, exact) = LineWording.Of(tax, currency);
        var result = LineWording.IsExempt(tax)
            ? $"exempt on {new Money(tax.Base, currency).Text()}"
            : $"{formula} = {Text(exact)} → {amount}";
        var numbers = string.Concat(
            tax.Registration is null ? "" : $", registration {tax.Registration}",
            tax.Certificate is null ? "" : $", certificate {tax.Certificate}");
        return $"{tax.Tax} {tax.Jurisdiction}: {result}; {tax.Disposition}, remitter {tax.Remitter}{numbers}; rule {tax.Rule}: {tax.Reason}";
    }

    private static IEnumerable<string> Posted(SettledCdr settled, bool reversed)
    {
        var entry = reversed ? settled.Entry().Reversed() : settled.Entry();
        yield return $"Ledger entry, {entry.Currency.Code}";
        foreach (var posting in entry.Postings)
        {
            var (side, amount) = posting.Debit > 0 ? ("debit ", posting.Debit) : ("credit", posting.Credit);
            yield return $"  {side} {posting.Account,-48} {new Money(amount, entry.Currency).Text(),14}";
        }
    }

    private static string Quantity(PricedLine line) => line.Quantity == line.BilledQuantity
        ? $"{Text(line.BilledQuantity)} {line.Unit}"
        : $"{Text(line.Quantity)} {line.Unit}, billed {Text(line.BilledQuantity)} {line.Unit}";

    // enough to name a content by
    private static string Short(string digest) => digest.Length > 12 ? digest[..12] : digest;

    private static string At(Finding finding) => LineWording.At(finding);

    private static string Time(Instant instant) => Figures.Time(instant);

    private static string Text(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
