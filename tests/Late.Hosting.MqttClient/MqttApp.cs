using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.MqttClient;

/// <summary>A host with one client of a broker.</summary>
public sealed class MqttApp : IAsyncDisposable
{
    private readonly Channel<MqttMessage> _inbox = Channel.CreateUnbounded<MqttMessage>();
    private readonly IHost _host;

    public MqttApp(MqttLogin login, Action<LateConnectionOptions> options, IConfigurationSource? settings = null, TimeProvider? clock = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        if (settings is not null)
        {
            builder.Configuration.Sources.Add(settings);
        }

        builder.Services.AddSingleton(clock ?? TimeProvider.System).AddSingleton(login).AddSingleton(_inbox);
        builder.Services.AddLateConnection<MqttHandler>(options);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromHours(1));
        _host = builder.Build();
        Client = _host.Services.GetRequiredService<ILateClient<MqttHandler>>();
    }

    public ILateClient<MqttHandler> Client { get; }

    /// <summary>What was published to the client.</summary>
    public ChannelReader<MqttMessage> Inbox => _inbox.Reader;

    /// <summary>Starts, and is done when the broker has accepted the client, and its subscription.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _host.StartAsync(cancellationToken);
        await Client.WaitForReadyAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _host.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
