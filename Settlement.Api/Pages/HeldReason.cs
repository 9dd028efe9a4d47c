using System.Collections.Frozen;

namespace Settlement.Api.Pages;

/// <summary>What a code means in a few words, and what to do about it.</summary>
/// <param name="Title">A few words for tables and headings.</param>
/// <param name="Do">One sentence for the person who must answer.</param>
public sealed record HeldReason(string Title, string Do)
{
    private const string Resend = "Ask the CPO to correct the CDR and send it under a new id, or to credit it.";
    private const string Reviewed = "held CDRs are looked at again by themselves.";

    private static readonly FrozenDictionary<string, HeldReason> ByCode = new Dictionary<string, HeldReason>
    {
        ["agreement.none"] = new("No agreement in force", "Record the agreement between the two networks, valid from before the session."),
        ["amount.overflow"] = new("Numbers too large", Resend),
        ["cdr.conflict"] = new("Two contents under one id", "Ask the CPO which content is right; nothing is owed until one of them is chosen."),
        ["cdr.home-charging"] = new("Home charging", "Settle it outside roaming: the energy is owed to the driver, not to the CPO."),
        ["cdr.own-driver"] = new("The CPO's own driver", "Nothing to settle between networks; tell the CPO that it was sent in error."),
        ["cdr.too-old"] = new("Received too late", "Agree with the CPO whether it is still paid; the agreement's limit stands until then."),
        ["claim.differs"] = new("Claim differs from the re-rated price", "Compare the price lines with the CPO's tariff, then ask the CPO to correct the claim."),
        ["claim.missing"] = new("No amount claimed", Resend),
        ["claim.nothing"] = new("Claim is zero", "Ask the CPO whether the session was meant to be free."),
        ["credit.differs"] = new("Credit differs from its original", "Ask the CPO for a credit over the whole total of the original."),
        ["credit.of-credit"] = new("Credit of a credit", "Ask the CPO for a new CDR instead."),
        ["credit.original-in-conflict"] = new("Original is in conflict", "Choose the original's content first."),
        ["credit.original-missing"] = new("Original missing", "Ask the CPO for the original CDR; both take effect when it comes."),
        ["credit.twice"] = new("Credited twice", "Ask the CPO to withdraw the second credit."),
        ["credit.waits-for-original"] = new("Credit waits for its original", "Ask the CPO for the original CDR; the credit takes effect with it."),
        ["credit.without-original"] = new("Credit names no original", "Ask the CPO to send the credit with the id of the CDR it credits."),
        ["currency.not-agreed"] = new("Currency outside the agreement", "Amend the agreement or ask the CPO to send the CDR in an agreed currency."),
        ["currency.unknown"] = new("Unknown currency", Resend),
        ["currency.withdrawn"] = new("Currency withdrawn", Resend),
        ["energy.negative"] = new("Energy flowed back", "Agree on an export clause, or ask the CPO to correct the reading."),
        ["local.not-loaded"] = new("Local tax rates not loaded", "Load the local rates of that place; " + Reviewed),
        ["place.conflict"] = new("State and postal code disagree", "Ask the CPO to correct the location, then load it; " + Reviewed),
        ["place.unknown"] = new("Jurisdiction unknown", "Ask the CPO for the location with its state or postal code, then load it; " + Reviewed),
        ["price-limit.needs-tax"] = new("Price limit depends on the tax", "Ask the CPO which tax the limit of its tariff includes."),
        ["rating.impossible"] = new("No price can be told", Resend),
        ["session.second-cdr"] = new("Second CDR of one session", "Ask the CPO which of the two is right and to credit the other; then the right one is settled."),
        ["station.fact-missing"] = new("A fact about the station is missing", "Record what is asked about the station; " + Reviewed),
        ["surcharge"] = new("Dearer than on the CPO's own network", "Ask the CPO to bring the roaming price down to its own and to send a corrected CDR."),
        ["tariff.missing"] = new("No tariff", "Load the CPO's tariff that was valid at session start; " + Reviewed),
        ["tariff.not-found"] = new("Tariff not found", "Load the tariff that the CDR names; " + Reviewed),
        ["tariff.not-valid"] = new("Tariff not valid then", "Load the version that was valid at session start; " + Reviewed),
        ["tariff.unreadable"] = new("Tariff cannot be read", Resend),
        ["tax.differs"] = new("Stated tax differs", "Compare the tax lines with what the CPO states, then ask the CPO to correct its taxes."),
        ["tax.exceeds-price"] = new("Tax exceeds the price", Resend),
        ["tax.no-rule"] = new("No tax rule", "Record a tax rule for that place and day; " + Reviewed),
        ["tax.registration-missing"] = new("Registration unknown", "Record the supplier's registration there, or that it has none; " + Reviewed),
        ["tax.undetermined"] = new("Tax treatment not known", "Record the tax rule or a resale certificate that answers the question; " + Reviewed),
        ["tax.unexpected"] = new("Tax on an exempt sale", "Ask the CPO why it states a tax although the sale is for resale."),
        ["zone.missing"] = new("Time zone unknown", "Load the location with its time zone; " + Reviewed),
        ["zone.unknown"] = new("Time zone unknown", "Load the location with a valid IANA time zone; " + Reviewed),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly (string Prefix, HeldReason Reason)[] ByNoun =
    [
        ("json.", new("Not readable as JSON", "Ask the sender to send the document again.")),
        ("file.", new("File damaged", "Ask the sender to send the file again.")),
        ("time.", new("Times do not agree", Resend)),
        ("periods.", new("Charging periods do not agree", Resend)),
        ("period.", new("Charging periods do not agree", Resend)),
        ("session.", new("Session times do not agree", Resend)),
        ("volume.", new("A volume is negative", Resend)),
        ("energy.", new("Energy does not agree", Resend)),
        ("number.", new("A number cannot be read", Resend)),
        ("cost.", new("Costs do not agree", Resend)),
        ("credit.", new("Credit incomplete", Resend)),
        ("restriction.", new("Tariff condition not understood", "Ask the CPO what its tariff means there.")),
        ("component.", new("Tariff component not understood", "Ask the CPO what its tariff means there.")),
        ("tariff.", new("Tariff not clear", "Ask the CPO what its tariff means there.")),
        ("tax.", new("Tax question open", "Answer the question; " + Reviewed)),
        ("", new("Needs a decision", Resend)),
    ];

    /// <summary>Every code has an answer: its own, or that of its noun.</summary>
    public static HeldReason Of(string code) =>
        ByCode.GetValueOrDefault(code) ?? ByNoun.First(pair => code.StartsWith(pair.Prefix, StringComparison.Ordinal)).Reason;

    /// <summary>A state in words.</summary>
    public static string State(string state) => state switch
    {
        "held" => "Held",
        "conflict" => "In conflict",
        "awaited" => "Awaited",
        _ => state,
    };
}
