namespace Settlement.Domain.Intake;

/// <summary>What can make a held CDR owed.</summary>
public enum HoldAnswer
{
    /// <summary>A person names an amount, no higher than the claim and the re-rated price (rules-money 9).</summary>
    Release,

    /// <summary>A fact about place, tariff, tax or station is recorded; then the CDR is re-evaluated automatically.</summary>
    Fact,

    /// <summary>The agreement says something else; then the CDR is re-evaluated automatically.</summary>
    Amendment,

    /// <summary>The same CDR, received again after its session's end; or other terms.</summary>
    Resend,

    /// <summary>Another CDR decides: its original comes, or the first CDR of the session is credited or rejected.</summary>
    OtherCdr,

    /// <summary>A person chooses between the contents that came under one id.</summary>
    Choice,

    /// <summary>Nothing here: only another document of the CPO. It can be rejected.</summary>
    OtherDocument,
}

/// <summary>
/// Which answer each reason to hold allows. What is no matter of judgement (tax law, the currencies agreed, whose
/// energy it is) cannot be released by naming an amount.
/// </summary>
public static class HoldAnswers
{
    // whole codes first, then nouns; the first that fits counts
    private static readonly (string Code, HoldAnswer Answer)[] Table =
    [
        ("cdr.conflict", HoldAnswer.Choice),
        ("cdr.too-old", HoldAnswer.Release),
        ("claim.*", HoldAnswer.Release),
        ("surcharge", HoldAnswer.Release),
        ("tax.differs", HoldAnswer.Release),
        ("tax.unexpected", HoldAnswer.Release),
        ("agreement.none", HoldAnswer.Amendment),
        ("currency.not-agreed", HoldAnswer.Amendment),
        ("energy.negative", HoldAnswer.Amendment),
        ("time.after-receipt", HoldAnswer.Resend),
        ("volume.*", HoldAnswer.Amendment),
        ("policy.*", HoldAnswer.Amendment),
        ("credit.waits-for-original", HoldAnswer.OtherCdr),
        ("credit.original-missing", HoldAnswer.OtherCdr),
        ("credit.original-in-conflict", HoldAnswer.OtherCdr),
        ("session.second-cdr", HoldAnswer.OtherCdr),
        ("cdr.missing", HoldAnswer.OtherCdr), // a session without a CDR: a memo of the report
        ("local.*", HoldAnswer.Fact),
        ("place.*", HoldAnswer.Fact),
        ("station.*", HoldAnswer.Fact),
        ("tariff.missing", HoldAnswer.Fact),
        ("tariff.not-found", HoldAnswer.Fact),
        ("tariff.not-valid", HoldAnswer.Fact),
        ("tax.exceeds-price", HoldAnswer.OtherDocument),
        ("tax.*", HoldAnswer.Fact),
        ("zone.*", HoldAnswer.Fact),
        ("amount.*", HoldAnswer.OtherDocument),
        ("cdr.home-charging", HoldAnswer.OtherDocument),
        ("cdr.own-driver", HoldAnswer.OtherDocument),
        ("cost.negative-total", HoldAnswer.OtherDocument),
        ("cost.total-missing", HoldAnswer.OtherDocument),
        ("credit.*", HoldAnswer.OtherDocument),
        ("currency.*", HoldAnswer.OtherDocument),
        ("file.*", HoldAnswer.OtherDocument),
        ("json.*", HoldAnswer.OtherDocument),
        ("location.evse-not-stated", HoldAnswer.OtherDocument),
        ("party.*", HoldAnswer.OtherDocument),
        ("price-limit.*", HoldAnswer.OtherDocument),
        ("rating.*", HoldAnswer.OtherDocument),
        // what does not agree within the document: a person may name an amount, if a price can be told
        ("*", HoldAnswer.Release),
    ];

    public static HoldAnswer Of(string code) => Table.First(row => row.Code == code
        || (row.Code[^1] == '*' && code.StartsWith(row.Code[..^1], StringComparison.Ordinal))).Answer;

    /// <summary>A waiting credit binds its original to it: only the original ends that.</summary>
    public static bool MayReject(string code) => code != "credit.waits-for-original";

    /// <summary>One word for tables, one sentence for what a person can do.</summary>
    public static (string Word, string Sentence) Words(HoldAnswer answer) => answer switch
    {
        HoldAnswer.Release => ("release", "Release an amount no higher than the claim and the re-rated price, or reject it."),
        HoldAnswer.Fact => ("record", "Record the missing fact; the CDR is then re-evaluated automatically. Or reject it."),
        HoldAnswer.Amendment => ("amend", "Amend the agreement; the CDR is then re-evaluated automatically. Or reject it."),
        HoldAnswer.Resend => ("resend",
            "Ask the CPO to send the same CDR again after the session's end, or amend the agreement; it is then "
            + "re-evaluated automatically. Or reject it."),
        HoldAnswer.OtherCdr => ("wait", "Another CDR decides: its original, its credit, or the other CDR of its session."),
        HoldAnswer.Choice => ("choose", "Choose the content that counts, or reject all of them."),
        HoldAnswer.OtherDocument => ("reject", "Reject it; only another document of the CPO can be settled."),
        _ => throw new InvalidOperationException($"{answer} is no answer."),
    };
}
