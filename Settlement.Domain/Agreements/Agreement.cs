using NodaTime;

namespace Settlement.Domain.Agreements;

/// <summary>Who supplies the driver.</summary>
public enum SupplyModel
{
    /// <summary>The CPO sells to the eMSP, which sells to its driver.</summary>
    Resale,

    /// <summary>The CPO sells to the driver; the eMSP acts for the CPO.</summary>
    Agency,
}

/// <summary>What two parties agreed and OCPI leaves open; one version of it.</summary>
public sealed record Agreement
{
    public required Relationship Relationship { get; init; }

    public required int Version { get; init; }

    /// <summary>First day, in <see cref="Zone"/>, of sessions this version governs.</summary>
    public required LocalDate ValidFrom { get; init; }

    /// <summary>Made by a file import of an unseen pair: reports work, issuing is refused (rules-money 29).</summary>
    public bool Provisional { get; init; }

    /// <summary>ISO 4217 codes that may be settled.</summary>
    public IReadOnlyList<string> Currencies { get; init; } = ["CAD", "USD"];

    public SupplyModel Supply { get; init; }

    /// <summary>IANA zone in which months are cut.</summary>
    public string Zone { get; init; } = "America/Toronto";

    /// <summary>Largest accepted difference between claim and re-rated price, minor units (rules-money 9).</summary>
    public int ToleranceMinor { get; init; }

    /// <summary>Days between session end and receipt after which a CDR is held; null = no limit (rules-money 16).</summary>
    public int? MaximumAgeDays { get; init; }

    /// <summary>Readings of OCPI that differ from the default, as name=value.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>Net export of energy is part of the agreement (rules-money 12).</summary>
    public bool ExportClause { get; init; }

    public static Agreement ProvisionalFor(Relationship relationship) =>
        new() { Relationship = relationship, Version = 1, ValidFrom = new LocalDate(2010, 1, 1), Provisional = true };

    /// <summary>Month, in the agreement's zone, that a session end falls into.</summary>
    public YearMonth ChargePeriod(Instant sessionEnd) =>
        sessionEnd.InZone(DateTimeZoneProviders.Tzdb[Zone]).Date.ToYearMonth();
}

/// <summary>All versions of one relationship's agreement.</summary>
public sealed record AgreementHistory(IReadOnlyList<Agreement> Versions)
{
    public static readonly AgreementHistory None = new([]);

    public AgreementHistory With(Agreement version) => new([.. Versions, version]);

    /// <summary>The version valid at session start: the latest made among those already in force then.</summary>
    public Agreement? At(Instant sessionStart) =>
        Versions.LastOrDefault(v =>
            v.ValidFrom <= sessionStart.InZone(DateTimeZoneProviders.Tzdb[v.Zone]).Date);
}

/// <summary>Facts of the stream <c>agreement</c> in a relationship's tenant.</summary>
public abstract record AgreementFact : Fact
{
    private AgreementFact() { }

    /// <summary>A version was agreed, the first or an amendment.</summary>
    public sealed record AgreementMade(Agreement Terms) : AgreementFact;
}
