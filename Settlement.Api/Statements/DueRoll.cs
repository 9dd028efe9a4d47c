using Settlement.Domain.Periods;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <summary>The accounts a partner's balance consists of, from opening to closing, in columns people look for.</summary>
internal sealed class DueRoll(IReadOnlyList<AccountRoll> rolls)
{
    public static IReadOnlyList<Word> Heads { get; } =
        [Word.MoveCdr, Word.MoveCredits, Word.MoveDisputes, Word.MoveNetting, Word.MovePayments, Word.MoveOthers];

    /// <summary>Per direction and currency: opening, the moves of <see cref="Heads"/>, closing; minor units.</summary>
    public IReadOnlyList<(string Debtor, string Creditor, string Currency, IReadOnlyList<long> Amounts)> Rows =>
    [
        .. rolls.Where(roll => roll.Account.StartsWith("due:", StringComparison.Ordinal)
                && (roll.Opening != 0 || roll.Moves.Count > 0))
            .Select(roll => (roll.Account.Split(':')[1], roll.Account.Split(':')[2], roll.Currency, Amounts(roll))),
    ];

    private static IReadOnlyList<long> Amounts(AccountRoll roll)
    {
        var moves = Heads.ToDictionary(head => head, _ => 0L);
        foreach (var move in roll.Moves)
        {
            moves[HeadOf(move.Kind)] += move.Amount;
        }

        return [roll.Opening, .. Heads.Select(head => moves[head]), roll.Closing];
    }

    private static Word HeadOf(string kind) => kind switch
    {
        "cdr" => Word.MoveCdr,
        "credit" or "credit-note" => Word.MoveCredits,
        "dispute" => Word.MoveDisputes,
        "netting" => Word.MoveNetting,
        "payment" => Word.MovePayments,
        _ => Word.MoveOthers,
    };
}
