using NodaTime;

namespace Settlement.Domain.Rating;

internal sealed class FrenchWords : ITariffLanguage
{
    private static readonly string[] DayNames =
        ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

    public char DecimalMark => ',';

    public string Reserved => "pendant que la borne vous est réservée";

    public string Expired => "si la réservation expire sans être utilisée";

    public string FirstHolds => "Lorsque plusieurs de ces règles visent la même chose, la première s'applique.";

    public string Costs(Dimension what, bool reserved, string price) => what switch
    {
        Dimension.ENERGY => $"l'énergie coûte {price} le kWh",
        Dimension.TIME when reserved => $"l'attente coûte {price} l'heure",
        Dimension.TIME => $"le temps de recharge coûte {price} l'heure",
        Dimension.PARKING_TIME => $"le stationnement sans recharge coûte {price} l'heure",
        _ when reserved => $"une réservation coûte {price}, une seule fois",
        _ => $"une session coûte {price}, une seule fois",
    };

    public string Free(Dimension what, bool reserved) => what switch
    {
        Dimension.ENERGY => "l'énergie est gratuite",
        Dimension.TIME => reserved ? "l'attente est gratuite" : "le temps de recharge est gratuit",
        Dimension.PARKING_TIME => "le stationnement sans recharge est gratuit",
        _ => reserved ? "il n'y a pas de frais de réservation" : "il n'y a pas de frais de départ",
    };

    public string Step(Dimension what, int step) => what == Dimension.ENERGY
        ? $", facturée par tranches de {step} Wh"
        : step % 60 == 0 ? $", facturé par tranches de {step / 60} min" : $", facturé par tranches de {step} s";

    public string Vat(string percent) => $", plus {percent} % de TVA";

    public string Days(IReadOnlyList<IsoDayOfWeek> days) =>
        days.Count > 2 && days[^1] - days[0] == days.Count - 1
            ? $"du {Name(days[0])} au {Name(days[^1])}"
            : "le " + string.Join(" et le ", days.Select(Name));

    public string Times(string? from, string? until) => Between(from, until, "de ", " à ", "avant ", "à partir de ") + ", heure locale";

    public string Dates(string? from, string? until) => Between(from, until, "du ", " jusqu'avant le ", "avant le ", "à partir du ");

    public string Energy(string? from, string? until) =>
        from is null ? $"pour les {until} premiers" : Between(from, until, "après ", " et jusqu'à ", "", "après ");

    public string Duration(string? from, string? until) =>
        from is null
            ? $"pendant les premières {until} de la session"
            : Between(from, until, "après ", " et jusqu'à ", "", "après ") + " de session";

    public string Power(string? from, string? until) =>
        "à une puissance " + Between(from, until, "de ", " à moins de ", "inférieure à ", "d'au moins ");

    public string Current(string? from, string? until) =>
        "à un courant " + Between(from, until, "de ", " à moins de ", "inférieur à ", "d'au moins ");

    public string NotRequestingPower(string? from, string? until) =>
        Between(from, until, "après ", " et jusqu'à ", "jusqu'à ", "après ") + " sans demande de puissance du véhicule";

    public string StateOfCharge(string? from, string? until) =>
        "à un état de charge " + Between(from, until, "de ", " à moins de ", "inférieur à ", "d'au moins ");

    public string Unknown(string key) => $"sous une condition qu'OCPI ne connaît pas (« {key} »)";

    public string AtLeast(string? before, string? after) => $"Une session coûte au moins {Sides(before, after)}.";

    public string AtMost(string? before, string? after) => $"Une session coûte au plus {Sides(before, after)}.";

    private static string Sides(string? before, string? after) => string.Join(
        " et ", new[] { before is null ? null : $"{before} avant taxes", after is null ? null : $"{after} taxes comprises" }.OfType<string>());

    public string Taxes(TaxIncluded included) => included switch
    {
        TaxIncluded.YES => "Les prix comprennent les taxes.",
        TaxIncluded.NOT_APPLICABLE => "Aucune taxe ne s'applique.",
        _ => "Les taxes s'ajoutent à ces prix.",
    };

    public string Valid(string? from, string? until) =>
        "Valable " + Between(from, until, "du ", " au ", "jusqu'au ", "à partir du ") + " UTC.";

    private static string Name(IsoDayOfWeek day) => DayNames[(int)day - 1];

    private static string Between(
        string? from, string? until, string start, string middle, string onlyUntil, string onlyFrom) =>
        from is null ? onlyUntil + until : until is null ? onlyFrom + from : start + from + middle + until;
}
