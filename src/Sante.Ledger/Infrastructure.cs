using System.Net.Sockets;
using Npgsql;

namespace Sante.Ledger;

/// <summary>Tells lost infrastructure (PostgreSQL away, connection cut, too slow) from a bug.</summary>
public static class Infrastructure
{
    /// <summary>True when the failure says nothing about the request: the same call may succeed later.</summary>
    public static bool IsLost(Exception e) => e switch
    {
        // Class 57: operator intervention (shutdown, crash); 53: resources; 08: connection; 40: retried in vain; 55P03: lock not available.
        PostgresException p => p.SqlState[..2] is "57" or "53" or "08" or "40" || p.SqlState == PostgresErrorCodes.LockNotAvailable,
        NpgsqlException or SocketException or TimeoutException or OperationCanceledException or IOException => true,
        _ => false,
    };
}
