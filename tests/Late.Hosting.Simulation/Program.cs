using Late.Hosting.Simulation.Running;

return Settings.Parse(args) is { } settings
    ? OneThread.IsSet ? Batch.Run(settings) : Workers.Run(settings, args)
    : 2;
