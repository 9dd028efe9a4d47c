using Settlement.Domain.People;

namespace Settlement.Api.People;

/// <summary>Roles as sentences for pages.</summary>
internal static class RoleWords
{
    public static string Of(User user) => string.Join("; ", user.Roles.Select(Of));

    public static string Of(Role role) => role switch
    {
        Role.Analyst => "analyst: releases what is held, prepares the month",
        Role.Approver => "approver: signs what was prepared",
        Role.Controller => "controller: issues statements, closes and reopens",
        Role.Tax => "tax: proposes and approves tax rules",
        Role.PartnerOperations => "partner operations: agreements, access and disputes of partners",
        Role.Auditor => "auditor: reads everything, changes nothing",
        Role.Admin => "admin: keeps accounts, no part in finance",
        _ => throw new InvalidOperationException($"{role} has no words."),
    };

    public static string Of(Right right) => right switch
    {
        Right.Read => "Read figures, CDRs, statements and files",
        Right.ReadSystem => "Read log positions",
        Right.ReadPeople => "Read accounts and rights",
        Right.ReleaseHeld => "Release or reject what is held",
        Right.PreparePeriod => "Soft close and prepare a month",
        Right.ApprovePeriod => "Approve a month",
        Right.IssueStatements => "Issue statements",
        Right.HardClose => "Close a month for good",
        Right.Reopen => "Reopen a month (two people)",
        Right.AmendAgreement => "Make and amend agreements",
        Right.RecordPayment => "Record payments",
        Right.ProposeCorrection => "Propose corrections and opening balances",
        Right.ApproveCorrection => "Approve corrections, opening balances and releases on evidence",
        Right.Dispute => "Open and answer disputes",
        Right.ProposeReference => "Propose tax rules, rates and tariffs",
        Right.ApproveReference => "Approve tax rules, rates and tariffs",
        Right.ManagePartners => "Keep partners and their tokens",
        Right.ImportCdrs => "Bring in CDRs from files",
        Right.ManagePeople => "Keep accounts",
        Right.EraseDriver => "Erase a driver",
        _ => throw new InvalidOperationException($"{right} has no words."),
    };
}
