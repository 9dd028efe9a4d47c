using System.Text;
using NodaTime.Text;
using Settlement.Domain.Tax;

namespace Settlement.Api.Tax;

/// <summary>The answer for a person: one line per tax, with why, and the source of its rule.</summary>
public static class TaxAnswerText
{
    public static string Of(TaxQuestion question, TaxAnswer answer, TaxBook book)
    {
        var text = new StringBuilder();
        text.Append(question.Place.Code).Append(" on ")
            .AppendLine(LocalDatePattern.Iso.Format(question.Delivery));
        switch (answer)
        {
            case TaxAnswer.Determined determined:
                AppendLines(text, determined.Lines, book);
                text.AppendLine($"net {determined.Net.Text()}  tax {determined.Tax.Text()}  "
                    + $"total {(determined.Net + determined.Tax).Text()} {question.Currency}");
                foreach (var note in determined.Notes)
                {
                    text.AppendLine(
                        $"only the state's tax: no local rates of {question.Place.Code} are loaded ({note})");
                }

                break;
            case TaxAnswer.Undetermined undetermined:
                AppendLines(text, undetermined.Known, book);
                text.AppendLine($"undetermined: {undetermined.Question} ({undetermined.Code})");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(answer), answer, "not a tax answer");
        }

        return text.ToString().TrimEnd();
    }

    private static void AppendLines(StringBuilder text, IReadOnlyList<TaxLine> lines, TaxBook book)
    {
        foreach (var line in lines)
        {
            var on = line.PerKwh is null ? line.Base.Text() : $"{line.Kwh:0.####} kWh";
            text.AppendLine(
                $"  {line.Tax,-10} {line.Jurisdiction,-6} {on,14} {line.Amount.Text(),10}  "
                + $"{TaxAnswerJson.Word(line.Disposition),-8} {line.Reason}");
            var confidence = book.Named(line.Rule)?.Confidence ?? "as published";
            text.AppendLine($"  {"",-10} rule {line.Rule}; {confidence}: {book.SourceOf(line)}");
        }
    }
}
