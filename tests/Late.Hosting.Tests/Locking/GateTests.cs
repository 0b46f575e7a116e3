using Late.Hosting.Locking;

namespace Late.Hosting.Tests.Locking;

public sealed class GateTests
{
#if DEBUG
    [Fact] // So that no two locks can wait for one another: a build for debugging fails where one is taken under another.
    public void A_lock_under_another_fails()
    {
        var (outer, inner) = (new Gate(), new Gate());
        var failure = Record.Exception(() =>
        {
            using (outer.Enter())
            using (inner.Enter())
            {
            }
        });
        Assert.Contains("A lock is taken, or a timer is set, under a lock.", failure?.Message, StringComparison.Ordinal);
        using (inner.Enter())
        {
        }
    }
#endif

    [Fact]
    public async Task A_gate_is_held_by_one_thread_at_a_time()
    {
        var gate = new Gate();
        var (inside, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                using (gate.Enter())
                {
                    most = Math.Max(most, ++inside);
                    inside--;
                }
            }
        })));
        Assert.Equal(1, most);
    }
}
