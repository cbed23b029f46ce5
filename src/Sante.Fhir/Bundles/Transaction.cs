using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sante.Fhir.Check;
using Sante.Fhir.Definitions;

namespace Sante.Fhir.Bundles;

/// <summary>
/// A transaction or batch Bundle, read without regard to the order of its entries: what each asks, and which references name another entry.
/// It neither creates ids nor touches a store: the caller gives each created entry its reference, then <see cref="Rewrite"/> puts them in.
/// </summary>
public sealed class Transaction
{
    private readonly Dictionary<string, TransactionEntry> byUrl;

    private Transaction(bool isBatch, List<TransactionEntry> entries, Dictionary<string, TransactionEntry> byUrl) =>
        (IsBatch, Entries, this.byUrl) = (isBatch, entries, byUrl);

    /// <summary>A batch: each entry stands alone.</summary>
    public bool IsBatch { get; }

    /// <summary>The entries in the Bundle's order, which is that of the answers.</summary>
    public IReadOnlyList<TransactionEntry> Entries { get; }

    /// <summary>The entries in the order in which they take effect: DELETE, POST, PUT and PATCH, GET.</summary>
    public IEnumerable<TransactionEntry> InProcessingOrder => Entries.OrderBy(entry => entry.Method).ThenBy(entry => entry.Position);

    /// <summary>
    /// Reads a Bundle that was parsed. All issues at once: <c>transaction-type-wrong</c>, <c>bundle-too-many-entries</c>, <c>transaction-request-missing</c>,
    /// <c>transaction-method-unknown</c>, <c>transaction-url-invalid</c>, <c>transaction-resource-missing</c>, <c>transaction-type-differs</c>, <c>id-differs</c>,
    /// <c>fullurl-twice</c>, <c>transaction-resource-twice</c>, <c>reference-unresolved</c>.
    /// </summary>
    public static bool TryRead(FhirResource bundle, FhirLimits limits, [NotNullWhen(true)] out Transaction? transaction, out IReadOnlyList<FhirIssue> issues)
    {
        List<FhirIssue> found = [];
        issues = found;
        transaction = null;
        var type = bundle.Root["type"u8].Text;
        var nodes = bundle.Root["entry"u8].Items;
        if (bundle.Type != "Bundle" || type is not ("transaction" or "batch"))
        {
            found.Add(FhirIssue.Error("value", "transaction-type-wrong", "Bundle.type", "Un Bundle de type « transaction » ou « batch » est attendu."));
            return false;
        }

        if (nodes.Count > limits.MaxBundleEntries)
        {
            found.Add(FhirIssue.Error("too-costly", "bundle-too-many-entries", "Bundle.entry", string.Create(CultureInfo.InvariantCulture, $"Au plus {limits.MaxBundleEntries} entrées par lot.")));
            return false;
        }

        if (type == "batch")
        {
            transaction = new Transaction(true, [.. nodes.ToList().Select((node, position) => OfBatch(node, position, limits))], []);
            return true;
        }

        transaction = Whole(nodes, found, limits);
        return transaction is not null;
    }

    /// <summary>The transaction when nothing is wrong with any entry.</summary>
    private static Transaction? Whole(FhirNodes nodes, List<FhirIssue> issues, FhirLimits limits)
    {
        List<TransactionEntry> entries = [];
        foreach (var node in nodes)
        {
            if (TransactionEntryReader.Read(node, entries.Count, issues) is { } entry)
            {
                entries.Add(entry);
            }
        }

        if (issues.Count > 0)
        {
            return null;
        }

        var transaction = new Transaction(false, entries, ByUrl(entries, issues));
        SameResourceTwice(entries, issues);
        foreach (var entry in entries)
        {
            transaction.Unresolved(entry, issues, limits);
        }

        return issues.Count == 0 ? transaction : null;
    }

    /// <summary>An entry of a batch stands alone: what is wrong with it is its own, and it refers to no other.</summary>
    private static TransactionEntry OfBatch(FhirNode node, int position, FhirLimits limits)
    {
        List<FhirIssue> issues = [];
        var entry = TransactionEntryReader.Read(node, position, issues);
        if (entry is not null)
        {
            new Transaction(true, [], []).Unresolved(entry, issues, limits);
        }

        return issues.Count == 0 ? entry! : new TransactionEntry { Position = position, Method = TransactionMethod.Get, Type = "", Issues = issues };
    }

    /// <summary>
    /// The entry that a reference inside this Bundle names: by its fullUrl, by <c>Type/id</c> of a resource that the Bundle creates, or by <c>Type/uuid</c>
    /// of a fullUrl <c>urn:uuid:</c> (as the mesures guide writes it); null when it names none.
    /// </summary>
    public TransactionEntry? Named(string reference) => byUrl.GetValueOrDefault(reference);

    /// <summary>All references that name an entry (<see cref="Named"/>); empty in a batch.</summary>
    public IReadOnlyList<string> NamesOf(TransactionEntry entry)
    {
        List<string> names = [];
        Add(entry.FullUrl);
        if (entry.Method == TransactionMethod.Post && entry.Resource is not null)
        {
            Add(entry.Resource.Id is { } id ? $"{entry.Type}/{id}" : null);
            Add(entry.FullUrl?.StartsWith("urn:uuid:", StringComparison.Ordinal) == true ? $"{entry.Type}/{entry.FullUrl[9..]}" : null);
        }

        return names;

        void Add(string? name)
        {
            if (name is not null && ReferenceEquals(Named(name), entry))
            {
                names.Add(name);
            }
        }
    }

    /// <summary>The entry's resource with every reference to another entry replaced; the received bytes when there is none.</summary>
    /// <param name="entry">An entry with a resource.</param>
    /// <param name="referenceOf">The final reference (<c>Type/id</c>) of an entry, or null to leave references to it as they are.</param>
    public ReadOnlyMemory<byte> Rewrite(TransactionEntry entry, Func<TransactionEntry, string?> referenceOf)
    {
        var resource = entry.Resource ?? throw new ArgumentException("The entry has no resource.", nameof(entry));
        return ReferenceRewrite.Rewrite(resource, text => Named(text) is { } named ? referenceOf(named) : null) ?? resource.Utf8;
    }

    /// <summary>References of the form <c>Type?criteria</c> in the entry's resource, which the caller must resolve to exactly one resource.</summary>
    public static IReadOnlyList<string> ConditionalReferences(TransactionEntry entry) => entry.Resource is null ? []
        : [.. ReferenceRewrite.References(entry.Resource).Select(node => node.Text!).Where(text => text.Contains('?', StringComparison.Ordinal)).Distinct()];

    private static Dictionary<string, TransactionEntry> ByUrl(List<TransactionEntry> entries, List<FhirIssue> issues)
    {
        var byUrl = new Dictionary<string, TransactionEntry>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(entry => entry.FullUrl is not null))
        {
            if (!byUrl.TryAdd(entry.FullUrl!, entry))
            {
                issues.Add(Error(entry, "duplicate", "fullurl-twice", "fullUrl", "Deux entrées ont la même « fullUrl »."));
            }
        }

        // Second ways to name an entry never hide a fullUrl.
        foreach (var entry in entries.Where(entry => entry.Method == TransactionMethod.Post && entry.Resource is not null))
        {
            if (entry.Resource!.Id is { } id)
            {
                byUrl.TryAdd($"{entry.Type}/{id}", entry);
            }

            if (entry.FullUrl?.StartsWith("urn:uuid:", StringComparison.Ordinal) == true)
            {
                byUrl.TryAdd($"{entry.Type}/{entry.FullUrl[9..]}", entry);
            }
        }

        return byUrl;
    }

    private static void SameResourceTwice(List<TransactionEntry> entries, List<FhirIssue> issues)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(entry => entry.Method is TransactionMethod.Put or TransactionMethod.Delete or TransactionMethod.Patch))
        {
            if (!seen.Add(entry.Id is null ? $"{entry.Type}?{entry.Query}" : $"{entry.Type}/{entry.Id}"))
            {
                issues.Add(Error(entry, "duplicate", "transaction-resource-twice", "request.url", "Une ressource ne figure qu’une fois dans un lot."));
            }
        }
    }

    private void Unresolved(TransactionEntry entry, List<FhirIssue> issues, FhirLimits limits)
    {
        foreach (var reference in entry.Resource is { } resource ? ReferenceRewrite.References(resource) : [])
        {
            if (issues.Count < limits.MaxIssues && reference.Text is { } text && text.StartsWith("urn:uuid:", StringComparison.Ordinal) && Named(text) is null)
            {
                issues.Add(FhirIssue.Error("not-found", "reference-unresolved", NodePath.Of(reference), "Cette référence ne désigne aucune entrée du lot."));
            }
        }
    }

    internal static FhirIssue Error(TransactionEntry entry, string type, string code, string where, string text) =>
        FhirIssue.Error(type, code, string.Create(CultureInfo.InvariantCulture, $"Bundle.entry[{entry.Position}].{where}"), text);
}

/// <summary>Takes one <c>Bundle.entry</c> of a transaction apart.</summary>
internal static class TransactionEntryReader
{
    public static TransactionEntry? Read(FhirNode node, int position, List<FhirIssue> issues)
    {
        var request = node["request"u8];
        if (request["method"u8].Text is not { } verb || request["url"u8].Text is not { } url)
        {
            issues.Add(FhirIssue.Error("required", "transaction-request-missing", NodePath.Of(node), "Chaque entrée d’un lot a « request.method » et « request.url »."));
            return null;
        }

        if (MethodOf(verb) is not { } method)
        {
            issues.Add(FhirIssue.Error("value", "transaction-method-unknown", NodePath.Of(request["method"u8]), "Méthode inconnue dans un lot : DELETE, POST, PUT, PATCH ou GET."));
            return null;
        }

        if ((method == TransactionMethod.Get ? ("", null, null) : Url(url)) is not { } target)
        {
            issues.Add(FhirIssue.Error("value", "transaction-url-invalid", NodePath.Of(request["url"u8]), "« request.url » désigne un type, une ressource ou une recherche, relatifs au service."));
            return null;
        }

        var entry = new TransactionEntry
        {
            Position = position,
            Method = method,
            Type = target.Type,
            Id = target.Id,
            Query = target.Query,
            Resource = FhirResource.Within(node["resource"u8]),
            FullUrl = node["fullUrl"u8].Text,
            IfNoneExist = request["ifNoneExist"u8].Text?.TrimStart('?') is { } criteria ? criteria[(criteria.IndexOf('?', StringComparison.Ordinal) + 1)..] : null,
            IfMatch = request["ifMatch"u8].Text,
            IfNoneMatch = request["ifNoneMatch"u8].Text,
            Url = url,
        };
        return Consistent(entry, issues) ? entry : null;
    }

    private static bool Consistent(TransactionEntry entry, List<FhirIssue> issues)
    {
        var before = issues.Count;
        if (entry.Method is TransactionMethod.Post or TransactionMethod.Put or TransactionMethod.Patch && entry.Resource is null)
        {
            issues.Add(Transaction.Error(entry, "required", "transaction-resource-missing", "resource", "Cette entrée doit porter une ressource."));
        }
        else if (entry.Method is TransactionMethod.Post or TransactionMethod.Put && entry.Resource!.Type != entry.Type)
        {
            issues.Add(Transaction.Error(entry, "value", "transaction-type-differs", "request.url", "Le type dans « request.url » n’est pas celui de la ressource."));
        }

        if (entry.Method == TransactionMethod.Post ? entry.Id is not null : entry.Method is not TransactionMethod.Get && entry.Id is null && entry.Query is null)
        {
            issues.Add(Transaction.Error(entry, "value", "transaction-url-invalid", "request.url", "Cette méthode demande une autre forme de « request.url »."));
        }

        if (entry.Method == TransactionMethod.Put && entry.Id is not null && entry.Resource?.Id != entry.Id)
        {
            issues.Add(Transaction.Error(entry, "value", "id-differs", "resource.id", "L’« id » de la ressource n’est pas celui de l’URL."));
        }

        return issues.Count == before;
    }

    private static TransactionMethod? MethodOf(string verb) => verb switch
    {
        "DELETE" => TransactionMethod.Delete,
        "POST" => TransactionMethod.Post,
        "PUT" => TransactionMethod.Put,
        "PATCH" => TransactionMethod.Patch,
        "GET" or "HEAD" => TransactionMethod.Get,
        _ => null,
    };

    private static (string Type, string? Id, string? Query)? Url(string url)
    {
        var mark = url.IndexOf('?', StringComparison.Ordinal);
        var path = (mark < 0 ? url : url[..mark]).Trim('/').Split('/');
        return path.Length is 1 or 2 && R4.Current.Resources.ContainsKey(path[0]) ? (path[0], path.Length > 1 ? path[1] : null, mark < 0 ? null : url[(mark + 1)..]) : null;
    }
}
