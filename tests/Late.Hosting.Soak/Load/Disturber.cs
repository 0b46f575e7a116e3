using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Soak.Load;

/// <summary>Forces one connection to reconnect, in one way after another.</summary>
internal sealed class Disturber(ILateClient<SoakHandler> client, IConfigurationRoot configuration, Random random)
{
    private int _number;

    public async Task RunAsync(CancellationToken ended)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1 + random.NextDouble()), TimeProvider.System, ended);
                await DisturbAsync(ended);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The load has ended.
        }
    }

    private async Task DisturbAsync(CancellationToken ended)
    {
        switch (++_number % 4)
        {
            case 0:
                await SendAsync("drop", ended);
                break;
            case 1:
                await SendAsync("close", ended);
                break;
            case 2:
                await client.ReconnectAsync("It is time.", ended);
                break;
            default:
                configuration[$"Late:{client.Name}:Headers:X-Generation"] = _number.ToString(CultureInfo.InvariantCulture);
                configuration.Reload();
                break;
        }
    }

    private async Task SendAsync(string command, CancellationToken ended)
    {
        try
        {
            await client.SendAsync(LateFrame.Text(command), ended);
        }
        catch (LateDisconnectedException)
        {
            // It may have been carried out before it was reported as written.
        }
    }
}
