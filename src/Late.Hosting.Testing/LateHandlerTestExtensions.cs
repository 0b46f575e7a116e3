using Late.Hosting.Connection.Streams;
using Late.Hosting.Connection.Topics;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Testing;

/// <summary>State, calls, posts, topics and streams of a handler's test, checked by the compiler against what the handler takes.</summary>
public static class LateHandlerTestExtensions
{
    extension<TState>(ILateHandlerTest<ILateHandler<TState>> test)
    {
        /// <summary>The handler's state after the last callback that did not throw.</summary>
        public TState State
        {
            get
            {
                ArgumentNullException.ThrowIfNull(test);
                return ((IHandlerState<TState>)test.HandlerState).Current;
            }
        }
    }

    /// <summary>
    /// Calls the handler, and waits until it has seen the call and everything that follows from it. A call that finds the
    /// connection not ready waits in it, as in an application.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <typeparam name="TRequest">The request.</typeparam>
    /// <typeparam name="TReply">Its reply.</typeparam>
    /// <param name="test">The test.</param>
    /// <param name="request">The request.</param>
    /// <returns>The call; <see cref="LateTestCall{TReply}.ReplyAsync"/> gives its reply.</returns>
    public static Task<LateTestCall<TReply>> CallAsync<THandler, TRequest, TReply>(
        this LateHandlerTest<THandler> test, ILateRequest<TRequest, TReply> request)
        where THandler : class, ILateHandler, ILateCallHandler<TRequest, TReply>
        where TRequest : ILateRequest<TRequest, TReply> =>
        test.CallAsync(request, default);

    /// <inheritdoc cref="CallAsync{THandler, TRequest, TReply}(LateHandlerTest{THandler}, ILateRequest{TRequest, TReply})"/>
    /// <param name="test">The test.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">Overrides options for this call.</param>
    public static async Task<LateTestCall<TReply>> CallAsync<THandler, TRequest, TReply>(
        this LateHandlerTest<THandler> test, ILateRequest<TRequest, TReply> request, LateCallOptions options)
        where THandler : class, ILateHandler, ILateCallHandler<TRequest, TReply>
        where TRequest : ILateRequest<TRequest, TReply>
    {
        ArgumentNullException.ThrowIfNull(test);
        var caller = new CancellationTokenSource();
        var call = new LateTestCall<TReply>(request, test.Client.CallAsync(request, options, caller.Token), test.Canceling(caller));
        await test.SettleAsync().ConfigureAwait(false);
        return call;
    }

    /// <summary>Posts a message to the handler, and waits until it is handled, with everything that follows from it.</summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <typeparam name="TMessage">The message.</typeparam>
    /// <param name="test">The test.</param>
    /// <param name="message">The message.</param>
    /// <returns>A task that is done then. What the handler throws is thrown here.</returns>
    /// <exception cref="LateTestException">The connection is not ready, and does not take it.</exception>
    public static Task PostAsync<THandler, TMessage>(this LateHandlerTest<THandler> test, TMessage message)
        where THandler : class, ILateHandler, ILateInfoHandler<TMessage> =>
        test.PostAsync(message, default);

    /// <inheritdoc cref="PostAsync{THandler, TMessage}(LateHandlerTest{THandler}, TMessage)"/>
    /// <param name="test">The test.</param>
    /// <param name="message">The message.</param>
    /// <param name="options">Overrides options for this post. With <see cref="LatePostOptions.RunsWithoutSession"/> it is handled without a session too.</param>
    public static async Task PostAsync<THandler, TMessage>(this LateHandlerTest<THandler> test, TMessage message, LatePostOptions options)
        where THandler : class, ILateHandler, ILateInfoHandler<TMessage>
    {
        ArgumentNullException.ThrowIfNull(test);
        await test.PostAsync(test.Client.PostAsync(message, options)).ConfigureAwait(false);
    }

    /// <summary>
    /// Subscribes to a topic, and waits until everything that follows from it is done: <c>HandleSubscribe</c> has run where it is the first reader. A
    /// subscription that finds the connection not ready, or that the handler confirms later, waits as in an application.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <typeparam name="TTopic">The topic.</typeparam>
    /// <typeparam name="TItem">The type of its items.</typeparam>
    /// <param name="test">The test.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="options">How the reader subscribes, and what follows when it is slow.</param>
    /// <returns>The reader; <see cref="LateTestReader{TItem}.NextAsync()"/> reads an item, and <see cref="LateTestReader{TItem}.LeaveAsync"/> leaves the topic.</returns>
    public static async Task<LateTestReader<TItem>> SubscribeAsync<THandler, TTopic, TItem>(
        this LateHandlerTest<THandler> test, ILateTopic<TTopic, TItem> topic, LateSubscribeOptions options = default)
        where THandler : class, ILateHandler, ILateTopicHandler<TTopic, TItem>
        where TTopic : ILateTopic<TTopic, TItem>
    {
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(topic);
        SubscribeCheck.Options(options);
        var subscriber = new CancellationTokenSource();
        var reader = test.Context.Topics.Begin<TTopic, TItem>((TTopic)topic, options);
        var confirmed = test.Context.Topics.ConfirmAsync(reader, options.Timeout ?? test.Context.Options.CallTimeout, subscriber.Token).Observed();
        await test.SettleAsync().ConfigureAwait(false);
        return new LateTestReader<TItem>(reader, confirmed, test.Canceling(subscriber), test.SettleAsync);
    }

    /// <summary>
    /// Requests a stream, and waits until the handler has seen the request and everything that follows from it. One that finds the connection not ready
    /// waits in it, as in an application.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <typeparam name="TRequest">The request.</typeparam>
    /// <typeparam name="TItem">The type of its replies.</typeparam>
    /// <param name="test">The test.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">How the stream is requested, and what follows when its reader is slow.</param>
    /// <returns>The stream; <see cref="LateTestStream{TItem}.NextAsync"/> reads an item, and <see cref="LateTestStream{TItem}.LeaveAsync"/> leaves it.</returns>
    public static async Task<LateTestStream<TItem>> StreamAsync<THandler, TRequest, TItem>(
        this LateHandlerTest<THandler> test, ILateStreamRequest<TRequest, TItem> request, LateStreamOptions options = default)
        where THandler : class, ILateHandler, ILateStreamHandler<TRequest, TItem>
        where TRequest : ILateStreamRequest<TRequest, TItem>
    {
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(request);
        StreamCheck.Options(options);
        var reader = new CancellationTokenSource();
        var stream = StreamReading.Begin<TRequest, TItem>(test.Context, (TRequest)request, options, reader.Token);
        await test.SettleAsync().ConfigureAwait(false);
        return new LateTestStream<TItem>(stream, request, test.Canceling(reader), test.SettleAsync);
    }
}
