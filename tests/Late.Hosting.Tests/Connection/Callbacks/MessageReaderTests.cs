using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Late.Hosting.Connection.Callbacks;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>What it costs to read a message as the type of its discriminator; what is read is shown by the test kit's tests.</summary>
public sealed partial class MessageReaderTests
{
    private const int Times = 1000;

    private readonly MessageReader<Message> _reader = new(TestJson.Default.Message);

    [Theory]
    [InlineData("""{"type":"trade","price":7}""")]
    [InlineData("""{"price":7,"type":"trade"}""")]
    public void A_message_allocates_itself_and_nothing_else(string text)
    {
        var json = Encoding.UTF8.GetBytes(text);
        Assert.Equal(7, Assert.IsType<Trade>(_reader.Read(json)).Price);

        var direct = Allocated(() => JsonSerializer.Deserialize(json, TestJson.Default.Trade));
        Assert.Equal(direct, Allocated(() => _reader.Read(json)));
        Assert.Equal(24, direct);
    }

    [Theory]
    [InlineData("""{"type":"heartbeat"}""")]
    [InlineData("""{"price":7}""")]
    [InlineData("pong")]
    public void What_is_no_message_allocates_nothing(string text)
    {
        var json = Encoding.UTF8.GetBytes(text);

        Assert.Null(_reader.Read(json));
        Assert.Equal(0, Allocated(() => _reader.Read(json)));
    }

    private static long Allocated(Func<object?> read)
    {
        read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
        {
            read();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Times;
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
    [JsonDerivedType(typeof(Trade), "trade")]
    private abstract class Message;

    private sealed class Trade : Message
    {
        public long Price { get; set; }
    }

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Message))]
    private sealed partial class TestJson : JsonSerializerContext;
}
