using System.Globalization;

namespace Sante.Fhir.FhirPath;

/// <summary>Literals.</summary>
internal sealed partial class PathSyntax
{
    private PathNode NumberOrQuantity()
    {
        var text = token.Text;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return Broken();
        }

        Move();
        if (token.Kind == TokenKind.Text)
        {
            // A quoted keyword (1 'month') is read as the keyword.
            return Literal(FhirPathValue.Of(new Quantity(number, token.Text, CalendarUnit.Of(token.Text) is not null)));
        }

        if (token.Kind == TokenKind.Word && CalendarUnit.Of(token.Text) is not null)
        {
            return Literal(FhirPathValue.Of(new Quantity(number, token.Text, true)));
        }

        return new LiteralNode(!text.Contains('.', StringComparison.Ordinal) && number <= int.MaxValue ? FhirPathValue.Of((int)number) : FhirPathValue.Of(number));
    }

    private PathNode MomentLiteral()
    {
        var text = token.Text;
        var moment = text.StartsWith('T') ? MomentText.Time(text.AsSpan(1))
            : MomentText.Date(text, text.Contains('T', StringComparison.Ordinal) ? FhirPathKind.DateTime : FhirPathKind.Date);
        return moment is null ? Broken() : Literal(FhirPathValue.Of(moment));
    }

    private LiteralNode Literal(FhirPathValue value)
    {
        Move();
        return new LiteralNode(value);
    }
}
