using Settlement.Domain.Agreements;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Api.Statements;

/// <summary>What a statement's files are made from: its figures, its lines, and what was issued of its month.</summary>
/// <param name="Currency">Only this one where one was asked for.</param>
public sealed record StatementSource(
    StatementReading Reading, Statement Statement, ReferenceBook Book, AgreementHistory Agreements, PeriodBook Periods,
    IReadOnlyList<AccountRoll> Rolls, MonthIssued Issued, string? Currency)
{
    public static async Task<StatementSource> Of(
        StatementReading reading, Engine engine, string? currency, CancellationToken stop)
    {
        var statement = reading.Statement;
        var pair = Relationship.Between(statement.To, statement.Counterparty);
        var periods = await engine.Closing.Book(pair, stop);
        var rolls = reading.IsAsIssued
            ? periods.Month(statement.Month).Issued[^1].Draft.Accounts
            : await engine.Periods.Rolls(pair, statement.Month, stop);
        return new StatementSource(
            reading, statement.In(currency), await engine.Books.Current(stop),
            await engine.Books.Agreements(pair.ToString(), stop), periods,
            [.. rolls.Where(roll => currency is null || roll.Currency == currency)],
            (await MonthIssued.Of(engine, pair, statement.Month, stop)).In(currency),
            currency);
    }

    /// <summary>Month, addressee, counterparty; the currency and the version where there is more than one.</summary>
    public string Name
    {
        get
        {
            var name = $"{Ids.Text(Statement.Month)}-{Statement.To}-{Statement.Counterparty}"
                + (Currency is null ? "" : $"-{Currency}");
            var version = Reading.IsAsIssued ? Issued.Versions[^1].Draft.Version : Periods.Month(Statement.Month).Version;
            return version > 1 ? $"{name}-v{version}" : name;
        }
    }

    /// <summary>Null while the month is open, also where it was opened again and what there is now is looked at.</summary>
    private IssuedStatement? Last =>
        (Reading.IsAsIssued || Periods.Month(Statement.Month).IsIssued)
        && Issued.Versions is [.., var last] ? last : null;

    public StatementDocument Document(DetailFile detail) => new(Statement, Book, detail, Rolls)
    {
        Name = Name,
        // an issued statement keeps the terms it went out under
        Issue = Last is { Draft: var draft }
            ? StatementIssue.Of(draft, Agreements.Versions.First(terms => terms.Version == draft.Agreement))
            : null,
        Issued = Issued,
        IsReopened = Reading.IsAsIssued,
    };
}
