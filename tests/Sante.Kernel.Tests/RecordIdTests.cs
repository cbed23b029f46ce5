using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Sante.Kernel;

namespace Sante.Kernel.Tests;

public partial class RecordIdTests
{
    [Fact]
    public void RandomIds_KeepTheirValueThroughText_AndFitTheFhirGrammar()
    {
        var random = new Random(4096);
        for (var i = 0; i < 20_000; i++)
        {
            var id = RecordId.Of(random.Next(SlotMap.SlotCount), Bits(random));
            var text = id.ToString();

            Assert.Equal(id, RecordId.TryParse(text).Value);
            Assert.Matches(FhirId(), text);
        }
    }

    [Fact]
    public void Text_IsKnownForKnownNumbers()
    {
        Assert.Equal("0-00000000000000000000000000", RecordId.Of(0, UInt128.Zero).ToString());
        Assert.Equal("4095-7zzzzzzzzzzzzzzzzzzzzzzzzz", RecordId.Of(4095, UInt128.MaxValue).ToString());
        Assert.Equal("12-00000000000000000000000010", RecordId.Of(12, (UInt128)32).ToString());
        Assert.Equal(new UInt128(0x0011223344556677, 0x8899AABBCCDDEEFF), RecordId.Of(1, Guid.Parse("00112233-4455-6677-8899-aabbccddeeff")).Number);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-00000000000000000000000000")]
    [InlineData("4096-00000000000000000000000000")] // slot too great
    [InlineData("01-00000000000000000000000000")] // leading zero
    [InlineData("+1-00000000000000000000000000")]
    [InlineData("1-0000000000000000000000000")] // 25
    [InlineData("1-000000000000000000000000000")] // 27
    [InlineData("1-80000000000000000000000000")] // more than 128 bits
    [InlineData("1-0000000000000000000000000A")] // capital
    [InlineData("1-0000000000000000000000000i")] // letters that Crockford leaves out
    [InlineData("1-0000000000000000000000000l")]
    [InlineData("1-0000000000000000000000000o")]
    [InlineData("1-0000000000000000000000000u")]
    [InlineData(" 1-00000000000000000000000000")]
    [InlineData("1-0000000000000000000000000é")]
    public void AnyOtherSpelling_IsNotFound(string? text)
    {
        var refusal = RecordId.TryParse(text).Refusal;

        Assert.Equal(("not-found", RefusalKind.Unknown), (refusal?.Code, refusal?.Kind));
    }

    [Fact]
    public void AnyAcceptedText_IsTheSpellingOfItsId()
    {
        // Whatever is mutated by one character is refused or names another id by its own canonical text.
        var random = new Random(26);
        const string characters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-. ";
        for (var i = 0; i < 20_000; i++)
        {
            var text = RecordId.Of(random.Next(SlotMap.SlotCount), Bits(random)).ToString().ToCharArray();
            text[random.Next(text.Length)] = characters[random.Next(characters.Length)];
            if (RecordId.TryParse(new string(text)).TryGet(out var id, out _))
            {
                Assert.Equal(new string(text), id.ToString());
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4096)]
    public void Of_SlotOutOfRange_Throws(int slot) => Assert.Throws<ArgumentOutOfRangeException>(() => RecordId.Of(slot, UInt128.One));

    // Pinned for life: these slots are inside ids that were given out.
    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000", 0x374)]
    [InlineData("00112233-4455-6677-8899-aabbccddeeff", 0xA8F)]
    public void SlotOf_KnownSpaces_NeverChanges(string space, int slot) =>
        Assert.Equal(slot, SlotMap.SlotOf(new SpaceId(Guid.Parse(space))));

    [Fact]
    public void SlotOf_SpreadsSpacesEvenly()
    {
        var random = new Random(1);
        var perSlot = new int[SlotMap.SlotCount];
        var bytes = new byte[16];
        for (var i = 0; i < SlotMap.SlotCount * 50; i++)
        {
            random.NextBytes(bytes);
            perSlot[SlotMap.SlotOf(new SpaceId(new Guid(bytes)))]++;
        }

        // 50 expected, standard deviation 7: six deviations on either side.
        Assert.All(perSlot, count => Assert.InRange(count, 8, 92));
    }

    private static UInt128 Bits(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    [GeneratedRegex(@"^[A-Za-z0-9\-.]{1,64}$")]
    private static partial Regex FhirId();
}
