using Sante.Fhir.Definitions;
using Sante.Fhir.FhirPath;
using Sante.Kernel;

namespace Sante.Fhir.Patch;

/// <summary>FHIRPath Patch (http://hl7.org/fhir/R4/fhirpatch.html) on bytes: what no operation touches stays byte for byte. All operations or none.</summary>
public static class FhirPathPatch
{
    /// <summary>
    /// The patched resource. Refusals: <c>patch-malformed</c>, <c>patch-operation-unknown</c>, <c>patch-path-invalid</c>, <c>patch-target-missing</c>, <c>patch-target-ambiguous</c>,
    /// <c>patch-target-unfit</c>, <c>patch-element-exists</c>, <c>patch-element-unknown</c>, <c>patch-index-out-of-range</c>, <c>patch-value-missing</c>, <c>patch-too-costly</c>,
    /// <c>patch-result-too-large</c>. To delete what is not there is no fault. That the result is valid is the caller's to check.
    /// </summary>
    public static Outcome<byte[]> Apply(FhirResource resource, FhirResource parameters, PatchLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(parameters);
        limits ??= PatchLimits.Default;
        if (parameters.Type != "Parameters")
        {
            return PatchFaults.Malformed;
        }

        var document = new PatchDocument(limits, resource.Utf8.Length + parameters.Utf8.Length);
        if (!document.TryRead(resource.Utf8.ToArray(), out var fault))
        {
            return fault!;
        }

        var count = 0;
        foreach (var parameter in parameters.Root["parameter"u8].Items)
        {
            fault = ++count > limits.MaxOperations ? PatchFaults.TooCostly : document.Charge() ?? Run(document, parameter);
            if (fault is not null)
            {
                return fault;
            }
        }

        return document.Utf8;
    }

    private static Refusal? Run(PatchDocument document, FhirNode parameter)
    {
        if (PatchOperation.Read(parameter) is not { } operation)
        {
            return PatchFaults.Malformed;
        }

        if (!FhirPathExpression.Read(operation.Path).TryGet(out var path, out _))
        {
            return PatchFaults.PathInvalid;
        }

        if (!document.Evaluate(path).TryGet(out var items, out var unevaluated))
        {
            return unevaluated;
        }

        if (items.Any(item => item.Kind != FhirPathKind.Element || !ReferenceEquals(item.Tree, document.Tree)))
        {
            return PatchFaults.PathInvalid;
        }

        switch (operation.Type)
        {
            case "add": return Single(items) ?? PatchEdits.Add(document, items[0], operation);
            case "insert": return PatchEdits.Insert(document, items, operation);
            case "delete": return items.Count > 1 ? PatchFaults.TargetAmbiguous : items.Count == 0 ? null : PatchEdits.Delete(document, items[0]);
            case "replace": return Single(items) ?? PatchEdits.Replace(document, items[0], operation);
            case "move": return PatchEdits.Move(document, items, operation);
            default: return PatchFaults.UnknownOperation;
        }
    }

    private static Refusal? Single(IReadOnlyList<FhirPathValue> items) =>
        items.Count switch { 0 => PatchFaults.TargetMissing, 1 => null, _ => PatchFaults.TargetAmbiguous };
}
