using NodaTime;
using Settlement.Api.Payments;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Payments;
using Settlement.Domain.People;

namespace Settlement.Api.V1;

/// <summary>Payments, open items and their ages, write-offs and opening balances.</summary>
internal static class MoneyApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapRead("/payments", Right.Read, List, "Payments, those changed last first").Gives<Page<PaymentAnswer>>();
        api.MapReadAtOnce("/payments/{relationship}/{id}", Right.Read, Get, "One payment and what it paid").Gives<PaymentAnswer>();
        api.MapRead("/open-items/{relationship}", Right.Read, Items, "What is open under which document").Gives<IReadOnlyList<ItemAnswer>>();
        api.MapRead("/ageing/{relationship}", Right.Read, Ages, "What is open by days after its due date").Gives<IReadOnlyList<AgeingAnswer>>();
        api.MapRead("/open-items/{relationship}/tie-outs", Right.Read, Ties, "Open items against the accounts of the ledger").Gives<IReadOnlyList<TieAnswer>>();
        api.MapWrite("/payments/{relationship}", Right.RecordPayment, Record, "Records money that came, and applies what matches").Accepts<PaymentRequest>("application/json").Gives<PaymentAnswer>();
        api.MapWrite("/payments/{relationship}/{id}/apply", Right.RecordPayment, Apply, "Applies what is left of a payment").Accepts<ApplyRequest>("application/json").Gives<PaymentAnswer>();
        api.MapWrite("/payments/{relationship}/{id}/return", Right.RecordPayment, Return, "The bank took it back: what it paid is open again").Accepts<ReasonRequest>("application/json").Gives<PaymentAnswer>();
        api.MapWrite("/payments/{relationship}/{id}/refund", Right.RecordPayment, Refund, "Refunds the unmatched part of a payment").Accepts<RefundRequest>("application/json").Gives<PaymentAnswer>();
        api.MapWrite("/offsets/{relationship}/{credit}", Right.RecordPayment, Offset, "Sets a credit note against an invoice of its direction").Accepts<OffsetRequest>("application/json").Gives<DoneAnswer>();
        api.MapWrite("/write-offs/{relationship}/{document}", Right.ProposeCorrection, AskWriteOff, "Asks to give up the small rest of a document").Accepts<ReasonRequest>("application/json").Gives<DoneAnswer>();
        api.MapWrite("/write-offs/{relationship}/{document}/approve", Right.ApproveCorrection, ApproveWriteOff, "Agrees to give it up: another person").Gives<DoneAnswer>();
        api.MapWrite("/openings/{relationship}/{name}", Right.ProposeCorrection, AskOpening, "Proposes opening balances").Accepts<OpeningRequest>("application/json").Gives<DoneAnswer>();
        api.MapWrite("/openings/{relationship}/{name}/approve", Right.ApproveCorrection, ApproveOpening, "One of the two approvals of opening balances").Gives<DoneAnswer>();
    }

    internal static async Task<ApiAnswer> With(
        string relationship, Engine engine, Func<Relationship, Task<ApiAnswer>> answer, CancellationToken stop) =>
        await engine.Books.Known(Relationship.OfTenant(relationship), stop) is { } pair
            ? await answer(pair)
            : ApiAnswer.No(new Refusal("relationship.unknown", $"No relationship '{relationship}' has anything to settle."));

    private static async Task<ApiAnswer> List(
        string? relationship, int? limit, string? cursor, HttpRequest request, Engine engine, CancellationToken stop)
    {
        var size = Paging.Limit(limit, out var refusal);
        var after = refusal is null ? Paging.Key<NumberCursor>(cursor, out refusal) : null;
        if (refusal is not null)
        {
            return ApiAnswer.No(refusal);
        }

        var found = await engine.Money.Payments(relationship, after?.Number ?? long.MaxValue, size + 1, stop);
        return Paging.Answer(
            request, found, size, listed => PaymentAnswer.Of(listed.Tenant, listed.State), listed => new NumberCursor(listed.Number));
    }

    private static Task<ApiAnswer> Get(string relationship, string id, Engine engine, CancellationToken stop) =>
        With(relationship, engine, pair => Answer(engine, pair, id, stop), stop);

    private static Task<ApiAnswer> Items(string relationship, string? as_of, Engine engine, CancellationToken stop) =>
        AsOf(relationship, as_of, engine, async (pair, day) => ApiAnswer.Of(
            await engine.Payments.Open(pair, day, stop) is var open
                ? [.. open.All.Select(item => ItemAnswer.Of(item, day)), .. open.Money.Select(ItemAnswer.Unapplied)]
                : Array.Empty<ItemAnswer>()), stop);

    private static Task<ApiAnswer> Ages(string relationship, string? as_of, Engine engine, CancellationToken stop) =>
        AsOf(relationship, as_of, engine, async (pair, day) => ApiAnswer.Of(
            (await engine.Payments.Age(pair, day, stop)).Select(AgeingAnswer.Of).ToList()), stop);

    private static Task<ApiAnswer> Ties(string relationship, Engine engine, CancellationToken stop) =>
        With(relationship, engine, async pair => ApiAnswer.Of((await engine.Payments.TieOuts(pair, stop))
            .Select(tie => new TieAnswer(tie.Name, tie.Subject, tie.Text(tie.One), tie.Text(tie.Other), tie.Holds)).ToList()), stop);

    private static Task<ApiAnswer> Record(
        string relationship, PaymentRequest body, HttpContext http, Engine engine, CancellationToken stop) =>
        With(relationship, engine, async pair =>
        {
            var (payment, refusal) = PaymentsVerb.Read(pair, new PaymentText(
                body.Id ?? "", body.Payer ?? "", body.Amount ?? "", body.Currency ?? "", body.ValueDate ?? "", body.Reference ?? ""));
            if (payment is null)
            {
                return ApiAnswer.No(refusal!);
            }

            var (lines, wrong) = PaymentFile.Remittance(body.Documents ?? [], Currency.Of(payment.Currency));
            return lines is null ? ApiAnswer.No(wrong!)
                : await engine.Payments.Record(pair, payment, lines, await Today(engine, pair, stop), http.Actor(), stop) is { } no
                    ? ApiAnswer.No(StatusCodes.Status409Conflict, no)
                    : await Answer(engine, pair, payment.Id, stop);
        }, stop);

    private static Task<ApiAnswer> Apply(
        string relationship, string id, ApplyRequest body, HttpContext http, Engine engine, CancellationToken stop) =>
        With(relationship, engine, async pair =>
        {
            var currency = Currency.Of((await engine.Payments.Find(pair, id, stop)).Payment?.Currency ?? "CAD");
            var (lines, wrong) = PaymentFile.Remittance(body.Documents ?? [], currency);
            return lines is null ? ApiAnswer.No(wrong!)
                : await engine.Payments.Apply(pair, id, lines, await Today(engine, pair, stop), http.Actor(), stop) is { } no
                    ? ApiAnswer.No(StatusCodes.Status409Conflict, no)
                    : await Answer(engine, pair, id, stop);
        }, stop);

    private static Task<ApiAnswer> Return(
        string relationship, string id, ReasonRequest body, HttpContext http, Engine engine, CancellationToken stop) =>
        With(relationship, engine, async pair =>
            await engine.Payments.Reverse(pair, id, body.Reason ?? "", await Today(engine, pair, stop), http.Actor(), stop) is { } no
                ? ApiAnswer.No(StatusCodes.Status409Conflict, no)
                : await Answer(engine, pair, id, stop), stop);

    private static Task<ApiAnswer> Refund(
        string relationship, string id, RefundRequest body, HttpContext http, Engine engine, CancellationToken stop) =>
        With(relationship, engine, async pair =>
        {
            var currency = Currency.Of((await engine.Payments.Find(pair, id, stop)).Payment?.Currency ?? "CAD");
            var (minor, wrong) = PaymentFile.Amount(body.Amount, currency);
            return wrong is not null ? ApiAnswer.No(wrong)
                : await engine.Payments.Refund(pair, id, minor, await Today(engine, pair, stop), http.Actor(), stop) is { } no
                    ? ApiAnswer.No(StatusCodes.Status409Conflict, no)
                    : await Answer(engine, pair, id, stop);
        }, stop);

    private static Task<ApiAnswer> Offset(
        string relationship, string credit, OffsetRequest body, HttpContext http, Engine engine, CancellationToken stop) =>
        Done(relationship, engine, async pair =>
        {
            var item = (await engine.Payments.Open(pair, null, stop)).Find(credit);
            var (minor, wrong) = PaymentFile.Amount(body.Amount, Currency.Of(item?.Currency ?? "CAD"));
            return wrong ?? await engine.Payments.Offset(
                pair, credit, body.Document ?? "", minor, await Today(engine, pair, stop), http.Actor(), stop);
        }, stop);

    private static Task<ApiAnswer> AskWriteOff(
        string relationship, string document, ReasonRequest body, HttpContext http, Engine engine, CancellationToken stop) =>
        Done(relationship, engine, async pair => await engine.Payments.ProposeWriteOff(
            pair, document, body.Reason ?? "", await Today(engine, pair, stop), http.Actor(), stop), stop);

    private static Task<ApiAnswer> ApproveWriteOff(
        string relationship, string document, HttpContext http, Engine engine, CancellationToken stop) =>
        Done(relationship, engine, async pair => await engine.Payments.ApproveWriteOff(
            pair, document, await Today(engine, pair, stop), http.Actor(), stop), stop);

    private static Task<ApiAnswer> AskOpening(
        string relationship, string name, OpeningRequest body, HttpContext http, Engine engine, CancellationToken stop) =>
        Done(relationship, engine, pair => engine.Openings.Propose(pair, name, body.Csv ?? "", http.Actor(), stop), stop);

    private static Task<ApiAnswer> ApproveOpening(
        string relationship, string name, HttpContext http, Engine engine, CancellationToken stop) =>
        Done(relationship, engine, pair => engine.Openings.Approve(pair, name, http.Actor(), stop), stop);

    private static Task<ApiAnswer> Done(
        string relationship, Engine engine, Func<Relationship, Task<Refusal?>> work, CancellationToken stop) =>
        With(relationship, engine, async pair => await work(pair) is { } no
            ? ApiAnswer.No(StatusCodes.Status409Conflict, no)
            : ApiAnswer.Of(new DoneAnswer(true)), stop);

    private static Task<ApiAnswer> AsOf(
        string relationship, string? day, Engine engine, Func<Relationship, LocalDate, Task<ApiAnswer>> answer,
        CancellationToken stop) => With(relationship, engine, async pair =>
            Output.Date(day, out var malformed) is var date && malformed is not null
                ? ApiAnswer.No(malformed)
                : await answer(pair, date ?? await Today(engine, pair, stop)), stop);

    private static async Task<ApiAnswer> Answer(Engine engine, Relationship relationship, string id, CancellationToken stop) =>
        await engine.Payments.Find(relationship, id, stop) is { Payment: not null } state
            ? ApiAnswer.Of(PaymentAnswer.Of(relationship.ToString(), state))
            : ApiAnswer.No(new Refusal("payment.unknown", $"There is no payment {id}."));

    private static Task<LocalDate> Today(Engine engine, Relationship relationship, CancellationToken stop) =>
        engine.Disputes.Today(relationship, engine.Now, stop);

    private sealed record NumberCursor(long Number);
}

/// <param name="Id">The bank's id: the same id again is the same payment.</param>
/// <param name="Amount">A decimal string.</param>
/// <param name="Documents"><c>INV-…</c> or <c>INV-…=12.50</c>; else what the reference names, else oldest first.</param>
public sealed record PaymentRequest(
    string? Id, string? Payer, string? Amount, string? Currency, string? ValueDate, string? Reference,
    IReadOnlyList<string>? Documents);

public sealed record ApplyRequest(IReadOnlyList<string>? Documents);

public sealed record ReasonRequest(string? Reason);

/// <param name="Amount">A decimal string; null = all that is unmatched.</param>
public sealed record RefundRequest(string? Amount);

/// <param name="Document">The invoice.</param>
/// <param name="Amount">A decimal string; null = as much as both have open.</param>
public sealed record OffsetRequest(string? Document, string? Amount);

/// <param name="Csv">account,debtor,creditor,currency,amount,date,reference,due_date</param>
public sealed record OpeningRequest(string? Csv);

public sealed record DoneAnswer(bool Done);

/// <summary>Amounts as decimal strings in the payment's currency.</summary>
public sealed record PaymentAnswer(
    string Relationship, string Id, string Payer, string Payee, string Currency, string Amount, string ValueDate,
    string Reference, string State, string Unapplied, IReadOnlyList<ApplicationAnswer> Applications)
{
    public static PaymentAnswer Of(string tenant, PaymentState state)
    {
        var payment = state.Payment!;
        return new PaymentAnswer(
            tenant, payment.Id, $"{payment.Payer}", $"{payment.Payee}", payment.Currency, Text(payment.Amount),
            Figures.Day(payment.ValueDate), payment.Reference, state.IsReversed ? "Returned" : state.Match.ToString(),
            Text(state.Unapplied), [.. state.Applications.Select(each => new ApplicationAnswer(each.Document, Text(each.Amount)))]);

        string Text(long minor) => new Money(minor, Domain.Ledger.Currency.Of(payment.Currency)).Text();
    }
}

public sealed record ApplicationAnswer(string Document, string Amount);

/// <summary>Total − amended − set-off − converted − offset − paid − written off − disputed − credited = open.</summary>
public sealed record ItemAnswer(
    string Document, string Debtor, string Creditor, string Currency, string Date, string DueDate, int DaysOverdue,
    string Total, string Amended, string SetOff, string Converted, string Paid, string WrittenOff, string Disputed,
    string Credited, string Open)
{
    /// <summary>By credit notes set against it; of such a note, negative.</summary>
    public string Offset { get; init; } = "0";

    /// <summary>Money that matches nothing: negative, for its payer has it to get.</summary>
    public static ItemAnswer Unapplied(ItemMove money)
    {
        var currency = Domain.Ledger.Currency.Of(money.Currency);
        var (open, none) = (new Money(-money.Amount, currency).Text(), Money.Zero(currency).Text());
        return new ItemAnswer(
            money.Reference, $"{money.Debtor}", $"{money.Creditor}", money.Currency, Figures.Day(money.On), Figures.Day(money.On),
            0, open, none, none, none, none, none, none, none, open) { Offset = none };
    }

    public static ItemAnswer Of(OpenItem item, LocalDate asOf)
    {
        return new ItemAnswer(
            item.Name, $"{item.Debtor}", $"{item.Creditor}", item.Currency, Figures.Day(item.On), Figures.Day(item.DueOn),
            Math.Max(Ageing.DaysOverdue(item, asOf), 0), Text(item.Total), Text(item.Amended), Text(item.SetOff),
            Text(item.Converted), Text(item.Paid), Text(item.WrittenOff), Text(item.Disputed), Text(item.Credited),
            Text(item.Open)) { Offset = Text(item.Offset) };

        string Text(long minor) => new Money(minor, Domain.Ledger.Currency.Of(item.Currency)).Text();
    }
}

/// <summary>Open amounts by days after the due date; disputed and unapplied are in no other column.</summary>
public sealed record AgeingAnswer(
    string Debtor, string Creditor, string Currency, string NotDue, string Days1To30, string Days31To60,
    string Days61To90, string Days91To120, string Over120, string Disputed, string Unapplied)
{
    public static AgeingAnswer Of(AgeingRow row)
    {
        return new AgeingAnswer(
            $"{row.Debtor}", $"{row.Creditor}", row.Currency, Text(row.NotDue), Text(row.To30), Text(row.To60), Text(row.To90),
            Text(row.To120), Text(row.Over120), Text(row.Disputed), Text(row.Unapplied));

        string Text(long minor) => new Money(minor, Domain.Ledger.Currency.Of(row.Currency)).Text();
    }
}
