using System.Text.Json;
using Sante.Fhir.Bundles;

namespace Sante.Fhir.Terminology;

/// <summary>An expanded value set, one page of it.</summary>
public sealed class ValueSetExpansion
{
    private readonly ExpandQuery query;
    private readonly ValueSet set;
    private readonly List<(string System, Concept Concept)> page;

    internal ValueSetExpansion(ExpandQuery query, ValueSet set, int total, List<(string System, Concept Concept)> page) =>
        (this.query, this.set, Total, this.page) = (query, set, total, page);

    /// <summary>How many codes match, on all pages.</summary>
    public int Total { get; }

    /// <summary>The codes of this page.</summary>
    public IReadOnlyList<(string System, string Code, string? Display)> Codes => page.ConvertAll(one => (one.System, one.Concept.Code, one.Concept.DisplayIn(query.DisplayLanguage)));

    /// <summary>The answer of <c>$expand</c>, a ValueSet. Instant and identifier come from the caller: they must be new each time.</summary>
    public byte[] ToJson(DateTimeOffset timestamp, Guid identifier) => OperationOutcomes.Bytes(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "ValueSet"u8);
        Text(writer, "url"u8, set.Url);
        Text(writer, "version"u8, set.Version);
        Text(writer, "name"u8, set.Name);
        Text(writer, "title"u8, set.Title);
        writer.WriteString("status"u8, "active"u8);
        writer.WriteStartObject("expansion"u8);
        writer.WriteString("identifier"u8, $"urn:uuid:{identifier:D}");
        writer.WriteString("timestamp"u8, timestamp.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteNumber("total"u8, Total);
        writer.WriteNumber("offset"u8, Math.Max(0, query.Offset));
        Parameters(writer);
        if (page.Count > 0)
        {
            writer.WriteStartArray("contains"u8);
            page.ForEach(one => Contains(writer, one.System, one.Concept));
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    private void Parameters(Utf8JsonWriter writer)
    {
        List<(string Name, string Kind, string Value)> used = [];
        Add("filter", "valueString", query.Filter);
        Add("displayLanguage", "valueCode", query.DisplayLanguage);
        Add("count", "valueInteger", query.Count?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Add("activeOnly", "valueBoolean", query.ActiveOnly ? "true" : null);
        Add("includeDesignations", "valueBoolean", query.IncludeDesignations ? "true" : null);
        if (used.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("parameter"u8);
        foreach (var (name, kind, value) in used)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name);
            writer.WritePropertyName(kind);
            if (kind is "valueString" or "valueCode")
            {
                writer.WriteStringValue(value);
            }
            else
            {
                writer.WriteRawValue(value);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();

        void Add(string name, string kind, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                used.Add((name, kind, value));
            }
        }
    }

    private void Contains(Utf8JsonWriter writer, string system, Concept concept)
    {
        writer.WriteStartObject();
        writer.WriteString("system"u8, system);
        if (concept.IsAbstract)
        {
            writer.WriteBoolean("abstract"u8, true);
        }

        if (concept.IsInactive)
        {
            writer.WriteBoolean("inactive"u8, true);
        }

        writer.WriteString("code"u8, concept.Code);
        Text(writer, "display"u8, concept.DisplayIn(query.DisplayLanguage));
        if (query.IncludeDesignations && concept.Designations.Count > 0)
        {
            writer.WriteStartArray("designation"u8);
            foreach (var (language, value) in concept.Designations)
            {
                writer.WriteStartObject();
                writer.WriteString("language"u8, language);
                writer.WriteString("value"u8, value);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    internal static void Text(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            writer.WriteString(name, value);
        }
    }
}

/// <summary>A code that was found.</summary>
public sealed class ConceptFound
{
    private readonly CodeSystem system;
    private readonly Concept concept;

    internal ConceptFound(CodeSystem system, Concept concept, string? language) => (this.system, this.concept, Display) = (system, concept, concept.DisplayIn(language));

    /// <summary>In the language asked for, where known.</summary>
    public string? Display { get; }

    /// <summary>The answer of <c>$lookup</c>, a Parameters resource.</summary>
    public byte[] ToJson() => ParametersWriter.Write(parameters =>
    {
        parameters.Add("name", "valueString", system.Name ?? system.Url);
        parameters.Add("version", "valueString", system.Version);
        parameters.Add("display", "valueString", Display ?? concept.Code);
        foreach (var (language, value) in concept.Designations)
        {
            parameters.AddParts("designation", ("language", "valueCode", language), ("value", "valueString", value));
        }

        concept.Parents.ForEach(parent => parameters.AddParts("property", ("code", "valueCode", "parent"), ("value", "valueCode", parent.Code)));
        concept.Children.ForEach(child => parameters.AddParts("property", ("code", "valueCode", "child"), ("value", "valueCode", child.Code)));
        if (concept.IsInactive)
        {
            parameters.AddParts("property", ("code", "valueCode", "inactive"), ("value", "valueBoolean", "true"));
        }
    });
}

/// <summary>Whether a code is right.</summary>
/// <param name="Result">True when it is.</param>
/// <param name="Message">Why not, in French; null when right.</param>
/// <param name="Display">The right display, where known.</param>
public sealed record CodeVerdict(bool Result, string? Message, string? Display)
{
    /// <summary>The answer of <c>$validate-code</c>, a Parameters resource.</summary>
    public byte[] ToJson() => ParametersWriter.Write(parameters =>
    {
        parameters.Add("result", "valueBoolean", Result ? "true" : "false");
        parameters.Add("message", "valueString", Message);
        parameters.Add("display", "valueString", Display);
    });
}
