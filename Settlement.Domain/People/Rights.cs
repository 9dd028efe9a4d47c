using System.Collections.Frozen;

namespace Settlement.Domain.People;

/// <summary>Which role may do what, and what no one person may do both. The whole of it is in these two tables.</summary>
public static class Rights
{
    private static readonly Role[] Finance =
    [
        Role.Analyst, Role.Approver, Role.Controller, Role.Tax, Role.PartnerOperations, Role.Auditor,
    ];

    private static readonly FrozenDictionary<Right, Role[]> Holders = new Dictionary<Right, Role[]>
    {
        [Right.Read] = Finance,
        [Right.ReadSystem] = [.. Finance, Role.Admin],
        [Right.ReadPeople] = [Role.Auditor, Role.Admin],
        [Right.ReleaseHeld] = [Role.Analyst, Role.Controller],
        [Right.PreparePeriod] = [Role.Analyst],
        [Right.ApprovePeriod] = [Role.Approver],
        [Right.IssueStatements] = [Role.Controller],
        [Right.HardClose] = [Role.Controller],
        [Right.Reopen] = [Role.Approver, Role.Controller],
        [Right.AmendAgreement] = [Role.PartnerOperations, Role.Controller],
        [Right.RecordPayment] = [Role.Analyst, Role.Controller],
        [Right.ProposeCorrection] = [Role.Analyst, Role.PartnerOperations],
        [Right.ApproveCorrection] = [Role.Approver, Role.Controller],
        [Right.Dispute] = [Role.Analyst, Role.PartnerOperations],
        [Right.ProposeReference] = [Role.Analyst, Role.Tax, Role.PartnerOperations],
        [Right.ApproveReference] = [Role.Tax, Role.Controller],
        [Right.ManagePartners] = [Role.PartnerOperations, Role.Controller],
        [Right.ImportCdrs] = [Role.Analyst, Role.PartnerOperations, Role.Controller],
        [Right.ManagePeople] = [Role.Admin],
        [Right.EraseDriver] = [Role.PartnerOperations, Role.Controller, Role.Admin],
    }.ToFrozenDictionary();

    /// <summary>What a keeper of accounts may do besides; everything else is finance.</summary>
    private static readonly Right[] BesideAccounts =
        [Right.ReadSystem, Right.ReadPeople, Right.ManagePeople, Right.EraseDriver];

    /// <summary>
    /// Whoever decides on other people's work or closes a month must be a person. Fewer rights than a role has, never
    /// more.
    /// </summary>
    private static readonly Right[] PeopleOnly =
    [
        Right.ApprovePeriod, Right.IssueStatements, Right.HardClose, Right.Reopen, Right.ApproveCorrection,
        Right.ApproveReference, Right.ManagePeople, Right.EraseDriver,
    ];

    /// <summary>Pairs of rights that nobody holds together, whatever their roles.</summary>
    public static IReadOnlyList<(Right One, Right Other)> Forbidden { get; } =
    [
        (Right.PreparePeriod, Right.ApprovePeriod),
        (Right.PreparePeriod, Right.IssueStatements),
        (Right.ApprovePeriod, Right.IssueStatements),
        // whoever changes what a statement is computed from does not approve the statement
        (Right.ProposeReference, Right.ApprovePeriod),
        (Right.ApproveReference, Right.ApprovePeriod),
        (Right.AmendAgreement, Right.ApprovePeriod),
        (Right.ImportCdrs, Right.ApprovePeriod),
        (Right.ProposeCorrection, Right.ApproveCorrection),
        .. All.Except(BesideAccounts).Select(finance => (finance, Right.ManagePeople)),
    ];

    public static IReadOnlyList<Right> All => Enum.GetValues<Right>();

    public static IReadOnlyList<Role> RolesWith(Right right) => Holders[right];

    public static bool Has(Role role, Right right) => Holders[right].Contains(role);

    public static bool Has(IEnumerable<Role> roles, Right right) => roles.Any(role => Has(role, right));

    /// <summary>What only a person may do, never a machine's token.</summary>
    public static bool IsForPeopleOnly(Right right) => PeopleOnly.Contains(right);

    /// <summary>Why one person may not hold these roles together; null where they may.</summary>
    public static Refusal? Conflict(IReadOnlyCollection<Role> roles)
    {
        foreach (var (one, other) in Forbidden)
        {
            if (Has(roles, one) && Has(roles, other))
            {
                return new Refusal(
                    "roles.forbidden-pair",
                    $"{Roles.Any([.. roles.Where(role => Has(role, one))])} gives {one}, "
                    + $"{Roles.Any([.. roles.Where(role => Has(role, other))])} gives {other}: not to one person.");
            }
        }

        return null;
    }
}
