using System.Globalization;
using Late.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Registration;

/// <summary>P13: the options of each connection are checked, however many there are.</summary>
public sealed class ManyConnectionsTests
{
    [Fact]
    public async Task P13_the_check_of_a_connection_costs_the_same_among_a_thousand_as_among_ten()
    {
        var amongFew = await CheckedAsync(10);
        var amongMany = await CheckedAsync(1000);

        Assert.InRange(amongMany, 1, amongFew + 256);
    }

    /// <summary>The bytes that the check of one connection allocates among so many.</summary>
    private static async Task<long> CheckedAsync(int count)
    {
        var services = new ServiceCollection();
        for (var i = 0; i < count; i++)
        {
            services.AddLateConnection<Handler>(i.ToString(CultureInfo.InvariantCulture), static options => options.Uri = new Uri("ws://server.example"));
        }

        await using var provider = services.BuildServiceProvider();
        Check("0");
        Check("1");

        // What the container needs for its own book grows in steps.
        return Enumerable.Range(2, 8).Min(i => Check(i.ToString(CultureInfo.InvariantCulture)));

        long Check(string name)
        {
            var source = provider.GetRequiredService<OptionsSource<LateConnectionOptions>>();
            var before = GC.GetAllocatedBytesForCurrentThread();
            source.Create(name);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private sealed class Handler : LateHandler<int>;
}
