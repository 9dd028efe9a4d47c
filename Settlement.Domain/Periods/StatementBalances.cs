using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Periods;

/// <summary>What a draft makes of the dues: conversion, then set-off, then every account's closing balance.</summary>
public static class StatementBalances
{
    public static (StatementDraft? Draft, Refusal? Refusal) Settle(StatementDraft draft, StatementTerms terms)
    {
        var (conversions, refusal) = DueConversion.Of(draft, Roll(draft), terms);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var converted = draft with { Conversions = conversions };
        var netted = converted with { Netting = Net(Roll(converted), draft.Relationship, terms.Agreement) };
        return (netted with { Accounts = Roll(netted) }, null);
    }

    /// <summary>The accounts with what issuing the draft will post.</summary>
    public static IReadOnlyList<AccountRoll> Roll(StatementDraft draft)
    {
        var rolls = draft.Accounts.ToDictionary(roll => (roll.Account, roll.Currency));
        foreach (var entry in StatementEntries.Of(draft))
        {
            foreach (var line in entry.Lines)
            {
                var key = (line.Posting.Account.Name, entry.Currency);
                var roll = rolls.GetValueOrDefault(key) ?? new AccountRoll(key.Name, key.Currency, 0, [], 0);
                rolls[key] = With(roll, Kind(entry.Kind), line.Posting.Debit - line.Posting.Credit);
            }
        }

        return [.. rolls.Values.OrderBy(roll => roll.Currency, StringComparer.Ordinal)
            .ThenBy(roll => roll.Account, StringComparer.Ordinal)];
    }

    /// <summary>Kinds of entries as tables and files name them.</summary>
    public static string Kind(JournalKind kind) => kind switch
    {
        JournalKind.Rounding => "rounding",
        JournalKind.TaxPoint => "tax-point",
        JournalKind.Netting => "netting",
        JournalKind.Conversion => "conversion",
        JournalKind.Dispute => "dispute",
        JournalKind.CreditNote => "credit-note",
        JournalKind.Payment => "payment",
        JournalKind.WriteOff => "write-off",
        JournalKind.Opening => "opening",
        JournalKind.TakenBack => "taken-back",
        JournalKind.GivenBack => "given-back",
        _ => throw new InvalidOperationException($"{kind} is no kind of journal entry."),
    };

    private static AccountRoll With(AccountRoll roll, string kind, long amount)
    {
        var before = roll.Moves.FirstOrDefault(move => move.Kind == kind)?.Amount ?? 0;
        return roll with
        {
            Moves = [.. roll.Moves.Where(move => move.Kind != kind).Append(new AccountMove(kind, before + amount))
                .OrderBy(move => move.Kind, StringComparer.Ordinal)],
            Closing = roll.Closing + amount,
        };
    }

    private static IReadOnlyList<SetOff> Net(
        IReadOnlyList<AccountRoll> rolls, Relationship relationship, Agreement agreement) =>
        [.. rolls.Select(roll => roll.Currency).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(currency => Net(
                currency, Closing(rolls, Account.Due(relationship.A, relationship.B), currency),
                Closing(rolls, Account.Due(relationship.B, relationship.A), currency), agreement))
            .Where(set => set.OwedByA != 0 || set.OwedByB != 0)];

    private static SetOff Net(string currency, long owedByA, long owedByB, Agreement agreement)
    {
        var mutual = Math.Min(Math.Max(owedByA, 0), Math.Max(owedByB, 0));
        return !agreement.Netting ? new(currency, owedByA, owedByB, 0, "the agreement settles each direction for itself")
            : mutual == 0 ? new(currency, owedByA, owedByB, 0, "only one side owes")
            : mutual < agreement.NettingThresholdMinor ? new(
                currency, owedByA, owedByB, 0,
                $"carried forward: below the threshold of {new Money(agreement.NettingThresholdMinor, Currency.Of(currency))}")
            : new(currency, owedByA, owedByB, mutual, "the smaller of both dues");
    }

    /// <summary>Closing balance of an account, debit less credit.</summary>
    public static long Closing(IReadOnlyList<AccountRoll> rolls, Account account, string currency) =>
        rolls.FirstOrDefault(roll => roll.Account == account.Name && roll.Currency == currency)?.Closing ?? 0;
}
