using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Tests.Connection.Lifecycle;

internal sealed class TestSession(int index) : SessionLife
{
    public int Index { get; } = index;

    public override void OnLeft()
    {
    }
}
