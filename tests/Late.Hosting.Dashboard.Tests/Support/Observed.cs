using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Dashboard.Sampling;
using Late.Hosting.Observability;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>Connections that are not started, whose numbers and states a test writes itself.</summary>
internal static class Observed
{
    public static (Sampler Sampler, IReadOnlyList<ConnectionCore> Connections) Create(TimeProvider clock, int count)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(clock);
        for (var i = 0; i < count; i++)
        {
            services.AddLateConnection<QuietHandler>($"c{i}", static options => options.Uri = new Uri("ws://127.0.0.1:9/"));
        }

        var directory = services.BuildServiceProvider().GetRequiredService<ConnectionDirectory>();
        return (new Sampler(directory, clock, "Test", "1"), directory.Connections);
    }

    /// <summary>Takes what waits for a page; how much it was.</summary>
    public static int Drain(Viewer viewer)
    {
        var count = 0;
        while (viewer.Messages.TryRead(out _))
        {
            count++;
        }

        return count;
    }
}
