using Sante.Fhir.Json;

namespace Sante.Fhir;

/// <summary>
/// One resource as received: its bytes and a table of positions into them. Nothing is ever re-serialised, so decimals, spaces and the order
/// of members survive. Also a view on a resource inside another (<see cref="Within"/>), sharing bytes and table.
/// </summary>
public sealed class FhirResource
{
    private readonly ReadOnlyMemory<byte> unread;
    private FhirNode? root;

    private FhirResource(FhirNode root, string type) => (this.root, Type) = (root, type);

    private FhirResource(ReadOnlyMemory<byte> unread, string type) => (this.unread, Type) = (unread, type);

    /// <summary>The resource's object.</summary>
    public FhirNode Root => root ??= FhirJson.Parse(unread).Resource?.Root ?? throw new InvalidDataException("Bytes that were a resource cannot be parsed.");

    /// <summary>The <c>resourceType</c>.</summary>
    public string Type { get; }

    /// <summary>The received <c>id</c>, or null.</summary>
    public string? Id => Root["id"u8].Text;

    /// <summary>The bytes of this resource alone, as received.</summary>
    public ReadOnlyMemory<byte> Utf8 => root is null ? unread : Root.RawUtf8;

    /// <summary>The canonicals of <c>meta.profile</c>, in order.</summary>
    public IReadOnlyList<string> Profiles
    {
        get
        {
            List<string> profiles = [];
            foreach (var profile in Root["meta"u8]["profile"u8].Items)
            {
                if (profile.Kind == FhirNodeKind.Text)
                {
                    profiles.Add(profile.Text!);
                }
            }

            return profiles;
        }
    }

    /// <summary>A node of the resource by member names: <c>subject.reference</c>; arrays give their first item.</summary>
    public FhirNode At(string path) => Root.At(path);

    /// <summary>The resource at a node (an entry of a Bundle, a contained resource); null when it is no object with a <c>resourceType</c>.</summary>
    public static FhirResource? Within(FhirNode node) =>
        node["resourceType"u8] is { Kind: FhirNodeKind.Text } type && type.Text is { Length: > 0 } name ? new FhirResource(node, name) : null;

    /// <summary>
    /// A resource that was parsed before (a stored one), of which it is known that it is of that type: it is parsed again only when something inside is asked
    /// for; damage is then an <see cref="InvalidDataException"/>.
    /// </summary>
    public static FhirResource Known(ReadOnlyMemory<byte> utf8, string type) => new(utf8, type);

    internal static FhirResource? OfRoot(JsonTree tree) => Within(new FhirNode(tree, 0));
}
