using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Api.Files;

/// <summary>
/// JSON lines: one object per row, every column in every row, null where there is nothing. Money is a decimal string,
/// so that no reader turns it into a binary fraction; text is as it is, unlike in CSV.
/// </summary>
public sealed class JsonLineRows(Stream to, IReadOnlyList<Column> columns) : IRows
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private readonly Utf8Buffer buffer = new(to);
    private readonly byte[][] names = [.. columns.Select((column, i) =>
        System.Text.Encoding.UTF8.GetBytes($"{(i == 0 ? '{' : ',')}\"{column.Name}\":"))];

    private int column;

    public void Text(string? text)
    {
        Next();
        if (string.IsNullOrEmpty(text))
        {
            buffer.Raw("null"u8);
            return;
        }

        buffer.Raw((byte)'"');
        if (text.AsSpan().ContainsAnyExcept(Plain))
        {
            buffer.Text(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString());
        }
        else
        {
            buffer.Text(text);
        }

        buffer.Raw((byte)'"');
    }

    public void Flag(bool value)
    {
        Next();
        buffer.Raw(value ? "true"u8 : "false"u8);
    }

    public void Whole(long number)
    {
        Next();
        buffer.Whole(number);
    }

    public void Number(decimal number)
    {
        Next();
        buffer.Number(number);
    }

    public void Exact(decimal amount)
    {
        Next();
        buffer.Raw((byte)'"');
        buffer.Number(amount);
        buffer.Raw((byte)'"');
    }

    public void Amount(long minor, Currency currency)
    {
        Next();
        buffer.Raw((byte)'"');
        buffer.Amount(minor, currency.MinorUnits);
        buffer.Raw((byte)'"');
    }

    public void Day(LocalDate day)
    {
        Next();
        buffer.Raw((byte)'"');
        buffer.Day(day);
        buffer.Raw((byte)'"');
    }

    public void Moment(Instant moment)
    {
        Next();
        buffer.Raw((byte)'"');
        buffer.Moment(moment);
        buffer.Raw((byte)'"');
    }

    public void EndRow()
    {
        buffer.Raw("}\n"u8);
        column = 0;
    }

    public void Finish() => buffer.Flush();

    private void Next() => buffer.Raw(names[column++]);
}
