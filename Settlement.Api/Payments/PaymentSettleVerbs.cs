using System.CommandLine;
using Settlement.Api.Disputes;
using Settlement.Domain.Ledger;
using Settlement.Domain.People;

namespace Settlement.Api.Payments;

/// <summary><c>payments refund</c> and <c>payments offset</c>: what is open the other way round comes to zero too.</summary>
internal static class PaymentSettleVerbs
{
    public static Command Refund()
    {
        var (relationship, actor) = (DisputeVerb.RelationshipArgument(), DisputeVerb.ActorOption());
        var id = new Argument<string>("ID");
        var amount = new Option<string?>("--amount") { Description = "such as 12.50; default: all that is unmatched" };
        var command = new Command("refund", "Refunds the unmatched part of a payment.") { relationship, id, amount, actor };
        command.SetAction((parsed, stop) => DisputeVerb.Within(
            parsed.GetValue(relationship)!, parsed.GetValue(actor)!, Right.RecordPayment, async (engine, pair) =>
            {
                var name = parsed.GetValue(id)!;
                var currency = Currency.Of((await engine.Payments.Find(pair, name, stop)).Payment?.Currency ?? "CAD");
                var (minor, wrong) = PaymentFile.Amount(parsed.GetValue(amount), currency);
                return wrong
                    ?? await engine.Payments.Refund(
                        pair, name, minor, await PaymentsVerb.Today(engine, pair, stop), parsed.GetValue(actor)!, stop)
                    ?? await PaymentsVerb.Say(engine, pair, name, stop);
            },
            stop));
        return command;
    }

    public static Command Offset()
    {
        var (relationship, actor) = (DisputeVerb.RelationshipArgument(), DisputeVerb.ActorOption());
        var credit = new Argument<string>("CREDIT") { Description = "a credit note, as in CN-US-CPI-CA-FLO-000001" };
        var document = new Argument<string>("DOCUMENT") { Description = "the invoice it settles" };
        var amount = new Option<string?>("--amount") { Description = "such as 12.50; default: the smaller of the two open amounts" };
        var command = new Command("offset", "Sets a credit note against an invoice of the same direction.")
        {
            relationship, credit, document, amount, actor,
        };
        command.SetAction((parsed, stop) => DisputeVerb.Within(
            parsed.GetValue(relationship)!, parsed.GetValue(actor)!, Right.RecordPayment, async (engine, pair) =>
            {
                var (name, invoice) = (parsed.GetValue(credit)!, parsed.GetValue(document)!);
                var item = (await engine.Payments.Open(pair, null, stop)).Find(name);
                var (minor, wrong) = PaymentFile.Amount(parsed.GetValue(amount), Currency.Of(item?.Currency ?? "CAD"));
                var refusal = wrong ?? await engine.Payments.Offset(
                    pair, name, invoice, minor, await PaymentsVerb.Today(engine, pair, stop), parsed.GetValue(actor)!, stop);
                if (refusal is null)
                {
                    Console.WriteLine($"{name} is set against {invoice}.");
                }

                return refusal;
            },
            stop));
        return command;
    }
}
