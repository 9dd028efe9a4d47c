using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.People;

namespace Settlement.Api.Disputes;

/// <summary>A step of a dispute as verbs, pages and the API name it.</summary>
/// <param name="Amount">Of <c>uphold</c>: what the creditor gives up; null = all.</param>
public sealed record DisputeStep(string Step, string? Amount, string Because, string Sha256);

/// <summary>A dispute as somebody wrote it; amounts are gross, in the currency of the CDR.</summary>
/// <param name="Amount">Disputed; null and empty = all of it, or what <paramref name="Proposed"/> leaves.</param>
public sealed record DisputeText(
    CdrKey Cdr, string Reason, string? Amount, string? Proposed, string Evidence, string Sha256 = "");

/// <summary>Opens disputes from what people write; the steps after that, by name.</summary>
public static class DisputeSteps
{
    public static IReadOnlyList<string> Names { get; } =
        ["acknowledge", "ask", "evidence", "uphold", "deny", "escalate", "withdraw", "credit", "close"];

    /// <summary>Our own credit note gives money away: that takes somebody who may approve corrections.</summary>
    public static Right RightOf(string step) => step == "credit" ? Right.ApproveCorrection : Right.Dispute;

    public static async Task<Refusal?> Open(
        Engine engine, Relationship relationship, DisputeText asked, string by, CancellationToken stop)
    {
        var desk = engine.Disputes;
        // where nothing is posted any currency will do: there is nothing to dispute then
        var posted = (await desk.Find(relationship, asked.Cdr, stop)).State.Posted;
        var currency = Currency.Of(posted?.Cdr.Currency ?? "CAD");
        Refusal? refusal = null;
        long? amount = string.IsNullOrEmpty(asked.Amount) ? null : DisputeBatch.Minor(asked.Amount, currency, out refusal);
        long? proposed = string.IsNullOrEmpty(asked.Proposed) || refusal is not null
            ? null
            : DisputeBatch.Minor(asked.Proposed, currency, out refusal);
        return refusal ?? await desk.Open(
            relationship, new DisputeAsked(asked.Cdr, asked.Reason, amount, proposed, asked.Evidence, asked.Sha256),
            await desk.Today(relationship, engine.Now, stop), by, stop);
    }

    public static async Task<Refusal?> Take(
        Engine engine, Relationship relationship, CdrKey cdr, DisputeStep asked, string by, CancellationToken stop)
    {
        if (!Names.Contains(asked.Step))
        {
            return new Refusal("step.unknown", $"'{asked.Step}' is none of {string.Join(", ", Names)}.");
        }

        var desk = engine.Disputes;
        var today = await desk.Today(relationship, engine.Now, stop);
        if (asked.Step == "credit")
        {
            return await desk.Credit(relationship, cdr, today, by, stop);
        }

        long? amount = null;
        if (asked is { Step: "uphold", Amount: { Length: > 0 } text })
        {
            var found = await desk.Find(relationship, cdr, stop);
            if (found.Dispute.Cdr is { } about)
            {
                amount = DisputeBatch.Minor(text, Currency.Of(about.Currency), out var wrong);
                if (amount is null)
                {
                    return wrong;
                }
            }
        }

        return await desk.Answer(relationship, cdr, dispute => Decide(dispute, asked, amount, today, by), by, stop);
    }

    private static Decision<DisputeFact> Decide(Dispute dispute, DisputeStep asked, long? amount, LocalDate on, string by) =>
        asked.Step switch
        {
            "acknowledge" => AnswerDispute.Acknowledge(dispute, on, by),
            "ask" => AnswerDispute.RequestEvidence(dispute, asked.Because, on, by),
            "evidence" => AnswerDispute.ProvideEvidence(dispute, asked.Because, asked.Sha256, on, by),
            "uphold" => AnswerDispute.Uphold(dispute, amount, asked.Because, on, by),
            "deny" => AnswerDispute.Deny(dispute, asked.Because, on, by),
            "escalate" => AnswerDispute.Escalate(dispute, asked.Because, on, by),
            "withdraw" => AnswerDispute.Withdraw(dispute, asked.Because, on, by),
            "close" => AnswerDispute.Close(dispute, asked.Because, on, by),
            _ => throw new InvalidOperationException($"{asked.Step} is no step."),
        };
}
