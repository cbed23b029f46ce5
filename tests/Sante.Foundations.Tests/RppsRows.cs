using System.Text;

namespace Sante.Foundations.Tests;

/// <summary>Rows of the 56-column file, by hand: column number (from 1) → value.</summary>
internal static class RppsRows
{
    public static string Header { get; } = File.ReadAllText(Sample("PS_LibreAcces_Personne_activite_HEADER.txt")).TrimEnd('\r', '\n');

    public static string Sample(string name) => Path.Combine(AppContext.BaseDirectory, "Samples", name);

    /// <summary>A general practitioner in private practice, with what the test changes.</summary>
    public static string Row(string rpps, params (int Column, string Value)[] changes)
    {
        var f = Enumerable.Repeat("", 57).ToArray();
        (f[1], f[2], f[3], f[6], f[8], f[9], f[10], f[11], f[12]) = ("8", rpps, "8" + rpps, "MME", "D'AËION", "ZOÉ", "10", "Médecin", "C");
        (f[14], f[16], f[17], f[18]) = ("S", "SM54", "Médecine générale", "L");
        (f[24], f[25], f[35], f[36], f[37]) = ("R10" + rpps, "CABINET D'AËION", "33000 BORDEAUX", "33000", "33063");
        (f[49], f[50], f[55]) = ("SA07", "Cabinet individuel", "GENR01");
        foreach (var (column, value) in changes)
        {
            f[column] = value;
        }

        return string.Join('|', f[1..]) + "|";
    }

    public static byte[] File56(params string[] rows) => Encoding.UTF8.GetBytes(Header + "\n" + string.Concat(rows.Select(row => row + "\n")));
}
