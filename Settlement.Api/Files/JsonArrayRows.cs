using System.Globalization;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Settlement.Domain.Ledger;

namespace Settlement.Api.Files;

/// <summary>Rows as an array of objects inside a JSON document; otherwise as in JSON lines.</summary>
internal sealed class JsonArrayRows : IRows
{
    private readonly Utf8JsonWriter json;
    private readonly IReadOnlyList<Column> columns;
    private int column;

    public JsonArrayRows(Utf8JsonWriter json, string name, IReadOnlyList<Column> columns)
    {
        (this.json, this.columns) = (json, columns);
        json.WriteStartArray(name);
    }

    private string Name
    {
        get
        {
            if (column == 0)
            {
                json.WriteStartObject();
            }

            return columns[column++].Name;
        }
    }

    public void Text(string? text) => json.WriteString(Name, string.IsNullOrEmpty(text) ? null : text);

    public void Flag(bool value) => json.WriteBoolean(Name, value);

    public void Whole(long number) => json.WriteNumber(Name, number);

    public void Number(decimal number) => json.WriteNumber(Name, number);

    public void Exact(decimal amount) => json.WriteString(Name, amount.ToString(CultureInfo.InvariantCulture));

    public void Amount(long minor, Currency currency) => json.WriteString(Name, new Money(minor, currency).Text());

    public void Day(LocalDate day) => json.WriteString(Name, LocalDatePattern.Iso.Format(day));

    public void Moment(Instant moment) => json.WriteString(Name, InstantPattern.ExtendedIso.Format(moment));

    public void EndRow()
    {
        json.WriteEndObject();
        column = 0;
    }

    public void Finish() => json.WriteEndArray();
}
