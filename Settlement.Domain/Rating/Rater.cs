namespace Settlement.Domain.Rating;

/// <summary>Prices a session from its tariffs. Pure: same input, same cents.</summary>
public static class Rater
{
    public static RatedSession Rate(RatingRequest request) => throw new NotSupportedException();
}
