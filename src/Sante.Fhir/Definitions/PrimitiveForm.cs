namespace Sante.Fhir.Definitions;

/// <summary>The primitive types of FHIR R4 (http://hl7.org/fhir/R4/datatypes.html#primitive).</summary>
internal enum PrimitiveForm : byte
{
    None,
    Boolean,
    Integer,
    PositiveInt,
    UnsignedInt,
    Decimal,
    String,
    Markdown,
    Uri,
    Url,
    Canonical,
    Oid,
    Uuid,
    Id,
    Code,
    Base64Binary,
    Date,
    DateTime,
    Instant,
    Time,
    Xhtml,
}
