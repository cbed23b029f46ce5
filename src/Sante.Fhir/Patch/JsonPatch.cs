using Sante.Fhir.Json;
using Sante.Kernel;

namespace Sante.Fhir.Patch;

/// <summary>JSON Patch (RFC 6902) on bytes: what no operation touches stays byte for byte. All operations or none.</summary>
public static class JsonPatch
{
    /// <summary>
    /// The patched document. Refusals: <c>patch-malformed</c>, <c>patch-operation-unknown</c>, <c>patch-path-invalid</c>, <c>patch-target-missing</c>,
    /// <c>patch-target-unfit</c>, <c>patch-index-out-of-range</c>, <c>patch-value-missing</c>, <c>patch-test-failed</c> (Conflict), <c>patch-too-costly</c>, <c>patch-result-too-large</c>.
    /// The result is JSON; that it is a valid resource is the caller's to check.
    /// </summary>
    public static Outcome<byte[]> Apply(ReadOnlyMemory<byte> document, ReadOnlyMemory<byte> patch, PatchLimits? limits = null)
    {
        limits ??= PatchLimits.Default;
        var tree = JsonScanner.Read(patch, limits.Resource, out _, out var duplicates);
        if (tree is null || duplicates.Count > 0 || new FhirNode(tree, 0) is not { Kind: FhirNodeKind.List } operations)
        {
            return PatchFaults.Malformed;
        }

        var edited = new PatchDocument(limits, document.Length + patch.Length);
        if (!edited.TryRead(document.ToArray(), out var fault))
        {
            return fault!;
        }

        var count = 0;
        foreach (var operation in operations.Items)
        {
            fault = ++count > limits.MaxOperations ? PatchFaults.TooCostly : edited.Charge() ?? Run(edited, operation);
            if (fault is not null)
            {
                return fault;
            }
        }

        return edited.Utf8;
    }

    private static Refusal? Run(PatchDocument document, FhirNode operation)
    {
        if (operation.Kind != FhirNodeKind.Map || operation["op"u8] is not { Kind: FhirNodeKind.Text } name || operation["path"u8] is not { Kind: FhirNodeKind.Text } text)
        {
            return PatchFaults.Malformed;
        }

        if (JsonPointer.Parse(text.Text) is not { } path)
        {
            return PatchFaults.PathInvalid;
        }

        var value = operation["value"u8];
        switch (name.Text)
        {
            case "add": return value.Exists ? Add(document, path, value.RawUtf8.Span) : PatchFaults.ValueMissing;
            case "replace": return value.Exists ? Replace(document, path, value.RawUtf8.Span) : PatchFaults.ValueMissing;
            case "remove": return Remove(document, path);
            case "move": return Move(document, operation, path);
            case "copy": return Copy(document, operation, path);
            case "test": return value.Exists ? Test(document, path, value) : PatchFaults.ValueMissing;
            default: return PatchFaults.UnknownOperation;
        }
    }

    /// <summary>Adds or replaces a member, inserts an item (<c>-</c>: at the end), or replaces the whole.</summary>
    internal static Refusal? Add(PatchDocument document, JsonPointer path, ReadOnlySpan<byte> value)
    {
        Refusal? fault;
        if (path.IsRoot)
        {
            document.TryRead(value.ToArray(), out fault);
            return fault;
        }

        var parent = path.Parent.Find(document.Root);
        switch (parent.Kind)
        {
            case FhirNodeKind.Map:
                var there = JsonPointer.Member(parent, path.Last);
                _ = there.Exists ? document.Replace(there, value, out fault) : document.AddMember(parent, path.Last, value, out fault);
                return fault;
            case FhirNodeKind.List:
                var count = parent.Items.Count;
                var position = path.Last == "-" ? count : JsonPointer.Position(path.Last);
                if (position < 0 || position > count)
                {
                    return PatchFaults.IndexOutOfRange;
                }

                document.Insert(parent, position, value, out fault);
                return fault;
            default:
                return parent.Exists ? PatchFaults.TargetUnfit : PatchFaults.TargetMissing;
        }
    }

    private static Refusal? Replace(PatchDocument document, JsonPointer path, ReadOnlySpan<byte> value)
    {
        if (path.Find(document.Root) is not { Exists: true } node)
        {
            return PatchFaults.TargetMissing;
        }

        Refusal? fault;
        _ = path.IsRoot ? document.TryRead(value.ToArray(), out fault) : document.Replace(node, value, out fault);
        return fault;
    }

    /// <summary>Removes what must be there; the whole document cannot be.</summary>
    internal static Refusal? Remove(PatchDocument document, JsonPointer path)
    {
        if (path.IsRoot)
        {
            return PatchFaults.TargetUnfit;
        }

        if (path.Find(document.Root) is not { Exists: true } node)
        {
            return PatchFaults.TargetMissing;
        }

        document.Remove(node, path.Parent.Find(document.Root), out var fault);
        return fault;
    }

    private static Refusal? Move(PatchDocument document, FhirNode operation, JsonPointer path)
    {
        if (!Source(document, operation, out var from, out var value, out var fault))
        {
            return fault;
        }

        if (path.IsWithin(from!))
        {
            // Into itself: impossible; onto itself: nothing to do.
            return path.Tokens.Length == from!.Tokens.Length ? null : PatchFaults.TargetUnfit;
        }

        return Remove(document, from!) ?? Add(document, path, value);
    }

    private static Refusal? Copy(PatchDocument document, FhirNode operation, JsonPointer path) =>
        Source(document, operation, out _, out var value, out var fault) ? Add(document, path, value) : fault;

    private static bool Source(PatchDocument document, FhirNode operation, out JsonPointer? from, out byte[] value, out Refusal? fault)
    {
        value = [];
        from = operation["from"u8] is { Kind: FhirNodeKind.Text } text ? JsonPointer.Parse(text.Text) : null;
        fault = from is null ? operation["from"u8].Exists ? PatchFaults.PathInvalid : PatchFaults.Malformed : null;
        if (from is null)
        {
            return false;
        }

        var node = from.Find(document.Root);
        fault = node.Exists ? null : PatchFaults.TargetMissing;
        value = node.RawUtf8.ToArray();
        return node.Exists;
    }

    private static Refusal? Test(PatchDocument document, JsonPointer path, FhirNode value)
    {
        var node = path.Find(document.Root);
        return !node.Exists ? PatchFaults.TargetMissing : JsonSame.Are(node, value) ? null : PatchFaults.TestFailed;
    }
}
