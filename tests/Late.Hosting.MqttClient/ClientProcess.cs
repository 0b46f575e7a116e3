using System.Diagnostics;

namespace Late.Hosting.MqttClient;

/// <summary>The client as its parent process sees it.</summary>
public sealed class ClientProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ClientProcess(Process process) => _process = process;

    /// <summary>Starts a client, and is done when it is ready.</summary>
    /// <param name="broker">The address of the broker.</param>
    /// <param name="clientId">Its id, which is the topic of its will too.</param>
    public static async Task<ClientProcess> StartAsync(Uri broker, string clientId)
    {
        var program = Path.ChangeExtension(typeof(ClientProcess).Assembly.Location, null);
        var process = Process.Start(new ProcessStartInfo(program, [broker.ToString(), clientId])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        _ = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The client did not start.");
        return new ClientProcess(process);
    }

    /// <summary>SIGKILL: nothing is closed, flushed or sent.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Ends the client as its host does, where it was not killed.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
