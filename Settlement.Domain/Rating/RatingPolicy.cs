namespace Settlement.Domain.Rating;

/// <summary>
/// Every reading of OCPI that parties may differ on, by name; an agreement chooses, the defaults are the
/// specification's current text. The policy in force is part of every rating.
/// </summary>
public sealed record RatingPolicy
{
    public static readonly RatingPolicy Default = new();
}
