using Sante.Foundations.FinessDirectory;

namespace Sante.Foundations.Tests;

public sealed class ProjectionTests
{
    [Theory]
    // Origin of the projection (EPSG 2154), then a published pair near Vincennes, then a town of the data file (converted by another implementation).
    [InlineData(700000, 6600000, 46.5, 3.0)]
    [InlineData(658557.548, 6860084.001, 48.839473, 2.435368)]
    [InlineData(1228644.1, 6199127.4, 42.6973, 9.4509)]
    public void Lambert93_KnownPoints_AreFoundWithinTenMetres(double x, double y, double latitude, double longitude)
    {
        Assert.True(Projection.TryToWgs84(x, y, "1,X,LAMBERT_93"u8, out var lat, out var lon));
        Assert.Equal(latitude, lat, 0.0001);
        Assert.Equal(longitude, lon, 0.0001);
    }

    [Theory]
    // The equator on a central meridian, then towns of the data file (converted by another implementation of the same formulas).
    [InlineData("UTM_N20", 500000, 0, 0, -63)]
    [InlineData("UTM_N20", 709096.3, 1616759.7, 14.6161, -61.0588)]
    [InlineData("UTM_S40", 338568.3, 7690475.4, -20.8789, 55.4481)]
    [InlineData("UTM_S38", 524735.4, 8587115.8, -12.7806, 45.2279)]
    public void Utm_KnownPoints_AreFoundWithinTenMetres(string projection, double x, double y, double latitude, double longitude)
    {
        Assert.True(Projection.TryToWgs84(x, y, System.Text.Encoding.ASCII.GetBytes("1," + projection), out var lat, out var lon));
        Assert.Equal(latitude, lat, 0.0001);
        Assert.Equal(longitude, lon, 0.0001);
    }

    [Theory]
    [InlineData("LAMBERT_2")]
    [InlineData("UTM_X20")]
    [InlineData("UTM_N99")]
    [InlineData("")]
    public void Projection_Unknown_IsNotGuessed(string name) =>
        Assert.False(Projection.TryToWgs84(1, 1, System.Text.Encoding.ASCII.GetBytes(name), out _, out _));
}
