using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Sante.Fhir.Definitions;
using Sante.Fhir.Json;

namespace Sante.Fhir.Tests.Xml;

/// <summary>FHIR XML to FHIR JSON by the definitions (http://hl7.org/fhir/R4/xml.html): for test data only, the platform speaks JSON.</summary>
internal static class FhirXml
{
    private static readonly XNamespace Xhtml = "http://www.w3.org/1999/xhtml";

    /// <summary>Reads text without DTD or outside references.</summary>
    public static XElement Load(string xml)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        using var reader = XmlReader.Create(new StringReader(xml), settings);
        return XElement.Load(reader, LoadOptions.PreserveWhitespace);
    }

    public static byte[] ToJson(string xml) => ToJson(Load(xml));

    public static byte[] ToJson(XElement resource)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            Resource(writer, resource);
        }

        return bytes.ToArray();
    }

    private static void Resource(Utf8JsonWriter writer, XElement resource)
    {
        var name = resource.Name.LocalName;
        writer.WriteStartObject();
        writer.WriteString("resourceType", name);
        Members(writer, resource, R4.Current.Types[name]);
        writer.WriteEndObject();
    }

    private static void Members(Utf8JsonWriter writer, XElement parent, TypeDef type)
    {
        foreach (var attribute in parent.Attributes().Where(one => one.Name.LocalName is "id" or "url" && one.Name.Namespace == XNamespace.None))
        {
            writer.WriteString(attribute.Name.LocalName, attribute.Value);
        }

        foreach (var group in parent.Elements().GroupBy(child => child.Name.LocalName))
        {
            var utf8 = Encoding.UTF8.GetBytes(group.Key);
            var property = type.Properties.Find(Utf8Hash.Of(utf8), utf8) ?? throw new InvalidDataException($"{type.Name} has no {group.Key}");
            var items = group.ToList();
            if (property.Use.Type.Kind == TypeKind.Primitive)
            {
                Primitives(writer, group.Key, items, property);
                continue;
            }

            writer.WritePropertyName(group.Key);
            Many(writer, property, items, item => Complex(writer, item, property.Use.Type));
        }
    }

    private static void Complex(Utf8JsonWriter writer, XElement item, TypeDef type)
    {
        if (type.Kind == TypeKind.Resource)
        {
            Resource(writer, item.Elements().Single());
            return;
        }

        writer.WriteStartObject();
        Members(writer, item, type);
        writer.WriteEndObject();
    }

    private static void Primitives(Utf8JsonWriter writer, string name, List<XElement> items, Property property)
    {
        var form = property.Use.Type.Primitive;
        if (items.Exists(item => ValueOf(item, form) is not null))
        {
            writer.WritePropertyName(name);
            Many(writer, property, items, item => Value(writer, ValueOf(item, form), form));
        }

        if (form != PrimitiveForm.Xhtml && items.Exists(HasCompanion))
        {
            writer.WritePropertyName("_" + name);
            Many(writer, property, items, item =>
            {
                if (HasCompanion(item))
                {
                    Complex(writer, item, R4.Current.Types["Element"]);
                }
                else
                {
                    writer.WriteNullValue();
                }
            });
        }
    }

    private static bool HasCompanion(XElement item) => item.Attribute("id") is not null || item.HasElements;

    private static string? ValueOf(XElement item, PrimitiveForm form) =>
        form == PrimitiveForm.Xhtml ? new XElement(Xhtml + "div", item.Nodes()).ToString(SaveOptions.DisableFormatting) : item.Attribute("value")?.Value;

    private static void Value(Utf8JsonWriter writer, string? value, PrimitiveForm form)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else if (form is PrimitiveForm.Boolean or PrimitiveForm.Integer or PrimitiveForm.PositiveInt or PrimitiveForm.UnsignedInt or PrimitiveForm.Decimal)
        {
            writer.WriteRawValue(value);
        }
        else
        {
            writer.WriteStringValue(value);
        }
    }

    private static void Many(Utf8JsonWriter writer, Property property, List<XElement> items, Action<XElement> write)
    {
        if (property.Element.Max <= 1)
        {
            write(items.Single());
            return;
        }

        writer.WriteStartArray();
        items.ForEach(write);
        writer.WriteEndArray();
    }
}
