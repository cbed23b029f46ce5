using Microsoft.AspNetCore.Http;
using Sante.Space.FhirApi;

namespace Sante.Space.Tests.FhirApi;

/// <summary>A body without announced length is gathered in memory that grows with what has come, and no further than the limit.</summary>
public sealed class BodyBufferTests
{
    private const int Limit = 1 << 20;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 1)]
    [InlineData(Limit - 1)]
    [InlineData(Limit)]
    public async Task Body_UpToTheLimit_ArrivesWhole(int length)
    {
        var sent = new Endless(length);
        var bytes = await ReadAsync(sent);
        Assert.Equal(length, bytes.Length);
        Assert.Equal(Enumerable.Range(0, length).Select(i => (byte)(i % 256)), bytes.ToArray());
    }

    [Fact]
    public async Task EndlessBody_IsReadOneByteBeyondTheLimit_AndNoFurther()
    {
        var sent = new Endless(long.MaxValue);
        var bytes = await ReadAsync(sent);
        Assert.Equal((Limit + 1, Limit + 1L), (bytes.Length, sent.Taken));
    }

    [Fact]
    public async Task ShortBodies_AreKeptInArraysOfTheirOwnSize()
    {
        // A thousand callers that announce nothing and send little: what is held is what they sent, not what they might send.
        var bodies = Enumerable.Range(0, 1000).Select(_ => new Endless(100)).ToList();
        var read = await Task.WhenAll(bodies.Select(body => ReadAsync(body).AsTask()));
        Assert.All(read, bytes => Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var array) && array.Array!.Length == 100));
    }

    private static ValueTask<ReadOnlyMemory<byte>> ReadAsync(Stream body)
    {
        var context = new DefaultHttpContext { Request = { Body = body } };
        return FhirBody.BytesAsync(context.Request, Limit, CancellationToken.None);
    }

    /// <summary>Gives bytes by small pieces of odd sizes, and counts what was taken.</summary>
    private sealed class Endless(long length) : Stream
    {
        public long Taken { get; private set; }
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var piece = (int)Math.Min(Math.Min(buffer.Length, 1777), length - Taken);
            for (var i = 0; i < piece; i++)
                buffer.Span[i] = (byte)((Taken + i) % 256);
            Taken += piece;
            return ValueTask.FromResult(piece);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
