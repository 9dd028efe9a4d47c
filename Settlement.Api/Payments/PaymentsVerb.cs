using System.CommandLine;
using NodaTime;
using Settlement.Api.Disputes;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Payments;
using Settlement.Domain.People;

namespace Settlement.Api.Payments;

/// <summary>
/// <c>payments record|import|apply|return|refund|offset|write-off|list|items|ageing</c>: money between the two, and what is open.
/// </summary>
public static class PaymentsVerb
{
    private const int MostListed = 1000;

    public static Command Create() => new("payments", "Payments, what they paid, and what is open.")
    {
        CreateRecord(), CreateImport(), CreateApply(), CreateReturn(), PaymentSettleVerbs.Refund(),
        PaymentSettleVerbs.Offset(), CreateWriteOff(), CreateList(), CreateItems(), CreateAgeing(),
    };

    private static Command CreateRecord()
    {
        var (relationship, actor) = (DisputeVerb.RelationshipArgument(), DisputeVerb.ActorOption());
        var id = new Argument<string>("ID") { Description = "the bank's id of it; the same id again is the same payment" };
        var payer = new Option<string>("--payer") { Description = "as in CA-FLO", Required = true };
        var amount = new Option<string>("--amount") { Description = "as in 1234.50", Required = true };
        var currency = new Option<string>("--currency") { Description = "ISO 4217", Required = true };
        var date = new Option<string>("--value-date") { Description = "yyyy-MM-dd", Required = true };
        var reference = new Option<string?>("--reference") { Description = "what the payer wrote" };
        var to = ToOption();
        var command = new Command("record", "Records money that came, and applies what matches.")
        {
            relationship, id, payer, amount, currency, date, reference, to, actor,
        };
        command.SetAction((parsed, stop) => DisputeVerb.Within(
            parsed.GetValue(relationship)!, parsed.GetValue(actor)!, Right.RecordPayment, async (engine, pair) =>
            {
                var (payment, wrong) = Read(pair, new PaymentText(
                    parsed.GetValue(id)!, parsed.GetValue(payer)!, parsed.GetValue(amount)!, parsed.GetValue(currency)!,
                    parsed.GetValue(date)!, parsed.GetValue(reference) ?? ""));
                if (payment is null)
                {
                    return wrong;
                }

                var (lines, refusal) = PaymentFile.Remittance(parsed.GetValue(to)!, Currency.Of(payment.Currency));
                return lines is null ? refusal
                    : await engine.Payments.Record(pair, payment, lines, await Today(engine, pair, stop), parsed.GetValue(actor)!, stop)
                        ?? await Say(engine, pair, payment.Id, stop);
            },
            stop));
        return command;
    }

    private static Command CreateImport()
    {
        var (relationship, actor) = (DisputeVerb.RelationshipArgument(), DisputeVerb.ActorOption());
        var file = new Argument<string>("FILE") { Description = $"CSV: {string.Join(",", PaymentFile.Columns)}" };
        var command = new Command("import", "Records the payments of a file.") { relationship, file, actor };
        command.SetAction((parsed, stop) => DisputeVerb.Within(
            parsed.GetValue(relationship)!, parsed.GetValue(actor)!, Right.RecordPayment, async (engine, pair) =>
            {
                var (payments, refusal) = PaymentFile.Read(await File.ReadAllTextAsync(parsed.GetValue(file)!, stop));
                if (payments is null)
                {
                    return refusal;
                }

                var today = await Today(engine, pair, stop);
                foreach (var payment in payments)
                {
                    if (await engine.Payments.Record(pair, payment, [], today, parsed.GetValue(actor)!, stop) is { } wrong)
                    {
                        return wrong;
                    }

                    await Say(engine, pair, payment.Id, stop);
                }

                return null;
            },
            stop));
        return command;
    }

    private static Command CreateApply()
    {
        var (relationship, actor, to) = (DisputeVerb.RelationshipArgument(), DisputeVerb.ActorOption(), ToOption());
        var id = new Argument<string>("ID");
        var command = new Command("apply", "Applies what is left of a payment.") { relationship, id, to, actor };
        command.SetAction((parsed, stop) => DisputeVerb.Within(
            parsed.GetValue(relationship)!, parsed.GetValue(actor)!, Right.RecordPayment, async (engine, pair) =>
            {
                var known = (await engine.Payments.Find(pair, parsed.GetValue(id)!, stop)).Payment;
                var (lines, refusal) = PaymentFile.Remittance(parsed.GetValue(to)!, Currency.Of(known?.Currency ?? "CAD"));
                return lines is null ? refusal
                    : await engine.Payments.Apply(
                        pair, parsed.GetValue(id)!, lines, await Today(engine, pair, stop), parsed.GetValue(actor)!, stop)
                        ?? await Say(engine, pair, parsed.GetValue(id)!, stop);
            },
            stop));
        return command;
    }

    private static Command CreateReturn()
    {
        var (relationship, actor) = (DisputeVerb.RelationshipArgument(), DisputeVerb.ActorOption());
        var id = new Argument<string>("ID");
        var because = new Option<string>("--because") { Description = "why the bank took it back", Required = true };
        var command = new Command("return", "A payment that the bank took back: what it paid is open again.")
        {
            relationship, id, because, actor,
        };
        command.SetAction((parsed, stop) => DisputeVerb.Within(
            parsed.GetValue(relationship)!, parsed.GetValue(actor)!, Right.RecordPayment, async (engine, pair) =>
                await engine.Payments.Reverse(
                    pair, parsed.GetValue(id)!, parsed.GetValue(because)!, await Today(engine, pair, stop),
                    parsed.GetValue(actor)!, stop)
                ?? await Say(engine, pair, parsed.GetValue(id)!, stop),
            stop));
        return command;
    }

    private static Command CreateWriteOff()
    {
        var (relationship, actor) = (DisputeVerb.RelationshipArgument(), DisputeVerb.ActorOption());
        var document = new Argument<string>("DOCUMENT");
        var reason = new Option<string?>("--reason") { Description = "asks for it" };
        var approve = new Option<bool>("--approve") { Description = "agrees to what another person asked for" };
        var command = new Command("write-off", "Gives up the small rest of a document: two people, up to the agreement's limit.")
        {
            relationship, document, reason, approve, actor,
        };
        command.SetAction((parsed, stop) =>
        {
            var isApproval = parsed.GetValue(approve);
            var (name, by) = (parsed.GetValue(document)!, parsed.GetValue(actor)!);
            return DisputeVerb.Within(
                parsed.GetValue(relationship)!, by, isApproval ? Right.ApproveCorrection : Right.ProposeCorrection,
                async (engine, pair) =>
                {
                    var today = await Today(engine, pair, stop);
                    var refusal = isApproval
                        ? await engine.Payments.ApproveWriteOff(pair, name, today, by, stop)
                        : await engine.Payments.ProposeWriteOff(pair, name, parsed.GetValue(reason) ?? "", today, by, stop);
                    if (refusal is null)
                    {
                        Console.WriteLine(isApproval ? $"{name} is written off." : $"{name}: somebody else must approve it.");
                    }

                    return refusal;
                },
                stop);
        });
        return command;
    }

    private static Command CreateList()
    {
        var relationship = new Option<string?>("--relationship") { Description = "only this one, as in CA-FLO~US-CPI" };
        var command = new Command("list", "Payments, those changed last first.") { relationship };
        command.SetAction(async (parsed, stop) =>
        {
            await using var engine = await Engine.Open(stop);
            foreach (var listed in await engine.Money.Payments(
                parsed.GetValue(relationship), long.MaxValue, MostListed, stop))
            {
                Console.WriteLine(Line(listed.State));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command CreateItems()
    {
        var (relationship, asOf) = (DisputeVerb.RelationshipArgument(), AsOfOption());
        var command = new Command("items", "What is open under which document, and whether that is the ledger.") { relationship, asOf };
        command.SetAction((parsed, stop) => AsOf(parsed.GetValue(relationship)!, parsed.GetValue(asOf), async (engine, pair, day) =>
        {
            PaymentTables.Items(Console.Out, await engine.Payments.Open(pair, day, stop), day);
            var ties = await engine.Payments.TieOuts(pair, stop);
            foreach (var tie in ties.Where(tie => !tie.Holds))
            {
                Console.Error.WriteLine($"{tie.Name}, {tie.Subject}: {tie.One} and {tie.Other} differ (tie-out.failed)");
            }

            Console.WriteLine($"{ties.Count} comparisons with the ledger, {ties.Count(tie => !tie.Holds)} differ.");
            return ties.All(tie => tie.Holds) ? ExitCode.Done : ExitCode.Found;
        }, stop));
        return command;
    }

    private static Command CreateAgeing()
    {
        var (relationship, asOf) = (DisputeVerb.RelationshipArgument(), AsOfOption());
        var command = new Command("ageing", "What is open by days after its due date.") { relationship, asOf };
        command.SetAction((parsed, stop) => AsOf(parsed.GetValue(relationship)!, parsed.GetValue(asOf), async (engine, pair, day) =>
        {
            PaymentTables.Ages(Console.Out, await engine.Payments.Age(pair, day, stop), day);
            return ExitCode.Done;
        }, stop));
        return command;
    }

    private static Option<string[]> ToOption() => new("--to")
    {
        Description = "DOCUMENT or DOCUMENT=AMOUNT, as the remittance says; else what the reference names, else oldest first",
        DefaultValueFactory = _ => [],
    };

    private static Option<string?> AsOfOption() => new("--as-of") { Description = "yyyy-MM-dd; today where none is given" };

    private static async Task<int> AsOf(
        string relationship, string? text, Func<Engine, Relationship, LocalDate, Task<int>> work, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        var (pair, refusal) = await DisputeVerb.Known(engine, relationship, stop);
        if (pair is not { } known)
        {
            return Shell.Refuse(refusal!);
        }

        var day = Output.Date(text, out refusal);
        return refusal is not null
            ? Shell.Refuse(refusal)
            : await work(engine, known, day ?? await Today(engine, known, stop));
    }

    /// <summary>What a person or a program wrote; the payee is the other of the two.</summary>
    internal static (Payment? Payment, Refusal? Refusal) Read(Relationship relationship, PaymentText text)
    {
        var payer = Output.Party(text.Payer, out var refusal);
        if (payer is not { } from)
        {
            return (null, refusal);
        }

        if (Currency.Find(text.Currency.ToUpperInvariant()) is not { } currency)
        {
            return (null, new Refusal("currency.unknown", $"'{text.Currency}' is no currency of ISO 4217 that is known here."));
        }

        return IsoText.Day(text.ValueDate) is not { } date
            ? (null, new Refusal("date.malformed", $"'{text.ValueDate}' is not a date; expected a form like 2026-11-03."))
            : DisputeBatch.Minor(text.Amount, currency, out refusal) is not { } amount ? (null, refusal)
            : (new Payment(
                text.Id.Trim(), from, relationship.Other(from), currency.Code, amount, date, text.Reference.Trim()), null);
    }

    internal static Task<LocalDate> Today(Engine engine, Relationship relationship, CancellationToken stop) =>
        engine.Disputes.Today(relationship, engine.Now, stop);

    internal static async Task<Refusal?> Say(Engine engine, Relationship relationship, string id, CancellationToken stop)
    {
        Console.WriteLine(Line(await engine.Payments.Find(relationship, id, stop)));
        return null;
    }

    private static string Line(PaymentState state)
    {
        var payment = state.Payment!;
        var applied = string.Join(", ", state.Applications.Select(each => $"{each.Document} {Figures.Amount(each.Amount, payment.Currency)}"));
        return $"{payment.Id}: {Figures.Amount(payment.Amount, payment.Currency)} {payment.Currency} from {payment.Payer} on "
            + $"{Figures.Day(payment.ValueDate)}, {(state.IsReversed ? "returned" : state.Match.ToString().ToLowerInvariant())}"
            + $"{(applied.Length > 0 ? $": {applied}" : "")}; {Figures.Amount(state.Unapplied, payment.Currency)} unapplied";
    }
}

/// <summary>A payment as somebody wrote it.</summary>
internal sealed record PaymentText(
    string Id, string Payer, string Amount, string Currency, string ValueDate, string Reference);
