using Late.Hosting.Mutations.Running;

return Settings.Parse(args) is { } settings ? Run.Start(settings) : 2;
