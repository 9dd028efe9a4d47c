using Settlement.Domain.Tax;

namespace Settlement.Domain.Rating;

/// <summary>The same session at the price of the CPO's own network, as recorded and shown (rules-money 10).</summary>
/// <param name="Tariffs">Ids of the tariffs published for it.</param>
/// <param name="Connector">Location, EVSE and connector that publishes them; null: found by the CDR's tariff.</param>
/// <param name="Price">By rule <c>line-scale</c>; in whole minor units where tax had to be put on or taken out.</param>
public sealed record OwnNetworkPrice(string Tariffs, string? Connector, decimal Price, PriceSide Side);
