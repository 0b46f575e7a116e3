namespace Late.Hosting.Tests;

public sealed class LateFrameTests
{
    [Fact]
    public void Text_that_is_not_UTF8_is_refused_RFC6455_8_1() =>
        Assert.Throws<ArgumentException>(() => LateFrame.Text(new byte[] { 0xC3, 0x28 }));
}
