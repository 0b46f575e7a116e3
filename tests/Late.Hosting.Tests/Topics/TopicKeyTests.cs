using Late.Hosting.Connection;
using Late.Hosting.Connection.Topics;
using Late.Hosting.Locking;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Topics;

/// <summary>The equality of a topic is the application's code.</summary>
public sealed class TopicKeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_equality_of_a_key_runs_under_no_lock_and_only_where_it_is_subscribed_to()
    {
        await using var host = new TestHost();
        var topics = Topics(host);
        var table = new TopicTable();
        var runs = 0;
        var slow = new Slow("a", () => runs++);
        var topic = table.GetOrAdd<Slow, int>(slow, topics);
        using var entered = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        var blocked = Task.Run(
            () => table.GetOrAdd<Slow, int>(
                new Slow("a", () =>
                {
                    entered.Set();
                    released.Wait(Token);
                }),
                topics),
            Token);
        entered.Wait(Token);

        // Its Equals has not returned, and holds up no other topic, no session and no end.
        Assert.Same(table.GetOrAdd<Slow, int>(new Slow("b"), topics), table.GetOrAdd<Slow, int>(new Slow("b"), topics));
        Assert.Equal(2, table.All().Length);
        table.Remove(topic);
        Assert.Single(table.All());
        Assert.Equal(0, runs);
        released.Set();
        Assert.Same(topic, await blocked);
    }

    [Fact]
    public async Task Keys_of_one_hash_code_and_of_many_threads_have_one_topic_each()
    {
        await using var host = new TestHost();
        var topics = Topics(host);
        var table = new TopicTable();
        var found = new Topic[8, 100];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(
            () =>
            {
                for (var i = 0; i < 100; i++)
                {
                    found[thread, i] = table.GetOrAdd<Slow, int>(new Slow($"{i}"), topics);
                }
            },
            Token)));

        Assert.Equal(100, table.All().Length);
        for (var i = 0; i < 100; i++)
        {
            Assert.All(Enumerable.Range(0, 8), thread => Assert.Same(found[0, i], found[thread, i]));
            table.Remove(found[0, i]);
            table.Remove(found[0, i]);
        }

        Assert.Empty(table.All());
    }

    [Fact]
    public async Task A_key_whose_equality_throws_fails_its_subscriber_alone()
    {
        await using var host = new TestHost();
        var topics = Topics(host);
        var table = new TopicTable();
        table.GetOrAdd<Slow, int>(new Slow("a"), topics);

        Assert.Throws<FormatException>(() => table.GetOrAdd<Slow, int>(new Slow("a", static () => throw new FormatException()), topics));
        Assert.Single(table.All());
    }

    private static ConnectionTopics Topics(TestHost host) => host.Services.GetRequiredKeyedService<ConnectionContext>("Forwarding").Topics;

    /// <summary>A key whose equality does what the test wants.</summary>
    private sealed class Slow(string name, Action? equals = null) : ILateTopic<Slow, int>
    {
        public override bool Equals(object? obj)
        {
            Gate.AssertNoneIsHeld();
            equals?.Invoke();
            return obj is Slow other && other.Name == name;
        }

        public override int GetHashCode() => 7;

        private string Name => name;
    }
}
