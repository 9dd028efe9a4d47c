using Settlement.Domain.Rating;

namespace Settlement.Domain.Ocpi;

/// <summary>Elements, price components and restrictions of a tariff.</summary>
internal static class TariffElementReader
{
    private static readonly NameTable<ElementField> ElementNames = new();
    private static readonly NameTable<ComponentField> ComponentNames = new();

    private enum ElementField { price_components, restrictions }

    private enum ComponentField { type, price, step_size, vat }

    public static List<TariffElement> Elements(ref JsonCursor json)
    {
        var elements = new List<TariffElement>();
        if (!json.EnterArray("elements"))
        {
            return elements;
        }

        while (json.NextElement())
        {
            if (json.IsObject())
            {
                elements.Add(Element(ref json));
            }
        }

        return elements;
    }

    private static TariffElement Element(ref JsonCursor json)
    {
        List<PriceComponent> components = [];
        TariffRestrictions? restrictions = null;
        var seen = default(SeenMembers);
        while (json.NextMember(ElementNames, ref seen, out var field))
        {
            switch (field)
            {
                case ElementField.price_components:
                    components = Components(ref json);
                    break;
                case ElementField.restrictions:
                    restrictions = RestrictionReader.Read(ref json);
                    break;
            }
        }

        if (components.Count == 0)
        {
            json.Notes.Find(IntakeFindings.ElementEmpty, "price_components", "the element prices nothing");
        }

        return new TariffElement(components, restrictions);
    }

    private static List<PriceComponent> Components(ref JsonCursor json)
    {
        var components = new List<PriceComponent>();
        if (!json.EnterArray("price_components"))
        {
            return components;
        }

        while (json.NextElement())
        {
            if (json.IsObject() && Component(ref json) is { } component)
            {
                components.Add(component);
            }
        }

        return components;
    }

    private static PriceComponent? Component(ref JsonCursor json)
    {
        string? type = null;
        decimal? price = null, vat = null;
        int? step = null;
        var seen = default(SeenMembers);
        while (json.NextMember(ComponentNames, ref seen, out var field))
        {
            switch (field)
            {
                case ComponentField.type:
                    type = json.Code("type", 36);
                    break;
                case ComponentField.price:
                    price = json.Number("price");
                    break;
                case ComponentField.step_size:
                    step = json.Whole("step_size");
                    break;
                case ComponentField.vat:
                    vat = json.Number("vat");
                    break;
            }
        }

        return Checked(json.Notes, type, price, step, vat);
    }

    private static PriceComponent? Checked(
        ReadingNotes notes, string? type, decimal? price, int? step, decimal? vat)
    {
        Dimension? dimension = type switch
        {
            "ENERGY" => Dimension.ENERGY,
            "TIME" => Dimension.TIME,
            "PARKING_TIME" => Dimension.PARKING_TIME,
            "FLAT" => Dimension.FLAT,
            _ => null,
        };
        if (dimension is null)
        {
            notes.Find(IntakeFindings.ComponentUnknown, "type", "prices no dimension of OCPI; left out");
            return null;
        }

        if (price is null)
        {
            notes.Refuse(
                "tariff.field-missing", "price", "a component without a readable price prices nothing");
            return null;
        }

        if (step is null or < 0)
        {
            notes.Find(
                step is null ? IntakeFindings.StepMissing : IntakeFindings.NumberOutOfRange, "step_size",
                "there is no usable step; quantities are billed exactly");
            step = 0;
        }

        return new PriceComponent(dimension.Value, price.Value, step.Value, vat);
    }
}
