namespace Late.Hosting.Tests.Architecture;

/// <summary>An order of namespaces, the lowest first, in which each uses only those below it.</summary>
/// <param name="order">
/// The namespaces; one stands for those below it that are not named themselves. Some with a bar between them are one floor, and may
/// use one another.
/// </param>
/// <param name="isTop">Types that may use all others, and may not be used.</param>
internal sealed class Floors(IReadOnlyList<string> order, Predicate<string> isTop)
{
    /// <summary>The uses of a higher floor by a lower one.</summary>
    public IEnumerable<TypeUse> BackEdges(IEnumerable<TypeUse> uses) => uses.Where(use => LevelOf(use.User) < LevelOf(use.Used));

    /// <summary>Those types that stand on no floor.</summary>
    public IEnumerable<string> Homeless(IEnumerable<string> types) => types.Where(type => !isTop(type) && FloorOf(type) is null);

    /// <summary>One line for each two floors, with one line below it for each member of the lower that names a type of the higher.</summary>
    public string Describe(IEnumerable<TypeUse> backEdges) => string.Join(Environment.NewLine,
        from use in backEdges
        group use by $"{NameOf(use.User)} -> {NameOf(use.Used)}" into edge
        orderby edge.Key
        select $"{edge.Key} because{Environment.NewLine}{string.Join(Environment.NewLine, edge.Select(static use => $"    {use}").Order(StringComparer.Ordinal))}");

    private string NameOf(string type) => isTop(type) ? "the extensions" : FloorOf(type) ?? "no floor";

    private int LevelOf(string type) => isTop(type) ? order.Count : FloorOf(type) is { } floor ? order.ToList().IndexOf(floor) : -1;

    private string? FloorOf(string type)
    {
        var space = TypeUse.NamespaceOf(type);
        return order
            .SelectMany(static floor => floor.Split('|').Select(part => (Part: part, Floor: floor)))
            .Where(one => space == one.Part || space.StartsWith($"{one.Part}.", StringComparison.Ordinal))
            .OrderByDescending(static one => one.Part.Length)
            .Select(static one => one.Floor)
            .FirstOrDefault();
    }
}
