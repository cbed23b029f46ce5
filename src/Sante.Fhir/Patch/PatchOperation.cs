using Sante.Kernel;

namespace Sante.Fhir.Patch;

/// <summary>One operation of a FHIRPath Patch (http://hl7.org/fhir/R4/fhirpatch.html): a parameter named <c>operation</c> and its parts.</summary>
internal sealed record PatchOperation(string Type, string Path, string? Name, int? Index, int? Source, int? Destination, FhirNode Value)
{
    /// <summary>Reads a parameter; null when it has not the form of an operation.</summary>
    public static PatchOperation? Read(FhirNode parameter)
    {
        string? type = null, path = null, name = null;
        int? index = null, source = null, destination = null;
        FhirNode value = default;
        foreach (var part in parameter["part"u8].Items)
        {
            switch (part["name"u8].Text)
            {
                case "type": type = part["valueCode"u8].Text ?? part["valueString"u8].Text; break;
                case "path": path = part["valueString"u8].Text; break;
                case "name": name = part["valueString"u8].Text ?? part["valueCode"u8].Text; break;
                case "index": index = Whole(part); break;
                case "source": source = Whole(part); break;
                case "destination": destination = Whole(part); break;
                case "value": value = part; break;
                default: return null;
            }
        }

        return parameter["name"u8].TextEquals("operation"u8) && type is not null && path is not null
            ? new PatchOperation(type, path, name, index, source, destination, value) : null;
    }

    private static int? Whole(FhirNode part)
    {
        var node = part["valueInteger"u8] is { Exists: true } whole ? whole : part["valueUnsignedInt"u8] is { Exists: true } unsigned ? unsigned : part["valuePositiveInt"u8];
        return node.Kind == FhirNodeKind.Number && int.TryParse(node.Text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
