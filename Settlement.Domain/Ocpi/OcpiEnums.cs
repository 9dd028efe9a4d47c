using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// The values each version of OCPI has for its enums. What a version has no value for is written as the nearest one: an
/// answer with a value that its version does not know is refused whole by strict readers.
/// </summary>
internal static class OcpiEnums
{
    private static readonly string[] Methods = ["AUTH_REQUEST", "COMMAND", "WHITELIST"];
    private static readonly string[] Tokens = ["AD_HOC_USER", "APP_USER", "EMAID", "OTHER", "RFID"];
    private static readonly string[] Tariffs =
        ["AD_HOC_PAYMENT", "PROFILE_CHEAP", "PROFILE_FAST", "PROFILE_GREEN", "REGULAR"];

    private static readonly string[] Statuses = ["ACTIVE", "COMPLETED", "INVALID", "PENDING", "RESERVATION"];
    private static readonly string[] Powers = ["AC_1_PHASE", "AC_3_PHASE", "DC"];
    private static readonly string[] TwoPhases = ["AC_2_PHASE", "AC_2_PHASE_SPLIT"];

    /// <summary>ConnectorType since 2.1.1, as spelt.</summary>
    private static readonly string[] Connectors =
    [
        "CHADEMO", "DOMESTIC_A", "DOMESTIC_B", "DOMESTIC_C", "DOMESTIC_D", "DOMESTIC_E", "DOMESTIC_F", "DOMESTIC_G",
        "DOMESTIC_H", "DOMESTIC_I", "DOMESTIC_J", "DOMESTIC_K", "DOMESTIC_L", "IEC_60309_2_single_16",
        "IEC_60309_2_three_16", "IEC_60309_2_three_32", "IEC_60309_2_three_64", "IEC_62196_T1", "IEC_62196_T1_COMBO",
        "IEC_62196_T2", "IEC_62196_T2_COMBO", "IEC_62196_T3A", "IEC_62196_T3C", "TESLA_R", "TESLA_S",
    ];

    private static readonly string[] ConnectorsOf221 =
    [
        "CHAOJI", "DOMESTIC_M", "DOMESTIC_N", "DOMESTIC_O", "GBT_AC", "GBT_DC", "NEMA_5_20", "NEMA_6_30", "NEMA_6_50",
        "NEMA_10_30", "NEMA_10_50", "NEMA_14_30", "NEMA_14_50", "PANTOGRAPH_BOTTOM_UP", "PANTOGRAPH_TOP_DOWN",
    ];

    private static readonly string[] ConnectorsOf230 = ["MCS", "SAE_J3400"];

    public static string AuthMethod(string? text, OcpiVersion version) =>
        version == OcpiVersion.V211 && text == "COMMAND" ? "AUTH_REQUEST" : Known(Methods, text) ?? "AUTH_REQUEST";

    public static string TokenType(string? text, OcpiVersion version) =>
        text == "EMAID" && version != OcpiVersion.V230 ? "OTHER" : Known(Tokens, text) ?? "OTHER";

    /// <summary>Null where it has none: a tariff need not have a type.</summary>
    public static string? TariffType(string? text) => Known(Tariffs, text);

    public static string SessionStatus(string text, OcpiVersion version) =>
        text == "RESERVATION" && version == OcpiVersion.V211 ? "PENDING" : Known(Statuses, text) ?? "PENDING";

    public static string PowerType(string? text, string? standard, OcpiVersion version) =>
        Known(Powers, text)
        ?? (version == OcpiVersion.V211 ? Known(TwoPhases, text) is null ? null : "AC_1_PHASE" : Known(TwoPhases, text))
        ?? (IsDirect(standard) ? "DC" : "AC_1_PHASE");

    public static string Standard(string? text, string? power, OcpiVersion version) =>
        Known(Connectors, text)
        ?? (version == OcpiVersion.V211 ? null : Known(ConnectorsOf221, text))
        ?? (version == OcpiVersion.V230 ? Known(ConnectorsOf230, text) : null)
        ?? (text == "SAE_J3400" ? "TESLA_S" : power == "DC" || IsDirect(text) ? "IEC_62196_T1_COMBO" : "IEC_62196_T1");

    public static string Format(string? text, string? power) => text switch
    {
        "CABLE" or "SOCKET" => text,
        _ => power == "DC" ? "CABLE" : "SOCKET",
    };

    private static bool IsDirect(string? standard) => standard is not null
        && (standard.EndsWith("COMBO", StringComparison.Ordinal) || standard.EndsWith("DC", StringComparison.Ordinal)
            || standard.StartsWith("PANTOGRAPH", StringComparison.Ordinal) || standard is "CHADEMO" or "CHAOJI" or "MCS");

    /// <summary>As OCPI spells it; readers fold codes to upper case.</summary>
    private static string? Known(string[] values, string? text) => text is null
        ? null
        : Array.Find(values, value => value.Equals(text, StringComparison.OrdinalIgnoreCase));
}
