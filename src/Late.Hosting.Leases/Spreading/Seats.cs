using Late.Hosting.Diagnostics;
using Late.Hosting.Leases.Keeping;

namespace Late.Hosting.Leases.Spreading;

/// <summary>
/// Counts the hosts of a supervisor by their seats: leases with numbers, of which each host holds the first that is free. A host asks for all of
/// them, its own and the next free one included; those that it is refused are other hosts.
/// </summary>
/// <param name="make">Asks the store for the seat of a number.</param>
internal sealed class Seats(Func<int, LeaseRequests> make)
{
    // A store that refuses everything ends it.
    private const int Most = 256;

    private readonly List<Seat> _seats = [];
    private int _highest = -1;

    /// <summary>Keeps the own seat, or takes one with a smaller number, and counts the others.</summary>
    /// <exception cref="TimeoutException">The store has not answered in time.</exception>
    public async Task<SeatLook> LookAsync(LateLeaseOptions options, CancellationToken cancellationToken)
    {
        var (others, rank, highest) = (0, -1, -1);

        // Up to a free one behind all that were taken the last time: one of a host that has ended may be free in between.
        for (var i = 0; i < Most && i <= Math.Max(_highest, highest) + 1; i++)
        {
            var seat = SeatAt(i);
            if (!await seat.TryTakeAsync(options.SeatTtl, options.SeatInterval, cancellationToken).ConfigureAwait(false))
            {
                (others, highest) = (others + 1, i);
            }
            else if (rank < 0)
            {
                (rank, highest) = (i, i);
            }
            else
            {
                await seat.LeaveAsync().ConfigureAwait(false);
            }
        }

        _highest = highest;
        return new SeatLook(others + 1, Math.Max(rank, 0));
    }

    /// <summary>This host is no longer counted.</summary>
    public Task LeaveAsync()
    {
        _highest = -1;
        return Task.WhenAll(_seats.ConvertAll(static seat => seat.LeaveAsync().Observed()));
    }

    private Seat SeatAt(int index)
    {
        if (index == _seats.Count)
        {
            _seats.Add(new Seat(make(index)));
        }

        return _seats[index];
    }
}
