using System.Diagnostics;
using Late.Hosting.LeaseProcess;

// The parent ends: what it has started ends too, immediately, as a killed process does.
_ = Task.Run(static () =>
{
    while (Console.In.Read() >= 0)
    {
    }

    Process.GetCurrentProcess().Kill();
});

return args switch
{
    ["server"] => await RecordingServer.RunAsync(),
    ["owner", var settings] => await OwnerHost.RunAsync(OwnerSettings.Parse(settings)),
    _ => 2,
};
