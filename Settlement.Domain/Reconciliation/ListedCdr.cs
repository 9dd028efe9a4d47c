using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Reconciliation;

/// <summary>Whether a row is in the list that is compared, or only known besides.</summary>
public enum ListStanding
{
    /// <summary>In the list: counted, and in exactly one category.</summary>
    Listed,

    /// <summary>Received and held: <see cref="ListedCdr.Detail"/> is why.</summary>
    Held,

    /// <summary>Settled in an adjacent month: <see cref="ListedCdr.Detail"/> is which.</summary>
    Adjacent,
}

/// <summary>
/// One row of a list of CDRs. Money as written, in units of the currency; what a list does not tell is null and not
/// compared. Nothing names a driver but a pseudonym.
/// </summary>
public sealed record ListedCdr
{
    /// <summary>Line in the file; number of the event for our own.</summary>
    public required long Line { get; init; }

    /// <summary>Number of the ledger entry: of our own rows, and of our detail file that comes back. Null in other lists.</summary>
    public long? Entry { get; init; }

    public PartyId? Cpo { get; init; }

    /// <summary>As written; compared without case (OCPI CiString). Empty where the list has none.</summary>
    public string Id { get; init; } = "";

    /// <summary>A credit CDR: its amounts are negative, and here its energy is too.</summary>
    public bool Credit { get; init; }

    public string? SessionId { get; init; }

    public string? AuthorizationReference { get; init; }

    public string? EvseId { get; init; }

    /// <summary>Pseudonym in this relationship.</summary>
    public string? Driver { get; init; }

    public Instant? Start { get; init; }

    public Instant? End { get; init; }

    public decimal? EnergyKwh { get; init; }

    public required string Currency { get; init; }

    public decimal? Net { get; init; }

    public decimal? Tax { get; init; }

    /// <summary>Net plus tax.</summary>
    public decimal? Total { get; init; }

    /// <summary>What the CPO asked for before tax, where something else is settled.</summary>
    public decimal? Claimed { get; init; }

    public ListStanding Standing { get; init; }

    public string? Detail { get; init; }

    /// <summary>Owner and folded id, and whether it is a credit; null without an id.</summary>
    public string? Key => Id.Length == 0 ? null : Folded(Id);

    public string? SessionKey => string.IsNullOrEmpty(SessionId) ? null : Folded(SessionId);

    public string? AuthorizationKey =>
        string.IsNullOrEmpty(AuthorizationReference) ? null : Folded(AuthorizationReference);

    /// <summary>Only with the moment and the energy that go with it.</summary>
    public string? EvseKey => string.IsNullOrEmpty(EvseId) || Start is null || EnergyKwh is null ? null : Folded(EvseId);

    /// <summary>One row of several entries under the same CDR.</summary>
    public ListedCdr With(ListedCdr other) => this with
    {
        Line = Math.Min(Line, other.Line),
        Net = Net + other.Net,
        Tax = Tax + other.Tax,
        Total = Total + other.Total,
        Claimed = Claimed + other.Claimed,
        EnergyKwh = EnergyKwh + other.EnergyKwh,
    };

    /// <summary>
    /// Several entries of one CDR (settled, taken back, corrected) are one row; those that take each other back are none.
    /// The same entry listed twice stays twice.
    /// </summary>
    public static List<ListedCdr> Merged(IReadOnlyList<ListedCdr> list)
    {
        var rows = new List<ListedCdr>(list.Count);
        var listed = new Dictionary<string, int>(StringComparer.Ordinal);
        var entries = new HashSet<(string, long)>();
        var several = new HashSet<int>();
        foreach (var row in list)
        {
            if (row is { Standing: ListStanding.Listed, Entry: { } entry, Key: { } key } && entries.Add((key, entry)))
            {
                if (listed.TryGetValue(key, out var at))
                {
                    rows[at] = rows[at].With(row);
                    several.Add(at);
                    continue;
                }

                listed[key] = rows.Count;
            }

            rows.Add(row);
        }

        return several.Count == 0 ? rows : [.. rows.Where((row, at) => !several.Contains(at) || !row.IsNothing)];
    }

    private bool IsNothing => (Net ?? 0m) == 0m && (Tax ?? 0m) == 0m && (Total ?? 0m) == 0m && (EnergyKwh ?? 0m) == 0m;

    private string Folded(string id) => $"{Cpo}/{(Credit ? '-' : '+')}{id.ToLowerInvariant()}";

    /// <summary>Orders by everything that a list tells and nothing of where in it a row stands.</summary>
    public static int CompareContent(ListedCdr a, ListedCdr b)
    {
        var order = a.Standing.CompareTo(b.Standing);
        order = order != 0 ? order : string.CompareOrdinal(a.Key, b.Key);
        order = order != 0 ? order : string.CompareOrdinal(a.Currency, b.Currency);
        order = order != 0 ? order : Nullable.Compare(a.Total, b.Total);
        order = order != 0 ? order : Nullable.Compare(a.Net, b.Net);
        order = order != 0 ? order : Nullable.Compare(a.Tax, b.Tax);
        order = order != 0 ? order : Nullable.Compare(a.Claimed, b.Claimed);
        order = order != 0 ? order : Nullable.Compare(a.EnergyKwh, b.EnergyKwh);
        order = order != 0 ? order : Nullable.Compare(a.Start, b.Start);
        order = order != 0 ? order : Nullable.Compare(a.End, b.End);
        order = order != 0 ? order : string.CompareOrdinal(a.SessionKey, b.SessionKey);
        order = order != 0 ? order : string.CompareOrdinal(a.AuthorizationKey, b.AuthorizationKey);
        order = order != 0 ? order : string.CompareOrdinal(a.EvseId, b.EvseId);
        order = order != 0 ? order : string.CompareOrdinal(a.Driver, b.Driver);
        order = order != 0 ? order : string.CompareOrdinal(a.Detail, b.Detail);
        order = order != 0 ? order : string.CompareOrdinal(a.Id, b.Id);
        order = order != 0 ? order : string.CompareOrdinal(a.SessionId, b.SessionId); // as written: a key is folded
        order = order != 0 ? order : string.CompareOrdinal(a.AuthorizationReference, b.AuthorizationReference);
        order = order != 0 ? order : string.CompareOrdinal(a.Cpo?.ToString(), b.Cpo?.ToString());
        order = order != 0 ? order : a.Credit.CompareTo(b.Credit);
        return order != 0 ? order : Nullable.Compare(a.Entry, b.Entry);
    }
}
