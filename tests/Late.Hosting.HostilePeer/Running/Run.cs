namespace Late.Hosting.HostilePeer.Running;

/// <summary>Chooses what this process does.</summary>
internal static class Run
{
    public static int Start(Settings settings) => settings switch
    {
        { IsWorker: true } => Worker.RunAsync().GetAwaiter().GetResult(),
        { Seed: { } seed } => Worker.RunOneAsync(seed).GetAwaiter().GetResult(),
        { Mix: { } mix } => MixRun.RunAsync(mix, settings.Minutes).GetAwaiter().GetResult(),
        _ => new Batch(settings).Run(),
    };
}
