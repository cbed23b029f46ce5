using Sante.DemoNation;
using Sante.DirectoryFiles;
using Sante.Fhir;
using Sante.Fhir.Check;

namespace Sante.System.Tests.DemoNation;

/// <summary>The French examples of directory and agenda from which the nation takes: valid as they stand, all of them used, the files still the seed's.</summary>
public sealed class NationExamplesTests
{
    public static TheoryData<string> Examples() =>
    [
        "Practitioner-334081DP", "Practitioner-3719500DP", "PractitionerRole-1578230DP", "PractitionerRole-1738459DP", "PractitionerRole-5015602DP",
        "Organization-158480DP", "Organization-481677DP", "Organization-548812DP", "Organization-example-organization-fictive", "Organization-example-organization-nancy",
        "Appointment-example-req-appointment", "Slot-example", "Schedule-example",
    ];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_IsWhatAWriteWouldAccept(string name)
    {
        using var stream = typeof(Nation).Assembly.GetManifestResourceStream("Sante.DemoNation." + name)!;
        using var body = new MemoryStream();
        stream.CopyTo(body);

        Assert.True(FhirJson.Parse(body.ToArray()).TryGet(out var resource, out _));
        Assert.NotEmpty(resource.Profiles);
        Assert.DoesNotContain(FhirCheck.Check(resource, new FhirCheckOptions { Depth = FhirCheckDepth.Write }), issue => issue.Refuses);
    }

    [Fact]
    public void Examples_GiveNoNameNorNumberOfAPersonToTheNation()
    {
        var carers = new Carers(1);

        Assert.Equal(2, carers.Examples.Count);
        Assert.All(carers.Examples.Values, rank => Assert.StartsWith("99", carers.All[rank].Person.Identifier, StringComparison.Ordinal));
        Assert.DoesNotContain(carers.All, carer => carer.Person.Family.ToUpperInvariant() is "SAUCIER" or "CHATELIER");
        Assert.All(carers.Sites, site => Assert.Equal('9', site.Finess[2]));
    }

    [Fact]
    public async Task DirectoryFiles_OfTheSameSeed_AreTheSameBytes()
    {
        var (first, again, other) = (await FilesAsync(1), await FilesAsync(1), await FilesAsync(2));

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    private static async Task<byte[]> FilesAsync(int seed)
    {
        var carers = new Carers(seed);
        using var files = new MemoryStream();
        await FinessFile.WriteAsync(files, carers.Directory, new DateOnly(2026, 11, 21));
        await RppsFile.WriteAsync(files, carers.All.Select(carer => carer.Person));
        return files.ToArray();
    }
}
