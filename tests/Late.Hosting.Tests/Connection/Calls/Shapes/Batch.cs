namespace Late.Hosting.Tests.Connection.Calls.Shapes;

/// <summary>A request that is generic, and a struct.</summary>
internal readonly record struct Batch<TItem>(TItem Item) : ILateRequest<Batch<TItem>, TItem>;
