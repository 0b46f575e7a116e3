using Late.Hosting.Leases;

namespace Late.Hosting.Simulation.Spreading;

/// <summary>A host's way to the store.</summary>
internal sealed class KeyLine(SpreadWorld world, KeyHost host) : ILateLeaseStore
{
    /// <summary>Nothing gets through.</summary>
    public bool IsCut { get; set; }

    public async ValueTask<LateLeaseAnswer> TryAcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken cancellationToken) =>
        await AskAsync(() => world.Store.TryAcquire(name, owner, ttl), cancellationToken);

    public async ValueTask<bool> TryRenewAsync(string name, long token, TimeSpan ttl, CancellationToken cancellationToken) =>
        await AskAsync(() => world.Store.TryRenew(name, token, ttl), cancellationToken);

    public async ValueTask ReleaseAsync(string name, long token, CancellationToken cancellationToken) => await AskAsync(
        () =>
        {
            world.Store.Release(name, token);
            return true;
        },
        cancellationToken);

    private Task<T> AskAsync<T>(Func<T> carryOut, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<T>)state!).TrySetCanceled(token), answer);
        var trouble = world.HasTrouble && world.Dice.Chance(world.Plan.StoreTroublePercent) ? world.Dice.Below(3) : -1;
        world.Time.After(Latency(), () =>
        {
            if (IsCut || trouble == 0)
            {
                Fail();
                return;
            }

            var value = carryOut();
            world.Time.After(trouble == 2 ? world.Dice.Time(1, (int)world.Plan.Ttl.TotalMilliseconds) : Latency(), () =>
            {
                if (IsCut || trouble == 1)
                {
                    Fail();
                }
                else
                {
                    host.Process.Deliver(() => answer.TrySetResult(value));
                }
            });
        });
        return answer.Task;

        void Fail()
        {
            if (world.Dice.Chance(60))
            {
                host.Process.Deliver(() => answer.TrySetException(new IOException("The simulated store could not be asked.")));
            }
        }
    }

    private TimeSpan Latency() => world.Dice.Time(1, Math.Max(1, (int)world.Plan.StoreLatency.TotalMilliseconds));
}
