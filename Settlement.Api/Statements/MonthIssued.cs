using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <summary>What went out about a month: its documents and every version of its statement.</summary>
/// <param name="Documents">In the order of issue; our own credit notes of disputes last.</param>
/// <param name="Versions">One, and one more after each reopening.</param>
public sealed record MonthIssued(IReadOnlyList<Invoice> Documents, IReadOnlyList<IssuedStatement> Versions)
{
    public static readonly MonthIssued Nothing = new([], []);

    public static async Task<MonthIssued> Of(
        Engine engine, Relationship relationship, YearMonth month, CancellationToken stop)
    {
        var periods = await engine.Closing.Book(relationship, stop);
        var versions = periods.Month(month).Issued;
        var notes = await engine.Disputes.Notes(relationship, month, stop);
        return new MonthIssued(
            [
                .. versions.SelectMany(version => version.Draft.Documents.Select(
                    (document, i) => Invoice.Of(version.Draft, document, version.Numbers[i], periods))),
                .. notes.Select(note => OwnCreditNote.Of(note, periods)),
            ],
            versions);
    }

    /// <summary>The documents of one currency; all where none is named.</summary>
    public MonthIssued In(string? currency) => currency is null
        ? this
        : this with { Documents = [.. Documents.Where(document => document.Currency == currency)] };
}
