using System.Text;

namespace Sante.Space.Tests.Workbench;

/// <summary>What was packed comes out byte for byte; what was not packed is refused.</summary>
public sealed class PackedJsonTests
{
    private static readonly string Sample = """
        {"resourceType":"Observation","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}],"text":"Heart rate"},"subject":{"reference":"Patient/4b1e0f"},"effectiveDateTime":"2025-06-11T00:00:00.000Z","valueQuantity":{"value":71.3,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}}
        """;

    [Fact]
    public void AnObservation_TakesLessThanHalf() => Assert.InRange(PackedJson.Pack(Encoding.UTF8.GetBytes(Sample)).Length, 1, Sample.Length / 2);

    [Fact]
    public void AnyBytes_ComeBackAsTheyWere()
    {
        var random = new Random(7);
        for (var round = 0; round < 3_000; round++)
        {
            var bytes = new byte[random.Next(0, round < 50 ? 200_000 : 1_500)];
            random.NextBytes(bytes);
            // Repetitions of all lengths, and pieces of what the words hold.
            for (var at = 0; at + 40 < bytes.Length; at += random.Next(1, 400))
                (random.Next(3) switch
                {
                    0 => Encoding.ASCII.GetBytes(Sample).AsSpan(random.Next(Sample.Length - 40), 40),
                    1 => bytes.AsSpan(random.Next(at + 1), 40),
                    _ => new byte[40].AsSpan(),
                }).CopyTo(bytes.AsSpan(at));
            Assert.Equal(bytes, PackedJson.Unpack(PackedJson.Pack(bytes)).ToArray());
        }
    }

    [Fact]
    public void ALongRun_ComesBackAsItWas()
    {
        var bytes = Encoding.ASCII.GetBytes(new string('a', 300_000) + Sample + new string('b', 70_000));
        Assert.Equal(bytes, PackedJson.Unpack(PackedJson.Pack(bytes)).ToArray());
    }

    [Fact]
    public void DamagedBytes_AreRefusedOrOther_NeverAFailure()
    {
        var random = new Random(11);
        var packed = PackedJson.Pack(Encoding.UTF8.GetBytes(Sample + Sample));
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = packed[..random.Next(1, packed.Length + 1)];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var refused = Record.Exception(() => PackedJson.Unpack(damaged));
            Assert.True(refused is null or InvalidDataException, refused?.ToString());
        }
    }
}
