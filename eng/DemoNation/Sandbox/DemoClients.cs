using Sante.Kernel;

namespace Sante.DemoNation;

/// <summary>A demo client of the authorization server, without its key.</summary>
/// <param name="ClientId">Stable name.</param>
/// <param name="Name">Shown to people.</param>
/// <param name="Kind">structure, editor, booking, web, native or registry.</param>
/// <param name="Scopes">All that it may ask for.</param>
/// <param name="Actor">As whom it acts by client credentials; null when only people use it.</param>
/// <param name="RedirectUris">For clients with a person in front of them.</param>
/// <param name="HasKey">False for a public client.</param>
public sealed record DemoClient(
    string ClientId, string Name, string Kind, string Scopes, ActorClaim? Actor, IReadOnlyList<string> RedirectUris, bool HasKey = true);

/// <summary>The demo clients. Names of editors and platforms are invented; their OIDs are under 2.999, the arc kept for examples (ITU-T X.660).</summary>
public static class DemoClients
{
    /// <summary>The hospital's system.</summary>
    public const string Hospital = "hospital";

    /// <summary>The laboratory's system.</summary>
    public const string Laboratory = "laboratory";

    /// <summary>The editor of a connected scale.</summary>
    public const string Scale = "scale";

    /// <summary>People's application on a telephone.</summary>
    public const string Mobile = "mobile";

    /// <summary>The professionals' software.</summary>
    public const string Office = "care";

    /// <summary>Civil registry and INS.</summary>
    public const string CivilRegistry = "civil-registry";

    /// <summary>OID under which the scale editor's identifiers of users (idPE) live.</summary>
    public const string ScaleOid = "urn:oid:2.999.2680.1";

    /// <summary>The three booking platforms.</summary>
    public static IReadOnlyList<(string ClientId, string Name)> Bookings { get; } =
        [("booking-1", "Agendora"), ("booking-2", "PlaniSoin"), ("booking-3", "PrenezRang")];

    /// <summary>Who declares births.</summary>
    public static Actor Registry { get; } =
        new(ActorKind.Operator, new ActorIdentifier(ActorIdentifier.ClientSystem, CivilRegistry), "État civil (démonstration)", Client: CivilRegistry);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DemoClient> All(Carers carers)
    {
        ArgumentNullException.ThrowIfNull(carers);
        return
        [
            new(Hospital, $"Dossier patient du {carers.Hospital.Name}", "structure", "system/*.cruds", new(OfSite(carers.Hospital)), []),
            new(Laboratory, $"Informatique du {carers.Laboratory.Name}", "structure", "system/*.cruds", new(OfSite(carers.Laboratory)), []),
            new(Scale, "Balance Lunéa", "editor", "system/*.cruds", new(OfApp(Scale, "Balance Lunéa"), ScaleOid), []),
            .. Bookings.Select(platform => new DemoClient(
                platform.ClientId, platform.Name, "booking", "system/Appointment.cruds", new(OfApp(platform.ClientId, platform.Name)), [])),
            new(CivilRegistry, "État civil (démonstration)", "registry", "system/ins.birth system/ins.search",
                new(Registry), []),
            new(Mobile, "Mon application santé", "native", "openid profile patient/*.cruds user/*.cruds space/*", null, ["http://127.0.0.1/retour"], HasKey: false),
            new(Office, "Logiciel de cabinet", "web", "openid profile user/*.cruds", null, ["http://127.0.0.1/logiciel/retour"]),
        ];
    }

    /// <summary>A structure's system, as its token names it and as it feeds.</summary>
    public static Actor OfSite(DirectoryFiles.SyntheticSite site, string? client = null)
    {
        ArgumentNullException.ThrowIfNull(site);
        return new Actor(ActorKind.Structure, new ActorIdentifier(Finess.System, site.Finess), site.Name, Client: client);
    }

    /// <summary>An editor or a platform.</summary>
    public static Actor OfApp(string clientId, string name) =>
        new(ActorKind.App, new ActorIdentifier(ActorIdentifier.ClientSystem, clientId), name, Client: clientId);
}
