namespace Late.Hosting.IntegrationTests;

public sealed class PlaceholderTests
{
    [Fact]
    public void Runs() => Assert.True(true);
}
