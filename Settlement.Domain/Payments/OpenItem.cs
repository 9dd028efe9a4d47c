using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Payments;

/// <summary>What two parties have open under one document: total − amended − set-off − converted − offset − paid −
/// written off − disputed − credited = open. Minor units; a credit note is negative.</summary>
/// <param name="Name">The document's number; empty for what is on no document.</param>
/// <param name="DueOn">First day after which it is overdue is the next.</param>
public sealed record OpenItem(
    string Name, PartyId Debtor, PartyId Creditor, string Currency, LocalDate On, LocalDate DueOn)
{
    public long Total { get; init; }

    /// <summary>By credit notes about it; of the note itself, negative.</summary>
    public long Amended { get; init; }

    public long SetOff { get; init; }

    public long Converted { get; init; }

    /// <summary>By credit notes set against it; of such a note, negative.</summary>
    public long Offset { get; init; }

    /// <summary>Of a credit note what was refunded, negative.</summary>
    public long Paid { get; init; }

    public long WrittenOff { get; init; }

    /// <summary>Withheld now.</summary>
    public long Disputed { get; init; }

    /// <summary>By our own credit notes after a dispute.</summary>
    public long Credited { get; init; }

    /// <summary>Payments and write-offs that touched it: who applies the next one must have seen them.</summary>
    public int Touches { get; init; }

    public YearMonth? Month { get; init; }

    public long After { get; init; }

    public long UpTo { get; init; }

    public long Open => Total - Amended - SetOff - Converted - Offset - Paid - WrittenOff - Disputed - Credited;

    public bool IsOf(PartyId debtor, PartyId creditor, string currency) =>
        Debtor == debtor && Creditor == creditor && Currency == currency;

    internal OpenItem With(ItemMove move) => move.Kind switch
    {
        ItemMoveKind.Document or ItemMoveKind.Opening or ItemMoveKind.ConvertedInto or ItemMoveKind.Beside =>
            this with { Total = Total + move.Amount },
        ItemMoveKind.Amend => this with { Amended = Amended + move.Amount },
        ItemMoveKind.SetOff => this with { SetOff = SetOff + move.Amount },
        ItemMoveKind.Converted => this with { Converted = Converted + move.Amount },
        ItemMoveKind.Offset => this with { Offset = Offset + move.Amount, Touches = Touches + 1 },
        ItemMoveKind.Paid => this with { Paid = Paid + move.Amount, Touches = Touches + 1 },
        ItemMoveKind.WrittenOff => this with { WrittenOff = WrittenOff + move.Amount, Touches = Touches + 1 },
        ItemMoveKind.Disputed => this with { Disputed = Disputed + move.Amount },
        ItemMoveKind.Credited => this with
        {
            Disputed = Disputed - move.Amount,
            Credited = Credited + move.Amount,
        },
        _ => throw new InvalidOperationException($"{move.Kind} changes no open item."),
    };
}
