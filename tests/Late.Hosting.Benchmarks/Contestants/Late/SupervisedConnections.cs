using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>A supervisor's connections.</summary>
internal sealed class SupervisedConnections : IManyConnections
{
    private static readonly LateFrame s_message = LateFrame.Text(Payloads.Text(64));

    private readonly EchoCount _echoes = new();
    private IHost? _host;
    private ILateSupervisor<EchoHandler>? _supervisor;

    public void Prepare(Uri uri, Version httpVersion)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(_echoes);
        builder.Services.AddLateSupervisor<EchoHandler>(options =>
        {
            (options.Uri, options.HttpVersion) = (uri, httpVersion);
            options.Startup = LateStartupMode.WaitForReady;
            options.CloseTimeout = TimeSpan.FromSeconds(1);
        });
        _host = builder.Build();
        _host.Start();
        _supervisor = _host.Services.GetRequiredService<ILateSupervisor<EchoHandler>>();
    }

    public Task ConnectAsync(int number) => _supervisor!.StartAsync(number.ToString(CultureInfo.InvariantCulture));

    public async Task EchoAsync()
    {
        var clients = _supervisor!.Connections.Values;
        var allCame = _echoes.Expect(clients.Count());
        await Task.WhenAll(clients.Select(client => client.SendAsync(s_message).AsTask()));
        await allCame;
    }

    public async ValueTask DisposeAsync()
    {
        await _host!.StopAsync();
        _host.Dispose();
    }
}
