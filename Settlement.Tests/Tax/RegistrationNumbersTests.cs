using Settlement.Domain.Tax;

namespace Settlement.Tests.Tax;

public class RegistrationNumbersTests
{
    [Theory]
    [InlineData("GST", "CA", "123456789 RT0001", "123456789RT0001")]
    [InlineData("HST", "CA", "123 456 789 rt 0001", "123456789RT0001")]
    [InlineData("QST", "CA-QC", "1234567890 TQ0001", "1234567890TQ0001")]
    [InlineData("PST", "CA-BC", "pst 1234 5678", "PST-1234-5678")]
    [InlineData("RST", "CA-MB", "123456789", "123456789")]
    [InlineData("RST", "CA-MB", "123456789 MT0001", "123456789MT0001")]
    [InlineData("PST", "CA-SK", "1234567", "1234567")]
    [InlineData("SALES", "US-NY", "12-3456789", "123456789")]
    public void A_number_is_stored_in_one_form_however_it_is_written(
        string tax, string place, string text, string stored) =>
        RegistrationNumbers.Parse(tax, place, text).ShouldBe((stored, null));

    [Theory]
    [InlineData("GST", "CA", "123456789")]
    [InlineData("GST", "CA", "12345678 RT0001")]
    [InlineData("GST", "CA", "123456789 TQ0001")]
    [InlineData("QST", "CA-QC", "123456789 TQ0001")]
    [InlineData("PST", "CA-BC", "1234-5678")]
    [InlineData("PST", "CA-SK", "SK12345")]
    [InlineData("RST", "CA-MB", "12345678")]
    [InlineData("SALES", "US-NY", "1")]
    [InlineData("SALES", "US-NY", "12/34")]
    public void A_number_of_another_shape_is_refused(string tax, string place, string text) =>
        RegistrationNumbers.Parse(tax, place, text).Refusal!.Code.ShouldBe("registration.format");
}
