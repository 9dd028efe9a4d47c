namespace Settlement.Domain.Rating;

// The values of each policy; the first is the default. The order is the order of the names in RatingPolicies.

/// <summary>Parking if any parking is priced, else charging; the last priced one; both together; each alone.</summary>
public enum TimeStep { Parking, Last, Together, Each }

public enum StepScope { Total, Band }

public enum StepMultiple { Stays, Exceeds }

public enum StepSize { Applied, Ignored }

public enum ReservationStep { Separate, Shared }

/// <summary>Exact: not rounded. Rounded: up to the next multiple, which is towards zero.</summary>
public enum NegativeEnergyStep { Exact, Rounded }

public enum FlatFees { First, Each }

/// <summary>The first in the list prices; or no price can be told.</summary>
public enum DuplicateComponent { First, Refuse }

public enum Straddle { Flag, Refuse }

/// <summary>Agree: not rateable unless a match and no match give the same price.</summary>
public enum MissingSignal { Agree, Match, NoMatch }

/// <summary>Own: MIN_* for min, MAX_* for max. Other: the other one where its own is missing.</summary>
public enum SignalReading { Own, Other }

public enum MissingZone { Agree, Utc }

/// <summary>Agree: not rateable unless a match and no match give the same price.</summary>
public enum UnknownRestriction { Agree, Ignore, NoMatch }

public enum DurationStart { Charging, Reservation }

public enum ParkingDuration { Session, Parking }

/// <summary>Continuous: since the vehicle last stopped requesting power. Total: all such time of the session.</summary>
public enum IdleDuration { Continuous, Total }

public enum EqualTimes { WholeDay, Never }

/// <summary>EndOfDay: 24:00. Literal: 00:00 of the same day, so that nothing lies before it.</summary>
public enum EndMidnight { EndOfDay, Literal }

/// <summary>Instant: the weekday of the moment. WindowStart: of the day on which the window began.</summary>
public enum WrapWeekday { Instant, WindowStart }

/// <summary>Daily: the window on each day of the range. Continuous: from start date and time to end date and time.</summary>
public enum DateWindow { Daily, Continuous }

public enum TariffChoice { Period, Start }

public enum UnknownTariff { Refuse, Start }

public enum TariffValidity { Flag, Refuse }

public enum TimeMeaning { Charging, Connected }

public enum TimeSource { Timestamps, Volumes }

public enum AbsentVat { Unknown, None }

public enum LimitScope { Session, Charging }

public enum LimitTax { Proportional, None }

public enum MinPriceUnused { Applied, Skipped }

public enum ParkingTotal { Flag, Refuse }

public enum TotalTime { WithoutReservation, WithReservation }
