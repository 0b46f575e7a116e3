namespace Late.Hosting.Tests;

/// <summary>What is kept under keys of the application, in any order of events and on many threads.</summary>
public sealed class KeyTableTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void It_keeps_what_a_dictionary_keeps_for_any_sequence_of_events()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var (table, kept) = (new KeyTable<Key, Entry>(), new Dictionary<int, Entry>());
            for (var step = 0; step < 200; step++)
            {
                var number = random.Next(12);
                switch (random.Next(4))
                {
                    case 0 when kept.Remove(number, out var removed):
                        Assert.True(table.Remove(removed));
                        Assert.False(table.Remove(removed));
                        break;
                    case < 3:
                        var entry = new Entry(new Key(number, number % 3));
                        Assert.Equal(kept.TryAdd(number, entry), table.TryAdd(entry));
                        break;
                }

                Assert.Same(kept.GetValueOrDefault(number), table.Find(new Key(number, number % 3)));
                Assert.Equal(kept.Count, table.Count);
            }

            Assert.Equal(kept.Values.ToHashSet(), table.All.ToHashSet());
            Assert.All(kept.Values, entry => Assert.True(table.Remove(entry)));
            Assert.Empty(table.All);
        }
    }

    [Fact]
    public void Of_several_under_one_key_the_last_one_is_found()
    {
        var table = new KeyTable<Key, Entry>();
        var (first, second, other) = (new Entry(new Key(1, 7)), new Entry(new Key(1, 7)), new Entry(new Key(2, 7)));
        table.Add(first);
        table.Add(second);
        table.Add(other);

        Assert.Same(second, table.Find(new Key(1, 7)));
        Assert.True(table.Remove(second));
        Assert.Same(first, table.Find(new Key(1, 7)));
        Assert.True(table.Remove(first));
        Assert.Null(table.Find(new Key(1, 7)));
        Assert.Same(other, Assert.Single(table.All));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1000)]
    public async Task Many_threads_add_each_key_once_and_remove_what_they_have_added(int hashCodes)
    {
        const int Keys = 20;
        var table = new KeyTable<Key, Entry>();
        var owners = new int[Keys];
        await Task.WhenAll(Enumerable.Range(1, 4).Select(thread => Task.Run(
            () =>
            {
                var random = new Random(thread);
                for (var round = 0; round < 20_000; round++)
                {
                    var number = random.Next(Keys);
                    var entry = new Entry(new Key(number, number % hashCodes));
                    if (table.TryAdd(entry))
                    {
                        Assert.Equal(0, Interlocked.Exchange(ref owners[number], thread));
                        Assert.Same(entry, table.Find(entry.Key));
                        Assert.Equal(thread, Interlocked.Exchange(ref owners[number], 0));
                        Assert.True(table.Remove(entry));
                    }
                }
            },
            Token)));

        Assert.Equal(0, table.Count);
        Assert.Empty(table.All);
    }

    private sealed class Entry(Key key) : KeyEntry<Key>(key);

    private sealed record Key(int Number, int HashCode)
    {
        public override int GetHashCode() => HashCode;
    }
}
