using System.Globalization;
using Sante.Kernel;

namespace Sante.Bench.Nation;

/// <summary>The professionals of the nation: citizen number n lets in carer n modulo <see cref="Count"/>. Invented, without a valid key in their numbers.</summary>
internal static class NationCarers
{
    public const int Count = 256;
    /// <summary>The software through which they act.</summary>
    public const string ClientId = "bench-care";

    /// <summary>A doctor in a practice of one's own.</summary>
    public static Actor Of(int number) => new(
        ActorKind.Professional,
        new ActorIdentifier(Rpps.System, string.Create(CultureInfo.InvariantCulture, $"990{number:d8}")),
        string.Create(CultureInfo.InvariantCulture, $"Dr Mesure {number}"),
        new ActorStructure(new ActorIdentifier("https://finess.esante.gouv.fr", string.Create(CultureInfo.InvariantCulture, $"99{number:d7}")), "Cabinet de mesure"),
        new Situation("10", "SM54"),
        Client: ClientId);
}
