using Late.Hosting.HostilePeer.Running;

return Settings.Parse(args) is { } settings ? Run.Start(settings) : 2;
