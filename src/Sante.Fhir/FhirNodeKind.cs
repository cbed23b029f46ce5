namespace Sante.Fhir;

/// <summary>The seven kinds of a JSON value.</summary>
public enum FhirNodeKind : byte
{
    /// <summary>No value: the node does not exist.</summary>
    None,
    /// <summary><c>{…}</c></summary>
    Map,
    /// <summary><c>[…]</c></summary>
    List,
    /// <summary><c>"…"</c></summary>
    Text,
    /// <summary>A number, kept as its bytes.</summary>
    Number,
    /// <summary><c>true</c></summary>
    True,
    /// <summary><c>false</c></summary>
    False,
    /// <summary><c>null</c></summary>
    Null,
}
