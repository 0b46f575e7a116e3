using Late.Hosting.Analyzers.Tests.Support;
using Late.Hosting.CodeFixes;

namespace Late.Hosting.Analyzers.Tests;

/// <summary>LATE001: a frame's payload that is kept after its callback.</summary>
public sealed class PayloadKeptTests
{
    private const string Rule = "LATE001";

    [Theory]
    [InlineData("_last = [|frame.Payload|];", "_last = frame.ToArray();")]
    [InlineData("this._last = [|frame.Payload|];", "this._last = frame.ToArray();")]
    [InlineData("s_last = [|frame.Payload|];", "s_last = frame.ToArray();")]
    [InlineData("Latest = [|frame.Payload|];", "Latest = frame.ToArray();")]
    [InlineData("_last = [|frame.Payload.Slice(1)|];", "_last = frame.Payload.Slice(1).ToArray();")]
    [InlineData("_last = [|frame.Payload[1..]|];", "_last = frame.Payload[1..].ToArray();")]
    [InlineData("_last = frame.IsText ? [|frame.Payload|] : default;", "_last = frame.IsText ? frame.ToArray() : default;")]
    [InlineData("var payload = frame.Payload; _last = [|payload|];", "var payload = frame.Payload; _last = payload.ToArray();")]
    [InlineData("var kept = new Kept([|frame.Payload|]); _kept = kept;", "var kept = new Kept(frame.ToArray()); _kept = kept;")]
    [InlineData("_any = [|frame.Payload|];", "_any = frame.ToArray();")]
    [InlineData("_pair = (1, [|frame.Payload|]);", "_pair = (1, frame.ToArray());")]
    [InlineData("_frame = [|frame|];", "_frame = frame.IsText ? LateFrame.Text(frame.ToArray()) : LateFrame.Binary(frame.ToArray());")]
    [InlineData("_frame = LateFrame.Binary([|frame.Payload|]);", "_frame = LateFrame.Binary(frame.ToArray());")]
    public Task Assigned_to_a_member(string wrong, string right) => FixesAsync(wrong, right);

    [Theory]
    [InlineData("_all.Add([|frame.Payload|]);", "_all.Add(frame.ToArray());")]
    [InlineData("_byId[1] = [|frame.Payload|];", "_byId[1] = frame.ToArray();")]
    [InlineData("_byId.TryAdd(1, [|frame.Payload|]);", "_byId.TryAdd(1, frame.ToArray());")]
    [InlineData("_array[0] = [|frame.Payload|];", "_array[0] = frame.ToArray();")]
    [InlineData("state.Queue.Enqueue([|frame.Payload|]);", "state.Queue.Enqueue(frame.ToArray());")]
    [InlineData("_channel.Writer.TryWrite([|frame.Payload|]);", "_channel.Writer.TryWrite(frame.ToArray());")]
    [InlineData("_next.TrySetResult([|frame.Payload|]);", "_next.TrySetResult(frame.ToArray());")]
    public Task Added_to_a_collection_or_given_to_another_flow(string wrong, string right) => FixesAsync(wrong, right);

    [Theory]
    [InlineData("state = state with { Last = [|frame.Payload|] };", "state = state with { Last = frame.ToArray() };")]
    [InlineData("state = new State { Last = [|frame.Payload|] };", "state = new State { Last = frame.ToArray() };")]
    [InlineData("state = state with { Kept = new Kept([|frame.Payload|]) };", "state = state with { Kept = new Kept(frame.ToArray()) };")]
    [InlineData("state = state with { All = state.All.Add([|frame.Payload|]) };", "state = state with { All = state.All.Add(frame.ToArray()) };")]
    [InlineData("state = state with { All = [.. state.All, [|frame.Payload|]] };", "state = state with { All = [.. state.All, frame.ToArray()] };")]
    [InlineData("return LateResult.Ok(state with { Last = [|frame.Payload|] });", "return LateResult.Ok(state with { Last = frame.ToArray() });")]
    [InlineData("return LateResult.Send(state with { Last = [|frame.Payload|] }, frame);", "return LateResult.Send(state with { Last = frame.ToArray() }, frame);")]
    public Task Put_into_the_next_state(string wrong, string right) => FixesAsync(wrong, right);

    [Theory]
    [InlineData(
        "using var json = JsonDocument.Parse(frame.Payload); _json = [|json.RootElement|];",
        "using var json = JsonDocument.Parse(frame.Payload); _json = json.RootElement.Clone();")]
    [InlineData(
        "using var json = JsonDocument.Parse(frame.Payload); if (json.RootElement.TryGetProperty(\"data\", out var data)) { _json = [|data|]; }",
        "using var json = JsonDocument.Parse(frame.Payload); if (json.RootElement.TryGetProperty(\"data\", out var data)) { _json = data.Clone(); }")]
    [InlineData("_document = JsonDocument.Parse([|frame.Payload|]);", "_document = JsonDocument.Parse(frame.ToArray());")]
    [InlineData(
        "var json = JsonDocument.Parse([|frame.Payload|]); state = state with { Document = json };",
        "var json = JsonDocument.Parse(frame.ToArray()); state = state with { Document = json };")]
    public Task Kept_as_JSON_over_the_payload(string wrong, string right) => FixesAsync(wrong, right);

    [Theory]
    [InlineData("_waiting?.Reply([|frame.Payload|]);", "_waiting?.Reply(frame.ToArray());")]
    [InlineData("_pending.Reply(1, [|frame.Payload|]);", "_pending.Reply(1, frame.ToArray());")]
    [InlineData("self.PostAfter(TimeSpan.Zero, new Kept([|frame.Payload|]));", "self.PostAfter(TimeSpan.Zero, new Kept(frame.ToArray()));")]
    public Task Given_to_a_caller_or_a_later_callback(string wrong, string right) => FixesAsync(wrong, right);

    [Theory]
    [InlineData("_ = StoreAsync([|frame.Payload|]);", "_ = StoreAsync(frame.ToArray());")]
    [InlineData("_task = StoreAsync([|frame.Payload|]);", "_task = StoreAsync(frame.ToArray());")]
    [InlineData("_tasks.Add(StoreAsync([|frame.Payload|]));", "_tasks.Add(StoreAsync(frame.ToArray()));")]
    [InlineData(
        "_ = Task.Run(() => Use([|frame|].GetText()), cancellationToken);",
        "var text = frame.GetText();\n_ = Task.Run(() => Use(text), cancellationToken);")]
    [InlineData(
        "_later = () => [|frame|].Payload.Length;",
        "ReadOnlyMemory<byte> payload = frame.ToArray();\n_later = () => payload.Length;")]
    [InlineData(
        "ThreadPool.QueueUserWorkItem(_ => Use([|frame|].GetText()));",
        "var text = frame.GetText();\nThreadPool.QueueUserWorkItem(_ => Use(text));")]
    [InlineData("_timer = new Timer(_ => Use([|frame|].GetText()));", "var text = frame.GetText();\n_timer = new Timer(_ => Use(text));")]
    [InlineData("Changed += () => Use([|frame|].GetText());", "var text = frame.GetText();\nChanged += () => Use(text);")]
    public Task Used_by_work_that_is_not_awaited(string wrong, string right) => FixesAsync(wrong, right);

    [Theory]
    [InlineData("_ = ReadAsync(); async Task ReadAsync() { await Task.Yield(); Use([|frame|].GetText()); }")]
    [InlineData("_later = () => [|frame|].Payload.Length + frame.GetText().Length;")]
    public Task Captured_where_no_fix_is_offered(string wrong) => Check.OffersNoFixAsync<PayloadKeptFix>(Rule, Program(wrong));

    [Theory]
    [InlineData("_bytes = frame.ToArray(); _text = frame.GetText(); _last = frame.Payload.ToArray();")]
    [InlineData("_last = (byte[])[.. _last.Span, .. frame.Payload.Span]; _bytes = [.. frame.Payload.Span];")]
    [InlineData("state = state with { Length = frame.Payload.Length };")]
    [InlineData("return LateResult.Send(state, frame);")]
    [InlineData("return LateResult.Send(state, LateFrame.Binary(frame.Payload));")]
    [InlineData("var frames = new List<LateFrame>(); frames.Add(frame); return LateResult.Send(state, frames);")]
    [InlineData("var kept = new Kept(frame.Payload); Use($\"{kept.Bytes.Length}\");")]
    [InlineData("var payload = frame.Payload; payload = payload.ToArray(); _last = payload;")]
    [InlineData("_digest = new Digest(frame.Payload);")]
    [InlineData("_frame = LateFrame.Text(\"login\"); _last = LateFrame.Text(\"login\").Payload;")]
    [InlineData("_all.RemoveAll(one => one.Span.SequenceEqual(frame.Payload.Span)); _ = _all.Contains(frame.Payload);")]
    [InlineData("using var json = JsonDocument.Parse(frame.Payload); _text = json.RootElement.GetProperty(\"id\").GetString();")]
    [InlineData("using var json = JsonDocument.Parse(frame.Payload); _json = json.RootElement.Clone();")]
    [InlineData("_document = JsonDocument.Parse(frame.GetText());")]
    [InlineData("var reader = new Utf8JsonReader(frame.Payload.Span); reader.Read(); _text = reader.GetString();")]
    [InlineData("frame.Payload.CopyTo(_bytes); _bytes[0] = frame.Payload.Span[0];")]
    [InlineData("return new(ThenAsync(frame, state));")]
    [InlineData("return new(Task.Run(() => LateResult.Ok(state with { Length = frame.Payload.Length })));")]
    [InlineData("var words = new[] { 1 }.Select(count => frame.GetText() + count).ToList(); Use(words[0]);")]
    public Task Copies_echoes_and_uses_inside_the_callback_are_not_reported(string body) => Check.IsCleanAsync(Program(body));

    [Theory]
    [InlineData("await StoreAsync(frame.Payload);")]
    [InlineData("await Task.Run(() => Use(frame.GetText()), cancellationToken);")]
    [InlineData("var task = StoreAsync(frame.Payload); await task;")]
    [InlineData("await Task.WhenAll(StoreAsync(frame.Payload), StoreAsync(frame.Payload)).ConfigureAwait(false);")]
    public Task Awaited_work_is_not_reported(string body) => Check.IsCleanAsync(Program(body, isAsync: true));

    [Fact]
    public Task A_method_that_is_no_callback_is_not_reported() => Check.IsCleanAsync("""
        using Late.Hosting;

        public sealed class Outbox
        {
            private readonly List<LateFrame> _frames = [];

            public void Add(LateFrame frame) => _frames.Add(frame);
        }
        """);

    [Fact]
    public async Task The_message_names_what_why_and_what_to_do()
    {
        var found = Assert.Single(await Check.ReportsAsync(Rule, Program("_last = [|frame.Payload|];")));

        Assert.Equal(
            "'frame.Payload' is assigned to '_last', which outlives the callback. The connection reuses a received frame's memory when HandleInAsync has completed. Keep a copy: ToArray(), GetText() or ReadJson().",
            found.GetMessage(null));
    }

    private static Task FixesAsync(string wrong, string right) => Check.FixesAsync<PayloadKeptFix>(Rule, Program(wrong), Program(right));

    private static string Program(string body, bool isAsync = false) => $$"""
        #pragma warning disable CS0162, CS0414, CS0649
        using System.Collections.Immutable;
        using System.Text.Json;
        using System.Threading.Channels;
        using Late.Hosting;

        public sealed record Kept(ReadOnlyMemory<byte> Bytes);

        public sealed class Digest(ReadOnlyMemory<byte> bytes)
        {
            public int Length { get; } = bytes.Length;
        }

        public sealed record State
        {
            public ReadOnlyMemory<byte> Last { get; init; }
            public ImmutableList<ReadOnlyMemory<byte>> All { get; init; } = [];
            public Queue<ReadOnlyMemory<byte>> Queue { get; } = [];
            public JsonDocument? Document { get; init; }
            public Kept? Kept { get; init; }
            public int Length { get; init; }
        }

        public sealed class Handler(ILateClient<Handler> self) : ILateHandler<State>, ILateInfoHandler<State, Kept>
        {
            private static ReadOnlyMemory<byte> s_last;
            private readonly List<ReadOnlyMemory<byte>> _all = [];
            private readonly Dictionary<int, ReadOnlyMemory<byte>> _byId = [];
            private readonly ReadOnlyMemory<byte>[] _array = new ReadOnlyMemory<byte>[1];
            private readonly Channel<ReadOnlyMemory<byte>> _channel = Channel.CreateBounded<ReadOnlyMemory<byte>>(1);
            private readonly TaskCompletionSource<ReadOnlyMemory<byte>> _next = new();
            private readonly LatePendingCalls _pending = new();
            private readonly List<Task> _tasks = [];
            private ReadOnlyMemory<byte> _last;
            private LateCall<ReadOnlyMemory<byte>>? _waiting;
            private LateFrame _frame;
            private JsonElement _json;
            private JsonDocument? _document;
            private byte[] _bytes = [];
            private string? _text;
            private object? _any;
            private (int, ReadOnlyMemory<byte>) _pair;
            private Kept? _kept;
            private Digest? _digest;
            private Func<int>? _later;
            private Task? _task;
            private Timer? _timer;

            public event Action? Changed;

            private ReadOnlyMemory<byte> Latest { get; set; }

            public ValueTask<State> InitAsync(LateContext context, CancellationToken cancellationToken) => new(new State());

            public {{(isAsync ? "async " : "")}}ValueTask<LateResult<State>> HandleInAsync(LateFrame frame, State state, CancellationToken cancellationToken)
            {
                {{body.Replace("\n", "\n        ", StringComparison.Ordinal)}}
                return LateResult.Ok(state);
            }

            public ValueTask<LateResult<State>> HandleInfoAsync(Kept message, State state, CancellationToken cancellationToken)
            {
                Changed?.Invoke();
                self.PostAfter(TimeSpan.Zero, message);
                return LateResult.Ok(state);
            }

            private static Task StoreAsync(ReadOnlyMemory<byte> bytes) => Task.FromResult(bytes.Length);

            private static Task<LateResult<State>> ThenAsync(LateFrame frame, State state) =>
                Task.FromResult(LateResult.Ok(state with { Length = frame.Payload.Length }));

            private static void Use(string text) => Console.WriteLine(text);
        }
        """;
}
