using Settlement.Api.Files;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;
using Settlement.Domain.Tax;

namespace Settlement.Api.Statements;

/// <summary>The statement as a document in the addressee's language.</summary>
public static class StatementPaper
{
    public static Paper Of(StatementDocument document)
    {
        var words = document.Words;
        return new Paper(
            words[Word.Statement], words.Month(document.Statement.Month), Facts(document), [.. Blocks(document)])
        {
            Language = words.Tag,
            Mark = document.Issue is null ? words[Word.Preliminary] : null,
            Foot = $"{words[Word.Statement]} {document.Name}",
            PageOf = words[Word.PageOf],
            Continued = words[Word.Continued],
        };
    }

    private static List<PaperFact> Facts(StatementDocument document)
    {
        var (words, statement) = (document.Words, document.Statement);
        var month = statement.Month;
        List<PaperFact> facts =
        [
            new(words[Word.StatementNumber], document.Name),
            new(words[Word.Period], words.Days(month)),
            new(words[Word.MonthZone], statement.Zone),
            new(words[Word.StatusLabel], words[document.Issue is null ? Word.StatusPreliminary : Word.StatusIssued]),
        ];
        if (document.Issue is { } issue)
        {
            facts.Add(new(words[Word.DateOfIssue], words.Day(issue.On)));
            facts.Add(new(words[Word.DateDue], words.Day(issue.Due)));
            facts.Add(new(words[Word.Terms], words.Fill(Word.NetDays, issue.TermsDays)));
        }

        facts.Add(new(words[Word.LogPosition], words.Whole(statement.Position.Number)));
        return facts;
    }

    private static IEnumerable<PaperBlock> Blocks(StatementDocument document)
    {
        var (words, statement) = (document.Words, document.Statement);
        var tables = new PaperTables(words);
        yield return new PaperBlock.Parties(
        [
            Party(document, statement.To, Word.Addressee), Party(document, statement.Counterparty, Word.Counterparty),
        ]);
        if (statement.Provisional)
        {
            yield return new PaperBlock.Notice(words[Word.ProvisionalNotice]);
        }
        else if (document.Issue is null)
        {
            yield return new PaperBlock.Notice(words[Word.PreliminaryNotice]);
        }
        else if (document.IsReopened)
        {
            yield return new PaperBlock.Notice(words[Word.ReopenedNotice]);
        }

        yield return new PaperBlock.Heading(words[Word.Balance]);
        if (document.Balances.Count == 0)
        {
            yield return new PaperBlock.Paragraph(words[Word.NothingMoved]);
        }
        else
        {
            yield return new PaperBlock.Cards([.. document.Balances.Select(balance => Card(balance, words))]);
        }

        if (new DueRoll(document.Rolls).Rows is { Count: > 0 } rolls)
        {
            yield return new PaperBlock.Heading(words[Word.BalanceRoll]);
            yield return new PaperBlock.Paragraph(words[Word.BalanceRollNote]) { Quiet = true };
            yield return Roll(rolls, words);
        }

        if (statement.Places.Count > 0)
        {
            yield return new PaperBlock.Heading(words[Word.ByDirection]);
            yield return tables.Directions(statement.Directions);
            yield return new PaperBlock.Paragraph(words[Word.SurchargeNote]) { Quiet = true };
            yield return new PaperBlock.Heading(words[Word.ByJurisdiction]);
            yield return new PaperBlock.Paragraph(words[Word.ByJurisdictionNote]) { Quiet = true };
            yield return tables.Places(statement.Places);
            yield return new PaperBlock.Heading(words[Word.ByTax]);
            yield return new PaperBlock.Paragraph(words[Word.ByTaxNote]) { Quiet = true };
            yield return tables.Taxes(statement.Taxes);
        }

        foreach (var block in Rest(document, tables))
        {
            yield return block;
        }
    }

    private static IEnumerable<PaperBlock> Rest(StatementDocument document, PaperTables tables)
    {
        var (words, statement) = (document.Words, document.Statement);
        yield return new PaperBlock.Heading(words[Word.Held]);
        if (statement.Held.Count == 0)
        {
            yield return new PaperBlock.Paragraph(words[Word.HeldNone]);
        }
        else
        {
            yield return new PaperBlock.Paragraph(words[Word.HeldNote]) { Quiet = true };
            yield return tables.Held(statement.Held);
        }

        if (document.Invoices.Count > 0)
        {
            yield return new PaperBlock.Heading(words[Word.Documents]);
            yield return Documents(document.Invoices, words);
        }

        var ties = document.TieOuts;
        if (ties.Count > 0)
        {
            yield return new PaperBlock.Heading(words[Word.TieOuts], tables.Verdict(ties));
            yield return tables.TieOuts(ties);
        }

        yield return new PaperBlock.Heading(words[Word.Detail]);
        yield return new PaperBlock.Paragraph(words[Word.DetailNote]);
        yield return new PaperBlock.Facts(Proof(document));
        if (document.Issued.Versions.Count > 1 || (document.Issue is null && document.Issued.Versions.Count > 0))
        {
            yield return new PaperBlock.Heading(words[Word.Versions]);
            yield return new PaperBlock.Paragraph(words[Word.VersionsNote]) { Quiet = true };
            yield return Versions(document.Issued.Versions, words);
        }

        yield return new PaperBlock.Heading(words[Word.Dispute]);
        yield return new PaperBlock.Paragraph(words[Word.DisputeText]);
        if (document.Issue is { } issue)
        {
            yield return new PaperBlock.Paragraph(words.Fill(Word.DisputeWindow, words.Day(issue.DisputesUntil)));
        }
    }

    private static List<PaperFact> Proof(StatementDocument document)
    {
        var words = document.Words;
        List<PaperFact> facts =
        [
            new(words[Word.DetailFile], document.Detail.Name),
            new(words[Word.DetailRows], words.Whole(document.Detail.Rows)),
            new(words[Word.DetailDigest], document.Detail.Sha256),
        ];
        if (document.Issue is { } issue)
        {
            facts.Add(new(words[Word.MerkleRoot], issue.MerkleRoot));
            if (issue.PreviousRoot is { } previous)
            {
                facts.Add(new(words[Word.PreviousRoot], previous));
            }
        }

        return facts;
    }

    private static PaperBlock.Table Roll(
        IReadOnlyList<DueRow> rows, Language words) => new(
        words[Word.BalanceRoll],
        [
            new(words[Word.ColumnDebtor]), new(words[Word.ColumnCreditor]), new(words[Word.SheetAccount]),
            new(words[Word.Currency]), new(words[Word.OpeningBalance], Figures: true),
            .. DueRoll.Heads.Select(head => new PaperColumn(words[head], Figures: true)),
            new(words[Word.ClosingBalance], Figures: true),
        ],
        [
            new(null, [.. rows.Select(row => PaperRow.Of(
            [
                row.Debtor, row.Creditor, words[row.Account], row.Currency,
                .. row.Amounts.SkipLast(1).Select(amount => (PaperCell)words.Amount(amount, Currency.Of(row.Currency))),
                new PaperCell(words.Amount(row.Amounts[^1], Currency.Of(row.Currency)), PaperTone.Strong),
            ]))]),
        ]);

    private static PaperBlock.Table Documents(IReadOnlyList<Invoice> invoices, Language words) => new(
        words[Word.Documents],
        [
            new(words[Word.ColumnDocument]), new(words[Word.ColumnNumber]), new(words[Word.ColumnDate]),
            new(words[Word.DateDue]), new(words[Word.ColumnDirection]), new(words[Word.Currency]),
            new(words[Word.ColumnAmount], Figures: true),
        ],
        [
            new(null, [.. invoices.Select(invoice => PaperRow.Of(
                words[InvoicePaper.KindWord(invoice.Kind)], invoice.Number ?? "–", words.Day(invoice.Date),
                invoice.Credited is null ? words.Day(invoice.Due) : "–",
                $"{invoice.Customer}{PaperTables.Arrow}{invoice.Supplier}", invoice.Currency,
                new PaperCell(
                    words.Amount(invoice.Sign * invoice.Total, Currency.Of(invoice.Currency)), PaperTone.Strong)))]),
        ]);

    private static PaperBlock.Table Versions(IReadOnlyList<IssuedStatement> versions, Language words) => new(
        words[Word.Versions],
        [
            new(words[Word.ColumnVersion], Figures: true), new(words[Word.ColumnDate]),
            new(words[Word.ColumnLines], Figures: true), new(words[Word.ColumnLogNumbers], Figures: true),
            new(words[Word.MerkleRoot]),
        ],
        [
            new(null, [.. versions.Select(version => PaperRow.Of(
                words.Whole(version.Draft.Version), words.Day(version.Draft.DocumentDate), words.Whole(version.Draft.Lines),
                $"{words.Whole(version.Draft.PreviousCutOff + 1)}–{words.Whole(version.Draft.CutOff)}",
                version.Draft.MerkleRoot))]),
        ]);

    private static PaperCard Card(PartnerBalance balance, Language words)
    {
        var currency = Currency.Of(balance.Currency);
        List<PaperFact> lines =
        [
            new(words[Word.OpeningBalance], words.Amount(balance.Opening, currency)),
            new(words[Word.OwedToYou], words.Amount(balance.Receivable, currency)),
            new(words[Word.YouOwe], words.Amount(-balance.Payable, currency)),
        ];
        if (balance.Others != 0)
        {
            lines.Add(new(words[Word.MoveOthers], words.Amount(balance.Others, currency)));
        }

        var total = balance.Closing > 0 ? Word.NetInYourFavour : balance.Closing < 0 ? Word.NetToPay : Word.NetEven;
        return new PaperCard(
            balance.Currency, lines, new(words[total], words.Amount(Math.Abs(balance.Closing), currency)));
    }

    /// <summary>Registrations that a reader of these taxes needs: GST/HST and QST, and those of taxes charged here.</summary>
    private static PaperParty Party(StatementDocument document, PartyId id, Word role)
    {
        var (words, party) = (document.Words, document.Book.Party(id));
        var charged = document.Statement.Taxes.Where(PaperTables.IsCharged).ToList();
        return PaperParties.Of(party, id, words[role], words, registration => registration.Tax is "GST" or "QST"
            || charged.Any(tax => tax.Tax == registration.Tax && tax.Jurisdiction == registration.Jurisdiction));
    }
}

/// <summary>Legal entities as documents name them.</summary>
internal static class PaperParties
{
    public static PaperParty Of(
        Party? party, PartyId id, string role, Language words, Func<TaxRegistration, bool> shown) => new(
        role, party?.LegalName ?? id.ToString(), party?.Address ?? [],
        [
            new(words[Word.OcpiParty], id.ToString()),
            .. (party?.Registrations ?? []).Where(shown).Select(registration => new PaperFact(
                RegistrationName(registration.Tax, registration.Jurisdiction, words),
                registration.Number is { } number
                    ? Written(registration.Tax, number) : words[Word.NotRegistered])),
        ]);

    public static string RegistrationName(string tax, string jurisdiction, Language words) => tax switch
    {
        "GST" or "HST" => words[Word.TaxGstHst],
        "QST" => words[Word.TaxQst],
        _ => $"{words.Tax(tax)} {words.Place(jurisdiction)}",
    };

    /// <summary>GST/HST as <c>123456789 RT 0001</c>, QST as <c>1234567890 TQ 0001</c>; others as stored.</summary>
    public static string Written(string tax, string number)
    {
        var plain = number.Replace(" ", "", StringComparison.Ordinal);
        return tax switch
        {
            "GST" or "HST" when plain.Length == 15 => $"{plain[..9]} {plain[9..11]} {plain[11..]}",
            "QST" when plain.Length == 16 => $"{plain[..10]} {plain[10..12]} {plain[12..]}",
            _ => number,
        };
    }
}
