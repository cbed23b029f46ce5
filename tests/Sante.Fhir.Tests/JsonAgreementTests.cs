using System.Text;
using System.Text.Json;

namespace Sante.Fhir.Tests;

/// <summary>Our scanner against System.Text.Json: same texts accepted, on mutations of real resources. Seeded, so a failure repeats.</summary>
public sealed class JsonAgreementTests
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = true };
    private static readonly byte[] Pieces = "{}[]\",:\\0123456789.-+eEtrufalsn \n\t\r/ud8D\u0001\u007f"u8.ToArray();

    [Theory]
    [InlineData("pdsm/DocumentReference-exemple-pdsm-documentreference.json", 1)]
    [InlineData("mesures/Bundle-bundle-example.json", 2)]
    [InlineData("fr-core-2.2.0/Patient-FRCorePatientExample.json", 3)]
    [InlineData("agenda/Slot-example.json", 4)]
    public void Scanner_OnMutatedResources_AcceptsWhatSystemTextJsonAccepts(string example, int seed)
    {
        var source = Encoding.UTF8.GetBytes(Fixtures.ExampleText(example));
        var random = new Random(seed);
        for (var round = 0; round < 5_000; round++)
        {
            var text = Mutate(source, random);
            var ours = Ours(text);
            Assert.True(Theirs(text) == ours, $"round {round} of {example}: we say {ours}");
        }
    }

    private static byte[] Mutate(byte[] source, Random random)
    {
        var text = source.ToList();
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(text.Count);
            switch (random.Next(4))
            {
                case 0:
                    text.RemoveAt(at);
                    break;
                case 1:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    text[at] = Pieces[random.Next(Pieces.Length)];
                    break;
                default:
                    text.RemoveRange(at, Math.Min(text.Count - at, random.Next(1, 40)));
                    break;
            }
        }

        return [.. text];
    }

    private static bool Ours(byte[] text)
    {
        var faults = Fixtures.Faults(text);
        // What is JSON but no resource of ours is still JSON.
        return faults.TrueForAll(code => code is "resource-type-missing" or "json-duplicate-name" or "json-escaped-name");
    }

    private static bool Theirs(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            Touch(document.RootElement);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate shows only when the string is asked for.
            return false;
        }
    }

    private static void Touch(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    Touch(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Touch(item);
                }

                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
        }
    }
}
