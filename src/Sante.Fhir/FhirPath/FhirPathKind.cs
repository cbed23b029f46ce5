using System.Diagnostics.CodeAnalysis;

namespace Sante.Fhir.FhirPath;

/// <summary>What an item of a FHIRPath collection is.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The names of the standard's own types.")]
public enum FhirPathKind : byte
{
    /// <summary>No item.</summary>
    None,
    /// <summary>An element or resource of FHIR, with its type; primitives are converted when an operation needs their value.</summary>
    Element,
    /// <summary>System.Boolean.</summary>
    Boolean,
    /// <summary>System.Integer, 32 bits.</summary>
    Integer,
    /// <summary>System.Decimal, 28 digits.</summary>
    Decimal,
    /// <summary>System.String.</summary>
    String,
    /// <summary>System.Date.</summary>
    Date,
    /// <summary>System.DateTime.</summary>
    DateTime,
    /// <summary>System.Time.</summary>
    Time,
    /// <summary>System.Quantity.</summary>
    Quantity,
    /// <summary>What <c>type()</c> answers.</summary>
    Type,
}
