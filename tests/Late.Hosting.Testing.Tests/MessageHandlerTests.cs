using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Late.Hosting.Testing.Tests;

/// <summary>A handler that takes messages as values: the discriminator selects their type, and what has none goes to <c>HandleIn</c>.</summary>
public sealed partial class MessageHandlerTests
{
    [Theory]
    [InlineData("""{"type":"trade","price":7}""", "Trade 7")]
    [InlineData("""{"price":7,"type":"trade"}""", "Trade 7")]
    [InlineData("""{"nested":{"type":"ack"},"list":[{"type":1}],"type":"trade","price":7}""", "Trade 7")]
    [InlineData("""{ "type" : "\u0074rade" , "price" : 7 }""", "Trade 7")]
    [InlineData("\n\t {\"type\":\"trade\",\"price\":7}", "Trade 7")]
    [InlineData("""{"type":1,"id":5}""", "Ack 5")]
    [InlineData("""{"type":"strict","name":"a"}""", "Strict a")]
    public async Task A_message_is_read_as_the_type_of_its_discriminator(string text, string wanted)
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());

        await test.ReceiveAsync(text);

        Assert.Equal([wanted], test.State);
    }

    [Theory]
    [InlineData("""{"type":"heartbeat"}""")]
    [InlineData("""{"type":2}""")]
    [InlineData("""{"type":1.5}""")]
    [InlineData("""{"type":99999999999999999999}""")]
    [InlineData("""{"type":null}""")]
    [InlineData("""{"type":{"type":"trade"}}""")]
    [InlineData("""{"Type":"trade"}""")]
    [InlineData("""{"price":7}""")]
    [InlineData("{}")]
    [InlineData("[\"trade\"]")]
    [InlineData("\"trade\"")]
    [InlineData("null")]
    [InlineData("pong")]
    [InlineData("")]
    public async Task A_message_without_a_known_discriminator_goes_to_HandleIn(string text)
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());

        await test.ReceiveAsync(text);

        Assert.Equal([$"In {text}"], test.State);
    }

    [Fact]
    public async Task A_binary_message_goes_to_HandleIn()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());

        await test.ReceiveAsync(LateFrame.Binary("""{"type":"trade","price":7}"""u8.ToArray()));

        Assert.Equal(["""In {"type":"trade","price":7}"""], test.State);
    }

    [Theory] // As what a callback throws: by HandlerErrors, and the state stays.
    [InlineData("""{"type":"trade","price":"dear"}""")]
    [InlineData("""{"type":"trade","price":7""")]
    [InlineData("""{"price":7,""")]
    [InlineData("""{"type":"trade","price":7} and more""")]
    public async Task P2_a_message_that_cannot_be_read_is_an_error_that_leaves_the_state(string text)
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());

        await Assert.ThrowsAnyAsync<JsonException>(() => test.ReceiveAsync(text));

        Assert.Empty(test.State);
        await test.ReceiveAsync("""{"type":"trade","price":7}""");
        Assert.Equal(["Trade 7"], test.State);
    }

    [Fact]
    public async Task The_asynchronous_form_takes_messages_and_frames_too()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new AsyncFeedHandler());

        await test.ReceiveAsync("""{"type":"trade","price":7}""");
        await test.ReceiveAsync("pong");

        Assert.Equal(2, test.State);
        Assert.Equal(["Trade", "pong"], test.SentTexts);
    }

    [Fact]
    public async Task Messages_without_derived_types_are_an_error_of_the_start()
    {
        var error = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => LateHandlerTest.StartAsync(new PlainHandler()));

        Assert.Equal(
            "MessageHandlerTests.Plain has no types to select from. Name them and their discriminators: [JsonDerivedType(typeof(…), \"…\")] on MessageHandlerTests.Plain.",
            error.Message);
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
    [JsonDerivedType(typeof(Trade), "trade")]
    [JsonDerivedType(typeof(Ack), 1)]
    [JsonDerivedType(typeof(Strict), "strict")]
    private abstract record Message;

    private sealed record Trade(int Price) : Message;

    private sealed record Ack(int Id) : Message;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    private sealed record Strict(string Name) : Message;

    private sealed record Plain;

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Message))]
    [JsonSerializable(typeof(Plain))]
    private sealed partial class FeedJson : JsonSerializerContext;

    private sealed class FeedHandler : LateHandler<IReadOnlyList<string>>, ILateSyncMessageHandler<IReadOnlyList<string>, Message>
    {
        public JsonTypeInfo<Message> MessageTypeInfo => FeedJson.Default.Message;

        public override IReadOnlyList<string> Init(LateContext context) => [];

        public LateResult<IReadOnlyList<string>> HandleMessage(Message message, IReadOnlyList<string> state) => LateResult.Ok<IReadOnlyList<string>>(
        [
            .. state,
            message switch
            {
                Trade trade => $"Trade {trade.Price}",
                Ack ack => $"Ack {ack.Id}",
                Strict strict => $"Strict {strict.Name}",
                _ => "?",
            },
        ]);

        public override LateResult<IReadOnlyList<string>> HandleIn(LateFrame frame, IReadOnlyList<string> state) =>
            LateResult.Ok<IReadOnlyList<string>>([.. state, $"In {frame.GetText()}"]);
    }

    private sealed class AsyncFeedHandler : ILateMessageHandler<int, Message>
    {
        public JsonTypeInfo<Message> MessageTypeInfo => FeedJson.Default.Message;

        public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

        public async ValueTask<LateResult<int>> HandleMessageAsync(Message message, int state, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return LateResult.Send(state + 1, LateFrame.Text(message.GetType().Name));
        }

        public ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken) =>
            LateResult.Send(state + 1, LateFrame.Text(frame.GetText()));
    }

    private sealed class PlainHandler : LateHandler<int>, ILateSyncMessageHandler<int, Plain>
    {
        public JsonTypeInfo<Plain> MessageTypeInfo => FeedJson.Default.Plain;

        public override int Init(LateContext context) => 0;

        public LateResult<int> HandleMessage(Plain message, int state) => LateResult.Ok(state);
    }
}
