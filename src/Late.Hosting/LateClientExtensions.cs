namespace Late.Hosting;

/// <summary>Calls and posts, checked by the compiler against the handler's interfaces.</summary>
public static class LateClientExtensions
{
    /// <summary>
    /// Calls the handler and waits for its reply, for at most <see cref="LateConnectionOptions.CallTimeout"/>. (Late:
    /// <c>Late.call/3</c>.) A request that the handler does not implement is error CS0311.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <typeparam name="TRequest">The request.</typeparam>
    /// <typeparam name="TReply">Its reply.</typeparam>
    /// <param name="caller">The connection.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the call; the handler's later reply is ignored.</param>
    /// <returns>The reply. What the handler throws or fails the call with is thrown here.</returns>
    /// <exception cref="LateCallTimeoutException">There was no reply in time.</exception>
    /// <exception cref="LateDisconnectedException">The session ended first.</exception>
    /// <exception cref="LateFaultedException">The connection has failed permanently.</exception>
    /// <exception cref="LateStoppedException">The connection is stopped or stopping.</exception>
    /// <exception cref="InvalidOperationException">The call comes from inside a callback of the same connection.</exception>
    public static Task<TReply> CallAsync<THandler, TRequest, TReply>(
        this ILateCaller<THandler> caller, ILateRequest<TRequest, TReply> request, CancellationToken cancellationToken = default)
        where THandler : ILateHandler, ILateCallHandler<TRequest, TReply>
        where TRequest : ILateRequest<TRequest, TReply> =>
        caller.CallAsync(request, default, cancellationToken);

    /// <inheritdoc cref="CallAsync{THandler, TRequest, TReply}(ILateCaller{THandler}, ILateRequest{TRequest, TReply}, CancellationToken)"/>
    /// <param name="caller">The connection.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">Overrides options for this call: its timeout, its behavior while the connection is not ready.</param>
    /// <param name="cancellationToken">Ends the call; the handler's later reply is ignored.</param>
    public static Task<TReply> CallAsync<THandler, TRequest, TReply>(
        this ILateCaller<THandler> caller, ILateRequest<TRequest, TReply> request, LateCallOptions options, CancellationToken cancellationToken = default)
        where THandler : ILateHandler, ILateCallHandler<TRequest, TReply>
        where TRequest : ILateRequest<TRequest, TReply>
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(request);
        return caller.DispatchCallAsync<TRequest, TReply>((TRequest)request, options, cancellationToken);
    }

    /// <summary>
    /// Posts a message to the handler. Completes when the message is accepted, not when it is handled; a message that is
    /// accepted and not handled when its session ends is dropped, counted and logged. From inside a callback of the same
    /// connection it is accepted immediately.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <typeparam name="TMessage">The message.</typeparam>
    /// <param name="caller">The connection.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Cancels the wait; has no effect once the message is accepted.</param>
    /// <returns>A task that completes when the message is accepted.</returns>
    /// <exception cref="LateDisconnectedException">The connection is not ready, and the post does not wait for it.</exception>
    /// <exception cref="LateFaultedException">The connection has failed permanently.</exception>
    /// <exception cref="LateStoppedException">The connection is stopped or stopping.</exception>
    public static ValueTask PostAsync<THandler, TMessage>(
        this ILateCaller<THandler> caller, TMessage message, CancellationToken cancellationToken = default)
        where THandler : ILateHandler, ILateInfoHandler<TMessage> =>
        caller.PostAsync(message, default, cancellationToken);

    /// <inheritdoc cref="PostAsync{THandler, TMessage}(ILateCaller{THandler}, TMessage, CancellationToken)"/>
    /// <param name="caller">The connection.</param>
    /// <param name="message">The message.</param>
    /// <param name="options">Overrides options for this post: its timeout, its behavior while the connection is not ready, whether it needs a session.</param>
    /// <param name="cancellationToken">Cancels the wait; has no effect once the message is accepted.</param>
    /// <exception cref="LateCallTimeoutException">The time of <paramref name="options"/> has passed.</exception>
    public static ValueTask PostAsync<THandler, TMessage>(
        this ILateCaller<THandler> caller, TMessage message, LatePostOptions options, CancellationToken cancellationToken = default)
        where THandler : ILateHandler, ILateInfoHandler<TMessage>
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(message);
        return caller.DispatchPostAsync(message, options, cancellationToken);
    }

    /// <summary>
    /// Posts a message to the handler after a delay. It belongs to the session in which it was started and ends with it:
    /// a heartbeat is a <c>PostAfter</c> in <c>HandleConnect</c> and one in <c>HandleInfo</c>.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <typeparam name="TMessage">The message.</typeparam>
    /// <param name="client">The connection.</param>
    /// <param name="delay">The delay, on the connection's clock.</param>
    /// <param name="message">The message.</param>
    /// <returns>Cancels the post when disposed; there is no need to.</returns>
    /// <exception cref="LateDisconnectedException">There is no session that the post could belong to.</exception>
    public static IDisposable PostAfter<THandler, TMessage>(this ILateClient<THandler> client, TimeSpan delay, TMessage message)
        where THandler : ILateHandler, ILateInfoHandler<TMessage> =>
        client.PostAfter(delay, message, default);

    /// <summary>
    /// Posts a message to the handler after a delay. With <see cref="LatePostOptions.RunsWithoutSession"/> it belongs to the life of the
    /// handler, from <c>Init</c> to <c>HandleTerminate</c>, and outlasts its sessions; otherwise to the session in which it was started.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <typeparam name="TMessage">The message.</typeparam>
    /// <param name="client">The connection.</param>
    /// <param name="delay">The delay, on the connection's clock.</param>
    /// <param name="message">The message.</param>
    /// <param name="options">Whether it needs a session; a timeout and a behavior while the connection is not ready have no meaning here.</param>
    /// <returns>Cancels the post when disposed; there is no need to.</returns>
    /// <exception cref="ArgumentException">The options set more than <see cref="LatePostOptions.RunsWithoutSession"/>.</exception>
    /// <exception cref="LateDisconnectedException">There is no session that the post could belong to; or, where it needs none, the connection is not started.</exception>
    /// <exception cref="LateFaultedException">The connection has failed permanently, and the post needs no session.</exception>
    /// <exception cref="LateStoppedException">The connection is stopped or stopping, and the post needs no session.</exception>
    public static IDisposable PostAfter<THandler, TMessage>(this ILateClient<THandler> client, TimeSpan delay, TMessage message, LatePostOptions options)
        where THandler : ILateHandler, ILateInfoHandler<TMessage>
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (options is not { Timeout: null, WhenNotReady: null })
        {
            throw new ArgumentException("A delayed post waits for nothing: LatePostOptions.Timeout and WhenNotReady have no meaning here. Leave them out.", nameof(options));
        }

        return client.DispatchPostAfter(delay, message, options);
    }

    /// <summary>
    /// Subscribes to a topic, and waits until that is confirmed, for at most <see cref="LateConnectionOptions.CallTimeout"/>. Equal topics share one
    /// subscription at the server, which is restored in every session. A topic that the handler does not implement is error CS0311.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <typeparam name="TTopic">The topic.</typeparam>
    /// <typeparam name="TItem">The type of its items.</typeparam>
    /// <param name="client">The connection.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="cancellationToken">Ends the wait, and leaves the topic; has no effect once it is confirmed.</param>
    /// <returns>A reader of the items that are published from now on. Dispose it to leave the topic. What the handler throws or fails the topic with is thrown here.</returns>
    /// <exception cref="LateCallTimeoutException">It was not confirmed in time.</exception>
    /// <exception cref="LateDisconnectedException">
    /// <see cref="LateSubscribeOptions.WhenNotReady"/> is <see cref="LateWhenNotReady.Fail"/>, and the connection is not ready, or its session ended before the confirmation.
    /// </exception>
    /// <exception cref="LateFaultedException">The connection has failed permanently.</exception>
    /// <exception cref="LateStoppedException">The connection is stopped or stopping.</exception>
    /// <exception cref="OperationCanceledException">The token is canceled before the confirmation.</exception>
    /// <exception cref="InvalidOperationException">It comes from inside a callback of the same connection.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option cannot be used.</exception>
    public static Task<LateSubscription<TItem>> SubscribeAsync<THandler, TTopic, TItem>(
        this ILateClient<THandler> client, ILateTopic<TTopic, TItem> topic, CancellationToken cancellationToken = default)
        where THandler : ILateHandler, ILateTopicHandler<TTopic, TItem>
        where TTopic : ILateTopic<TTopic, TItem> =>
        client.SubscribeAsync(topic, default, cancellationToken);

    /// <inheritdoc cref="SubscribeAsync{THandler, TTopic, TItem}(ILateClient{THandler}, ILateTopic{TTopic, TItem}, CancellationToken)"/>
    /// <param name="client">The connection.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="options">How the reader subscribes, and what follows when it is slow.</param>
    /// <param name="cancellationToken">Ends the wait, and leaves the topic; has no effect once it is confirmed.</param>
    public static Task<LateSubscription<TItem>> SubscribeAsync<THandler, TTopic, TItem>(
        this ILateClient<THandler> client, ILateTopic<TTopic, TItem> topic, LateSubscribeOptions options, CancellationToken cancellationToken = default)
        where THandler : ILateHandler, ILateTopicHandler<TTopic, TItem>
        where TTopic : ILateTopic<TTopic, TItem>
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(topic);
        return client.DispatchSubscribeAsync<TTopic, TItem>((TTopic)topic, options, cancellationToken);
    }

    /// <summary>
    /// Reads the replies of a request that has many: each enumeration makes the request when it begins. Leaving it, with <c>break</c> or a canceled token,
    /// notifies the handler (<see cref="ILateCallEndHandler{TState, TRequest}"/>). A stream ends with its session. A request that the handler does not implement is error CS0311.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <typeparam name="TRequest">The request.</typeparam>
    /// <typeparam name="TItem">The type of its replies.</typeparam>
    /// <param name="client">The connection.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the enumeration, and the stream.</param>
    /// <returns>The items, until the handler completes the stream. What the handler throws or fails it with is thrown behind the items that were written before, as are the following.</returns>
    /// <exception cref="LateCallTimeoutException">There was no item within <see cref="LateStreamOptions.FirstItemTimeout"/>, or no further one within <see cref="LateStreamOptions.ItemTimeout"/>.</exception>
    /// <exception cref="LateDisconnectedException">The session ended first; or there is none, and <see cref="LateStreamOptions.WhenNotReady"/> is <see cref="LateWhenNotReady.Fail"/>.</exception>
    /// <exception cref="LateGapException">The buffer was full, and <see cref="LateStreamOptions.WhenFull"/> is <see cref="LateWhenFull.Fail"/>.</exception>
    /// <exception cref="LateFaultedException">The connection has failed permanently.</exception>
    /// <exception cref="LateStoppedException">The connection is stopped or stopping.</exception>
    /// <exception cref="OperationCanceledException">The token is canceled.</exception>
    /// <exception cref="InvalidOperationException">A callback of the same connection begins to read it, or would wait for its next item.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option cannot be used; thrown by the method itself.</exception>
    public static IAsyncEnumerable<TItem> StreamAsync<THandler, TRequest, TItem>(
        this ILateClient<THandler> client, ILateStreamRequest<TRequest, TItem> request, CancellationToken cancellationToken = default)
        where THandler : ILateHandler, ILateStreamHandler<TRequest, TItem>
        where TRequest : ILateStreamRequest<TRequest, TItem> =>
        client.StreamAsync(request, default, cancellationToken);

    /// <inheritdoc cref="StreamAsync{THandler, TRequest, TItem}(ILateClient{THandler}, ILateStreamRequest{TRequest, TItem}, CancellationToken)"/>
    /// <param name="client">The connection.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">How the stream is requested, and what follows when its reader is slow.</param>
    /// <param name="cancellationToken">Ends the enumeration, and the stream.</param>
    public static IAsyncEnumerable<TItem> StreamAsync<THandler, TRequest, TItem>(
        this ILateClient<THandler> client, ILateStreamRequest<TRequest, TItem> request, LateStreamOptions options, CancellationToken cancellationToken = default)
        where THandler : ILateHandler, ILateStreamHandler<TRequest, TItem>
        where TRequest : ILateStreamRequest<TRequest, TItem>
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(request);
        return client.DispatchStreamAsync<TRequest, TItem>((TRequest)request, options, cancellationToken);
    }
}
