using Settlement.Api.Files;
using Settlement.Domain.Agreements;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <summary>The monthly settlement report as a document: totals first, then directions, taxes, what is held, proof.</summary>
public static class ReportPaper
{
    /// <param name="issued">Every relationship with movement has its statement issued.</param>
    public static Paper Of(MonthlyReport report, ReferenceBook book, bool issued)
    {
        var words = Language.English; // for finance; partners get statements
        var tables = new PaperTables(words);
        return new Paper(
            words[Word.MonthlyReport], words.Month(report.Month), Facts(report, words, issued), [.. Blocks(report, book, tables, words)])
        {
            Language = words.Tag,
            Mark = issued ? null : words[Word.Preliminary],
            Foot = $"{words[Word.MonthlyReport]} {words.Month(report.Month)} · "
                + $"{words[Word.PositionsDigest].ToLowerInvariant()} {report.PositionsDigest}",
            PageOf = words[Word.PageOf],
            Continued = words[Word.Continued],
        };
    }

    private static List<PaperFact> Facts(MonthlyReport report, Language words, bool issued)
    {
        var month = report.Month;
        List<PaperFact> facts =
        [
            new(words[Word.Period], words.Days(month)),
            new(words[Word.StatusLabel], words[issued ? Word.StatusIssued : Word.StatusPreliminary]),
        ];
        if (report.Side is { } side)
        {
            facts.Add(new(words[Word.SheetBooks], side.Party.ToString()));
        }

        if (report.Positions.Count <= 4)
        {
            facts.AddRange(report.Positions.Select(position => new PaperFact(
                words[Word.LogPosition], $"{position.Tenant} {words.Whole(position.Number)}")));
        }

        facts.Add(new(words[Word.PositionsDigest], report.PositionsDigest));
        return facts;
    }

    private static IEnumerable<PaperBlock> Blocks(
        MonthlyReport report, ReferenceBook book, PaperTables tables, Language words)
    {
        if (report.Places.Count == 0 && report.Held.Count == 0)
        {
            yield return new PaperBlock.Paragraph(words[Word.NothingMoved]);
            yield break;
        }

        yield return new PaperBlock.Heading(words[Word.WhoOwesWhom]);
        yield return new PaperBlock.Cards(Cards(report, book, words));
        yield return new PaperBlock.Heading(words[Word.ByDirection]);
        yield return tables.Directions(report.Directions);
        yield return new PaperBlock.Paragraph(words[Word.SurchargeNote]) { Quiet = true };
        yield return new PaperBlock.Heading(words[Word.ByJurisdiction]);
        yield return new PaperBlock.Paragraph(words[Word.ByJurisdictionNote]) { Quiet = true };
        yield return tables.Places(report.Places);
        yield return new PaperBlock.Heading(words[Word.ByTax]);
        yield return new PaperBlock.Paragraph(words[Word.ByTaxNote]) { Quiet = true };
        yield return tables.Taxes(report.Taxes);
        if (report.Late.Count > 0)
        {
            yield return new PaperBlock.Heading(words[Word.Late]);
            yield return tables.Late(report.Late);
        }

        yield return new PaperBlock.Heading(words[Word.Held]);
        if (report.Held.Count == 0)
        {
            yield return new PaperBlock.Paragraph(words[Word.HeldNone]);
        }
        else
        {
            yield return new PaperBlock.Paragraph(words[Word.HeldNote]) { Quiet = true };
            yield return tables.Held(report.Held);
        }

        foreach (var part in ReportParts.Of(report.Side is not null))
        {
            if (part.Table(report, words) is { } table)
            {
                yield return new PaperBlock.Heading(words[part.Heading]);
                yield return new PaperBlock.Paragraph(words[part.Note]) { Quiet = true };
                yield return table;
            }
        }

        yield return new PaperBlock.Heading(words[Word.TieOuts], tables.Verdict(report.TieOuts));
        yield return tables.TieOuts(report.TieOuts);
    }

    // both directions of each pair and currency, and what is left between them
    private static List<PaperCard> Cards(MonthlyReport report, ReferenceBook book, Language words)
    {
        var cards = new List<PaperCard>();
        foreach (var pair in report.Directions.GroupBy(total => (total.Direction.Relationship, total.Direction.CurrencyCode)))
        {
            var (relationship, code) = pair.Key;
            var currency = Domain.Ledger.Currency.Of(code);
            var net = pair.Sum(total => book.Home(total.Direction.Debtor) == relationship.A ? total.Sums.Due : -total.Sums.Due);
            var debtor = net > 0 ? relationship.A : relationship.B;
            cards.Add(new PaperCard(
                $"{code} · {currency.Name}",
                [.. pair.Select(total => new PaperFact(
                    words.Fill(Word.Owes, book.NameOf(total.Direction.Debtor), book.NameOf(total.Direction.Creditor)),
                    words.Amount(total.Sums.Due, currency)))],
                new PaperFact(
                    net == 0 ? words[Word.NetEven] : words.Fill(Word.NetOwes, book.NameOf(debtor)),
                    words.Amount(Math.Abs(net), currency))));
        }

        return cards;
    }
}
