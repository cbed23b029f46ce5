namespace Sante.DemoNation;

/// <summary>Words to make names of: family names are compounds that nobody bears, given names are common ones, without accents as in the strict traits.</summary>
internal static class Names
{
    public static IReadOnlyList<string> FamilyStarts { get; } = Words(
        "AUBE BRUME CHANTE CLAIRE COURT DORE ETOILE FONT GRANDE HAUTE LUNE MIRA MONT NEIGE OMBRE ORME PASSE PERCE PIERRE ROCHE SABLE SAULE TOURNE VERTE");

    public static IReadOnlyList<string> FamilyEnds { get; } = Words(
        "ALOUETTE AMBRE BRISE CRIQUE DUNE FLEURIE GIVRE HERMINE LANDE LOUTRE MARELLE MERLETTE MESANGE NEIGEUSE OCRE ORAGE PERLEE PLUME RIVE ROSEE SOURCE VIGNE");

    public static IReadOnlyList<string> Women { get; } = Words(
        "ALICE AMBRE ANNA CAMILLE CHLOE CLARA EMMA EVA INES JADE JEANNE JULIA JULIETTE LEA LENA LINA LOU LOUISE LUCIE MANON MILA NINA ROMANE ROSE SARAH SOFIA ZOE");

    public static IReadOnlyList<string> OlderWomen { get; } = Words(
        "AGNES BRIGITTE CATHERINE CHANTAL CHRISTINE DENISE FRANCOISE GERMAINE HELENE ISABELLE JACQUELINE MADELEINE MONIQUE NATHALIE NICOLE ODETTE PATRICIA SIMONE SYLVIE YVETTE");

    public static IReadOnlyList<string> Men { get; } = Words(
        "ADAM ARTHUR AXEL BASILE ELIOTT ENZO ETHAN GABRIEL HUGO ISAAC JULES KARIM LEO LOUIS LUCAS MAEL MALO MARIUS NATHAN NOE OSCAR PAUL RAPHAEL SACHA SAMUEL THEO VICTOR YANIS");

    public static IReadOnlyList<string> OlderMen { get; } = Words(
        "ALAIN ANDRE BERNARD CHRISTIAN CLAUDE DANIEL DIDIER FRANCOIS GERARD HENRI JACQUES LAURENT MARCEL MICHEL PASCAL PATRICK PHILIPPE RENE ROGER YVES");

    private static string[] Words(string text) => text.Split(' ');
}
