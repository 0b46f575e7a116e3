namespace Late.Hosting.Tests.Support;

/// <summary>Tests that count what is allocated: pools are shared, and other tests would empty them meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
