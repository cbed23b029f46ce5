using System.Text;

namespace Sante.Foundations.FinessDirectory;

/// <summary>
/// From the plane coordinates of FINESS to WGS84 degrees (RGF93 and the overseas systems differ from WGS84 by less than a metre here).
/// Lambert-93: EPSG 2154, formulas of IGN NTG_71 (ALG0002, ALG0004). UTM: EPSG 9807, Snyder, Map Projections (1987), eq. 8-17 to 8-25.
/// </summary>
public static class Projection
{
    // Ellipsoid GRS80.
    private const double SemiMajorMetres = 6378137.0;
    private const double Flattening = 1 / 298.257222101;
    private const double EccentricitySquared = Flattening * (2 - Flattening);

    // Lambert-93: standard parallels 44° and 49°, origin 46.5° N 3° E at (700000, 6600000).
    private const double LambertOriginX = 700000;
    private const double LambertOriginY = 6600000;
    private static readonly double Eccentricity = Math.Sqrt(EccentricitySquared);
    private static readonly double LambertExponent =
        (Math.Log(ParallelRadius(44)) - Math.Log(ParallelRadius(49))) / (Isometric(Radians(49)) - Isometric(Radians(44)));
    private static readonly double LambertConstant =
        SemiMajorMetres * ParallelRadius(44) / LambertExponent * Math.Exp(LambertExponent * Isometric(Radians(44)));
    private static readonly double LambertPoleY = LambertOriginY + LambertConstant * Math.Exp(-LambertExponent * Isometric(Radians(46.5)));

    /// <summary>
    /// Converts a pair of metres. <paramref name="source"/> is the file's description, whose last part names the projection
    /// ("…,LAMBERT_93", "…,UTM_N20"); false when it is not one we know.
    /// </summary>
    public static bool TryToWgs84(double xMetres, double yMetres, ReadOnlySpan<byte> source, out double latitude, out double longitude)
    {
        (latitude, longitude) = (double.NaN, double.NaN);
        var name = source[(source.LastIndexOf((byte)',') + 1)..].Trim((byte)' ');
        if (Ascii.EqualsIgnoreCase(name, "LAMBERT_93"u8))
        {
            (latitude, longitude) = FromLambert93(xMetres, yMetres);
            return true;
        }

        if (name.Length is 6 or 7 && Ascii.EqualsIgnoreCase(name[..4], "UTM_"u8) && name[4] is (byte)'N' or (byte)'S'
            && System.Buffers.Text.Utf8Parser.TryParse(name[5..], out int zone, out _) && zone is >= 1 and <= 60)
        {
            (latitude, longitude) = FromUtm(xMetres, yMetres, zone, south: name[4] == 'S');
            return true;
        }

        return false;
    }

    /// <summary>Lambert-93 metres to degrees (latitude, longitude).</summary>
    public static (double Latitude, double Longitude) FromLambert93(double xMetres, double yMetres)
    {
        var (dx, dy) = (xMetres - LambertOriginX, LambertPoleY - yMetres);
        var isometric = -Math.Log(Math.Sqrt(dx * dx + dy * dy) / LambertConstant) / LambertExponent;
        return (Degrees(FromIsometric(isometric)), 3 + Degrees(Math.Atan2(dx, dy) / LambertExponent));
    }

    /// <summary>UTM metres to degrees (latitude, longitude).</summary>
    public static (double Latitude, double Longitude) FromUtm(double xMetres, double yMetres, int zone, bool south)
    {
        const double scale = 0.9996;
        const double e2 = EccentricitySquared;
        const double second = e2 / (1 - e2);
        var e1 = (1 - Math.Sqrt(1 - e2)) / (1 + Math.Sqrt(1 - e2));
        var mu = (south ? yMetres - 10_000_000 : yMetres) / scale / (SemiMajorMetres * (1 - e2 / 4 - 3 * e2 * e2 / 64 - 5 * e2 * e2 * e2 / 256));
        var foot = mu + (3 * e1 / 2 - 27 * Math.Pow(e1, 3) / 32) * Math.Sin(2 * mu) + (21 * e1 * e1 / 16 - 55 * Math.Pow(e1, 4) / 32) * Math.Sin(4 * mu)
            + 151 * Math.Pow(e1, 3) / 96 * Math.Sin(6 * mu) + 1097 * Math.Pow(e1, 4) / 512 * Math.Sin(8 * mu);
        var (sin, cos, tan) = (Math.Sin(foot), Math.Cos(foot), Math.Tan(foot));
        var c = second * cos * cos;
        var t = tan * tan;
        var n = SemiMajorMetres / Math.Sqrt(1 - e2 * sin * sin);
        var r = SemiMajorMetres * (1 - e2) / Math.Pow(1 - e2 * sin * sin, 1.5);
        var d = (xMetres - 500_000) / (n * scale);
        var latitude = foot - n * tan / r * (d * d / 2 - (5 + 3 * t + 10 * c - 4 * c * c - 9 * second) * Math.Pow(d, 4) / 24
            + (61 + 90 * t + 298 * c + 45 * t * t - 252 * second - 3 * c * c) * Math.Pow(d, 6) / 720);
        var longitude = (d - (1 + 2 * t + c) * Math.Pow(d, 3) / 6
            + (5 - 2 * c + 28 * t - 3 * c * c + 8 * second + 24 * t * t) * Math.Pow(d, 5) / 120) / cos;
        return (Degrees(latitude), zone * 6 - 183 + Degrees(longitude));
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180;

    private static double Degrees(double radians) => radians * 180 / Math.PI;

    /// <summary>Radius of a parallel for a unit semi-major axis.</summary>
    private static double ParallelRadius(double degrees)
    {
        var sin = Math.Sin(Radians(degrees));
        return Math.Cos(Radians(degrees)) / Math.Sqrt(1 - EccentricitySquared * sin * sin);
    }

    private static double Isometric(double latitude)
    {
        var e = Math.Sqrt(EccentricitySquared);
        return Math.Atanh(Math.Sin(latitude)) - e * Math.Atanh(e * Math.Sin(latitude));
    }

    /// <summary>Converges to 1e-12 rad in a few rounds at French latitudes.</summary>
    private static double FromIsometric(double isometric)
    {
        var latitude = Math.Asin(Math.Tanh(isometric));
        for (var round = 0; round < 12; round++)
        {
            latitude = Math.Asin(Math.Tanh(isometric + Eccentricity * Math.Atanh(Eccentricity * Math.Sin(latitude))));
        }

        return latitude;
    }
}
