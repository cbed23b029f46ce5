namespace Sante.Fhir.Check;

/// <summary>Rules of the two transactions that feed measures (facts/french-specs §2.2 "Feed"; ADR 0022).</summary>
internal static class MesuresFeedRules
{
    private static readonly string[] Cholesterol =
    [
        "mesures-observation-cholesterol-total", "mesures-observation-cholesterol-hdl", "mesures-observation-cholesterol-ldl", "mesures-observation-cholesterol-trigly",
    ];

    /// <summary>Exactly one Observation and one Device, POST both, each with fullUrl and meta.profile, and the Observation refers to the Device.</summary>
    public static void Feed(CheckRun run, FhirNode bundle)
    {
        Transaction(run, bundle);
        var (observations, devices) = (Entries(bundle, "Observation"), Entries(bundle, "Device"));
        if (observations.Count != 1 || devices.Count != 1 || bundle["entry"u8].Items.Count != 2)
        {
            run.Error(bundle, "business-rule", "mesures-feed-content", "Le lot contient exactement une Observation et un Device.", "entry");
            return;
        }

        var request = devices[0]["request"u8];
        if (request["ifNoneExist"u8].Text is not { } criteria || !criteria.StartsWith("identifier=", StringComparison.Ordinal))
        {
            run.Error(request, "required", "mesures-device-condition", "Le Device est déposé sous condition : « ifNoneExist: identifier=… ».", "ifNoneExist");
        }

        if (!Names(observations[0]["resource"u8]["device"u8]["reference"u8].Text, devices[0]))
        {
            run.Error(observations[0]["resource"u8], "required", "mesures-link-missing", "« Observation.device » désigne le Device du lot.", "device");
        }
    }

    /// <summary>One DiagnosticReport, each result at most once, POST all; HDL is there if and only if total cholesterol is.</summary>
    public static void Biology(CheckRun run, FhirNode bundle)
    {
        Transaction(run, bundle);
        if (Entries(bundle, "DiagnosticReport").Count != 1)
        {
            run.Error(bundle, "business-rule", "mesures-feed-content", "Le lot contient exactement un DiagnosticReport.", "entry");
        }

        var counts = Cholesterol.Select(profile => Entries(bundle, "Observation").Count(entry => Claims(entry, profile))).ToList();
        if (counts.Any(count => count > 1))
        {
            run.Error(bundle, "business-rule", "mesures-feed-content", "Chaque résultat figure au plus une fois.", "entry");
        }

        if ((counts[0] > 0) != (counts[1] > 0))
        {
            run.Error(bundle, "business-rule", "mesures-cholesterol-hdl-total", "Cholestérol total et HDL vont ensemble (mesures-inv-1, mesures-inv-2).", "entry");
        }
    }

    /// <summary>A device is known by its identifier.</summary>
    public static void Device(CheckRun run, FhirNode device)
    {
        if (!device["identifier"u8].First["value"u8].Exists)
        {
            run.Error(device, "required", "cardinality-min", "« identifier » : au moins 1 attendu par le profil.", "identifier");
        }
    }

    private static void Transaction(CheckRun run, FhirNode bundle)
    {
        if (!bundle["type"u8].TextEquals("transaction"u8))
        {
            run.Error(bundle, "value", "mesures-feed-type", "Le lot est de type « transaction ».", "type");
        }

        foreach (var entry in bundle["entry"u8].Items)
        {
            if (!entry["fullUrl"u8].Exists)
            {
                run.Error(entry, "required", "cardinality-min", "« fullUrl » est obligatoire.", "fullUrl");
            }

            if (!entry["resource"u8]["meta"u8]["profile"u8].First.Exists)
            {
                run.Error(entry["resource"u8].Exists ? entry["resource"u8] : entry, "required", "mesures-profile-missing", "« meta.profile » est obligatoire.", "meta.profile");
            }

            if (!entry["request"u8]["method"u8].TextEquals("POST"u8))
            {
                run.Error(entry, "value", "mesures-feed-method", "Chaque ressource est déposée par POST.", "request.method");
            }
        }
    }

    private static List<FhirNode> Entries(FhirNode bundle, string type) =>
        [.. bundle["entry"u8].Items.ToList().Where(entry => entry["resource"u8]["resourceType"u8].Text == type)];

    private static bool Claims(FhirNode entry, string profile)
    {
        foreach (var claimed in entry["resource"u8]["meta"u8]["profile"u8].Items)
        {
            if (claimed.Text?.EndsWith("/" + profile, StringComparison.Ordinal) == true)
            {
                return true;
            }
        }

        return false;
    }

    // The guide writes Device/<uuid> where the entry's fullUrl is urn:uuid:<uuid>; the URN itself is right too.
    private static bool Names(string? reference, FhirNode entry) =>
        reference is not null && entry["fullUrl"u8].Text is { } url
        && (reference == url || reference == "Device/" + url[(url.LastIndexOf(':') + 1)..] || reference == "Device/" + entry["resource"u8]["id"u8].Text);
}
