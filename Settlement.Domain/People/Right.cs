namespace Settlement.Domain.People;

/// <summary>Something that can be done here. Every route and every verb that changes something names one.</summary>
public enum Right
{
    /// <summary>Figures, CDRs, statements, reports, files.</summary>
    Read,

    /// <summary>How the program does: workers, log positions.</summary>
    ReadSystem,

    /// <summary>Who may do what, and who did.</summary>
    ReadPeople,

    /// <summary>Release, reject or choose held CDRs.</summary>
    ReleaseHeld,

    /// <summary>Soft close and prepare (rules-money 18).</summary>
    PreparePeriod,

    /// <summary>Sign the digest of what was prepared.</summary>
    ApprovePeriod,

    IssueStatements,

    HardClose,

    /// <summary>Ask for a reopening, or approve another person's.</summary>
    Reopen,

    AmendAgreement,

    RecordPayment,

    /// <summary>Corrections of our own mistakes and opening balances (rules-money 27).</summary>
    ProposeCorrection,

    /// <summary>Also what else two people must stand for: write-offs, credit notes, releases on evidence.</summary>
    ApproveCorrection,

    Dispute,

    /// <summary>Tax rules, local rates, exchange rates, tariffs, parties' registrations.</summary>
    ProposeReference,

    ApproveReference,

    /// <summary>Parties, their tokens, their endpoints.</summary>
    ManagePartners,

    /// <summary>Bring in CDRs from files.</summary>
    ImportCdrs,

    /// <summary>Accounts of people and machines, their roles and tokens.</summary>
    ManagePeople,

    /// <summary>Destroy a driver's key.</summary>
    EraseDriver,
}
