using NodaTime;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Rating;

/// <summary>Which tariff prices a period: the one it names, else the one valid when the session started.</summary>
internal static class TariffChooser
{
    /// <summary>Sets the tariff of every slice; findings stop the rating where one cannot be found.</summary>
    public static void Choose(RatingRequest request, Span<Slice> slices, Findings findings)
    {
        var policy = request.Policy;
        Tariff? atStart = null;
        CompiledTariff? last = null;
        foreach (ref var slice in slices)
        {
            var named = policy.TariffChoice == TariffChoice.Period ? slice.Period.TariffId : null;
            Tariff? tariff;
            if (named is not null && last is not null && request.Tariffs.Count == 1
                && string.Equals(last.Tariff.Id, named, StringComparison.Ordinal))
            {
                tariff = last.Tariff;
            }
            else if (named is null)
            {
                tariff = atStart ??= ValidAtStart(request, findings);
            }
            else
            {
                tariff = Named(request, named);
                if (tariff is null)
                {
                    findings.AddPeriod("tariff.not-found", slice.Index, $"It names tariff '{named}', which is not here.");
                    tariff = policy.UnknownTariff == UnknownTariff.Start ? atStart ??= ValidAtStart(request, findings) : null;
                }
            }

            if (tariff is null)
            {
                findings.StopPeriod("tariff.missing", slice.Index, "No tariff is known for this period.");
                return;
            }

            if (!ReferenceEquals(tariff, last?.Tariff))
            {
                if (!CheckTariff(request, tariff, findings))
                {
                    return;
                }

                last = CompiledTariff.Of(tariff, policy);
            }

            slice.Tariff = last;
        }
    }

    /// <summary>The tariff of every period of a session that could be rated, chosen as above.</summary>
    public static IReadOnlyList<Tariff> OfPeriods(RatingRequest request)
    {
        var atStart = new Lazy<Tariff?>(() => ValidAtStart(request, new Findings()));
        return [.. request.Cdr.Periods.Select(period =>
            (request.Policy.TariffChoice == TariffChoice.Period && period.TariffId is { } id ? Named(request, id) : null)
            ?? atStart.Value).OfType<Tariff>()];
    }

    /// <summary>Those a driver can be charged by, the plainest first: ad-hoc tariffs are for ad-hoc users only.</summary>
    public static IReadOnlyList<Tariff> For(Cdr cdr, IReadOnlyList<Tariff> tariffs) =>
    [
        .. tariffs.Where(tariff => tariff.Type is null || IsAdHoc(tariff) == (cdr.TokenType == "AD_HOC_USER"))
            .OrderBy(tariff => tariff.Type is null or "REGULAR" or "AD_HOC_PAYMENT" ? 0 : 1),
    ];

    private static bool IsAdHoc(Tariff tariff) => tariff.Type == "AD_HOC_PAYMENT";

    /// <summary>JSON pointer to a tariff embedded in the CDR; empty where it came from elsewhere.</summary>
    public static string PointerTo(Cdr cdr, Tariff tariff)
    {
        for (var i = 0; i < cdr.Tariffs.Count; i++)
        {
            if (ReferenceEquals(cdr.Tariffs[i], tariff))
            {
                return $"/tariffs/{i}";
            }
        }

        return "";
    }

    private static bool CheckTariff(RatingRequest request, Tariff tariff, Findings findings)
    {
        var cdr = request.Cdr;
        if (!string.Equals(tariff.Currency, cdr.Currency, StringComparison.OrdinalIgnoreCase))
        {
            findings.Stop(
                "tariff.currency", PointerTo(cdr, tariff) + "/currency",
                $"Tariff '{tariff.Id}' is in {tariff.Currency}, the CDR in {cdr.Currency}.");
            return false;
        }

        if (!IsValid(tariff, cdr.Start))
        {
            var detail = $"Tariff '{tariff.Id}' was not valid when the session started ({cdr.Start}).";
            if (request.Policy.TariffValidity == TariffValidity.Refuse)
            {
                findings.Stop("tariff.not-valid", PointerTo(cdr, tariff), detail);
                return false;
            }

            findings.AddOnce("tariff.not-valid", PointerTo(cdr, tariff), detail);
        }

        if (IsAdHoc(tariff) && cdr.TokenType != "AD_HOC_USER")
        {
            findings.AddOnce("tariff.ad-hoc", PointerTo(cdr, tariff),
                $"Tariff '{tariff.Id}' is an ad hoc payment tariff but prices the session of a roaming driver.");
        }

        ReportUnknownRestrictions(cdr, tariff, findings);
        ReportOtherContent(request, tariff, findings);
        return true;
    }

    /// <summary>A misspelt restriction widens its element in silence unless somebody shouts.</summary>
    private static void ReportUnknownRestrictions(Cdr cdr, Tariff tariff, Findings findings)
    {
        var elements = tariff.Elements;
        for (var i = 0; i < elements.Count; i++)
        {
            if (elements[i].Restrictions is not { UnknownKeys.Count: > 0 } restrictions)
            {
                continue;
            }

            foreach (var key in restrictions.UnknownKeys)
            {
                findings.AddOnce(
                    "restriction.unknown", $"{PointerTo(cdr, tariff)}/elements/{i}/restrictions/{key}",
                    $"'{key}' is no restriction of OCPI; it must not be ignored in silence.");
            }
        }
    }

    /// <summary>The CDR's own tariff is rated with; that somebody else holds another content is worth a call.</summary>
    private static void ReportOtherContent(RatingRequest request, Tariff tariff, Findings findings)
    {
        for (var i = 0; i < request.Tariffs.Count; i++)
        {
            var other = request.Tariffs[i];
            if (!ReferenceEquals(other, tariff) && other.ContentHash != tariff.ContentHash
                && string.Equals(other.Id, tariff.Id, StringComparison.OrdinalIgnoreCase)
                && IsValid(other, request.Cdr.Start))
            {
                findings.AddOnce(
                    "tariff.differs", PointerTo(request.Cdr, tariff),
                    $"Tariff '{tariff.Id}' of the CDR differs from the one known for that day.");
            }
        }
    }

    private static bool IsValid(Tariff tariff, Instant at) =>
        !(tariff.ValidFrom > at) && !(tariff.ValidTo <= at);

    private static Tariff? Named(RatingRequest request, string id)
    {
        Tariff? any = null;
        for (var i = 0; i < request.Tariffs.Count; i++)
        {
            var tariff = request.Tariffs[i];
            if (string.Equals(tariff.Id, id, StringComparison.OrdinalIgnoreCase))
            {
                if (IsValid(tariff, request.Cdr.Start))
                {
                    return tariff;
                }

                any ??= tariff;
            }
        }

        return any;
    }

    /// <summary>
    /// Ad-hoc tariffs belong to ad-hoc users, all others to everybody else; the first that fits, and a finding
    /// where a different one fits too.
    /// </summary>
    private static Tariff? ValidAtStart(RatingRequest request, Findings findings)
    {
        if (request.Tariffs.Count <= 1)
        {
            return request.Tariffs.Count == 0 ? null : request.Tariffs[0];
        }

        var fitting = For(request.Cdr, request.Tariffs);
        var valid = fitting.Where(tariff => IsValid(tariff, request.Cdr.Start)).ToList();
        var chosen = valid.Count > 0 ? valid[0] : fitting.Count > 0 ? fitting[0] : request.Tariffs[0];
        var others = valid.Where(other => other.ContentHash != chosen.ContentHash
            && !string.Equals(other.Id, chosen.Id, StringComparison.OrdinalIgnoreCase)).ToList();
        if (others.Count > 0)
        {
            findings.Add(
                "tariff.ambiguous", "/tariffs",
                $"No period names a tariff and {others.Count + 1} fit; '{chosen.Id}' is taken, the first.");
        }

        return chosen;
    }
}
