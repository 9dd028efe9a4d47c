using System.Collections.Immutable;

namespace Settlement.Domain.Payments;

/// <summary>One payment, a fold of its stream.</summary>
public sealed record PaymentState
{
    public static readonly PaymentState None = new();

    /// <summary>Null while nothing came under this id.</summary>
    public Payment? Payment { get; init; }

    public ImmutableList<Application> Applications { get; init; } = [];

    public PaymentMatch Match { get; init; } = PaymentMatch.Unapplied;

    /// <summary>Of what matched nothing: gone back to the payer.</summary>
    public long Refunded { get; init; }

    public bool IsReversed { get; init; }

    public string Because { get; init; } = "";

    public string RecordedBy { get; init; } = "";

    public long Version { get; init; }

    /// <summary>What matches nothing yet.</summary>
    public long Unapplied => IsReversed || Payment is null ? 0 : Payment.Amount - Refunded - Applications.Sum(each => each.Amount);

    /// <summary>Ids compare without case.</summary>
    public static string Stream(string id) => $"payment/{id.ToLowerInvariant()}";

    public PaymentState With(PaymentFact fact) => (fact switch
    {
        PaymentFact.PaymentRecorded e => this with { Payment = e.Payment, RecordedBy = e.By },
        PaymentFact.PaymentBroughtForward e => this with { Payment = e.Payment, RecordedBy = e.By },
        PaymentFact.PaymentApplied e => this with { Applications = Applications.AddRange(e.Applications), Match = e.Match },
        PaymentFact.PaymentRefunded e => this with { Refunded = Refunded + e.Amount },
        PaymentFact.PaymentReversed e => this with { IsReversed = true, Because = e.Because },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a payment's stream."),
    }) with
    { Version = Version + 1 };
}
