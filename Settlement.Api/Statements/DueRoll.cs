using Settlement.Domain.Periods;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <summary>The accounts a partner's balance consists of, from opening to closing, in columns people look for.</summary>
internal sealed class DueRoll(IReadOnlyList<AccountRoll> rolls)
{
    public static IReadOnlyList<Word> Heads { get; } =
        [Word.MoveCdr, Word.MoveCredits, Word.MoveDisputes, Word.MoveNetting, Word.MovePayments, Word.MoveOthers];

    /// <summary>Per direction and currency what is due, then what of it is withheld in a dispute.</summary>
    public IReadOnlyList<DueRow> Rows =>
    [
        .. rolls.Where(roll => roll.Opening != 0 || roll.Moves.Count > 0)
            .Select(roll => (Roll: roll, Parts: roll.Account.Split(':')))
            .Where(each => each.Parts[0] is "due" or "disputed")
            .OrderBy(each => each.Parts[0] == "disputed")
            .Select(each => new DueRow(
                each.Parts[1], each.Parts[2], each.Roll.Currency, each.Parts[0] == "disputed", Amounts(each.Roll))),
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

/// <summary>One account of a balance.</summary>
/// <param name="Amounts">Opening, the moves of <see cref="DueRoll.Heads"/>, closing; minor units.</param>
internal sealed record DueRow(
    string Debtor, string Creditor, string Currency, bool IsDisputed, IReadOnlyList<long> Amounts)
{
    public Word Account => IsDisputed ? Word.AccountDisputed : Word.AccountDue;
}
