namespace Settlement.Domain.People;

/// <summary>What somebody is here for. A person may hold several, unless <see cref="Rights"/> forbids the pair.</summary>
public enum Role
{
    /// <summary>Billing analyst: releases, prepares, disputes, records payments, proposes.</summary>
    Analyst,

    /// <summary>Settlement manager: approves what an analyst prepared.</summary>
    Approver,

    /// <summary>Issues, closes, reopens; decides on reference data and corrections.</summary>
    Controller,

    /// <summary>Proposes and approves tax rules and rates.</summary>
    Tax,

    /// <summary>Keeps agreements and partners' access, answers disputes.</summary>
    PartnerOperations,

    /// <summary>Reads everything, changes nothing.</summary>
    Auditor,

    /// <summary>Keeps the accounts of people and machines; has no part in finance.</summary>
    Admin,
}

/// <summary>Names of roles as people write them: <c>partner-operations</c>.</summary>
public static class Roles
{
    public static IReadOnlyList<Role> All { get; } = Enum.GetValues<Role>();

    public static string Name(Role role) => role switch
    {
        Role.PartnerOperations => "partner-operations",
        _ => role.ToString().ToLowerInvariant(),
    };

    public static Role? Parse(string text) =>
        All.Where(role => string.Equals(Name(role), text.Trim(), StringComparison.OrdinalIgnoreCase))
            .Select(role => (Role?)role).FirstOrDefault();

    /// <summary>For a sentence: <c>analyst, approver or controller</c>.</summary>
    public static string Any(IReadOnlyList<Role> roles) => roles switch
    {
        [] => "nobody",
        [var only] => Name(only),
        _ => $"{string.Join(", ", roles.SkipLast(1).Select(Name))} or {Name(roles[^1])}",
    };
}
