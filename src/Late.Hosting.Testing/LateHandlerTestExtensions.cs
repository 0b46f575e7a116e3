namespace Late.Hosting.Testing;

/// <summary>State, calls and posts of a handler's test, checked by the compiler against what the handler takes.</summary>
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
        var call = new LateTestCall<TReply>(request, test.Client.CallAsync(request, options, caller.Token), async () =>
        {
            await caller.CancelAsync().ConfigureAwait(false);
            await test.SettleAsync().ConfigureAwait(false);
        });
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
}
