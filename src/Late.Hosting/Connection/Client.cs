using System.Diagnostics;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Calls;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Connection.Sending;
using Late.Hosting.Connection.Streams;
using Late.Hosting.Connection.Topics;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection;

/// <summary>The connection as it is injected.</summary>
internal sealed class Client<THandler>(ConnectionContext connection) : ILateClient<THandler>
    where THandler : ILateHandler
{
    public string Name => connection.Name;

    public LateConnectionStatus Status => connection.Lifecycle.Current;

    public Task WaitForReadyAsync(CancellationToken cancellationToken)
    {
        if (connection.Lifecycle.Current.State != LateConnectionState.Ready && CallbackScope.IsInside(connection))
        {
            return Task.FromException(new InvalidOperationException(
                $"A callback of connection '{Name}' waits until its own connection is ready, and would wait for itself. Return from the callback; what needs a ready connection runs in a post (PostAsync)."));
        }

        connection.StartWatch.NoteUse();
        return connection.Watchers.WaitForReadyAsync(cancellationToken);
    }

    public TimeSpan? RoundTrip => connection.Statistics.RoundTrip;

    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return connection.Session switch
        {
            { Ending: null } session => session.Pings.SendAsync(cancellationToken),
            { Ending: { } end } => Failed(ConnectionFailure.Disconnected(end)),
            null => Failed(ConnectionFailure.NotReady(connection.Lifecycle, "To wait for a session, await WaitForReadyAsync first.")),
        };

        Task<TimeSpan> Failed(ConnectionFailure failure) => Task.FromException<TimeSpan>(failure.ToException(Name, LateDelivery.NotDelivered));
    }

    public IAsyncEnumerable<LateConnectionStatus> WatchAsync(CancellationToken cancellationToken)
    {
        connection.StartWatch.NoteUse();
        return connection.Watchers.WatchAsync(cancellationToken);
    }

    public Task ReconnectAsync(LateReconnect request, CancellationToken cancellationToken)
    {
        ReconnectCheck.Request(request);
        cancellationToken.ThrowIfCancellationRequested();
        return connection.Session is { IsLeaving: false, Switch: { } next } && (request.ConnectsFirst || request.FinishCalls) && next.Begin(request)
            ? Task.CompletedTask
            : connection.Effects.Run(connection.Lifecycle.RequestReconnect(SessionEnd.Requested(request)))
            ? Task.CompletedTask
            : throw ConnectionFailure.NotRunning(connection.Lifecycle).ToException(Name, LateDelivery.NotDelivered);
    }

    public Task<TReply> DispatchCallAsync<TRequest, TReply>(TRequest request, LateCallOptions options, CancellationToken cancellationToken)
    {
        TimeoutCheck.Require(options.Timeout);
        if (CallbackScope.IsInside(connection))
        {
            return Task.FromException<TReply>(CallToOneself<TRequest>());
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<TReply>(cancellationToken);
        }

        return connection.CallPipeline is { } pipeline
            ? pipeline.RunAsync(
                static (call, token) => new ValueTask<TReply>(call.Client.BeginCall<TRequest, TReply>(call.Request, call.Options, token)),
                (Client: this, Request: request, Options: options),
                cancellationToken)
            : BeginCall<TRequest, TReply>(request, options, cancellationToken);
    }

    private Task<TReply> BeginCall<TRequest, TReply>(TRequest request, in LateCallOptions options, CancellationToken cancellationToken)
    {
        var defaults = connection.Options;
        var telemetry = connection.Telemetry.WatchCall<TRequest>();
        var call = new CallItem<TRequest, TReply>(request, connection.CallContext, connection.Mailbox)
        {
            WhenNotReady = options.WhenNotReady ?? defaults.WhenNotReady,
            WaitsWhenLost = options.WhenLost == LateWhenLost.Wait,
            IsLimited = RequestKind.Of<TRequest>().IsLimitedBy(defaults),
            Telemetry = telemetry,
            Activity = telemetry?.Span ?? Activity.Current,
        };
        call.Begin(connection, defaults, options.Timeout, cancellationToken);
        return call.Task;
    }

    public ValueTask DispatchPostAsync<TMessage>(TMessage message, LatePostOptions options, CancellationToken cancellationToken)
    {
        TimeoutCheck.Require(options.Timeout);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        var isOwn = CallbackScope.IsInside(connection);
        var item = new PostItem<TMessage>(message, connection)
        {
            IsOwn = isOwn,
            RunsWithoutSession = options.RunsWithoutSession,
            WhenNotReady = options.WhenNotReady ?? connection.Options.WhenNotReady,
        };
        connection.StartWatch.NoteUse();
        var accepted = isOwn ? connection.Mailbox.SubmitOwn(item) : connection.Mailbox.Submit(item);
        return accepted ? default : item.WaitAsync(options.Timeout, cancellationToken);
    }

    public IDisposable DispatchPostAfter<TMessage>(TimeSpan delay, TMessage message, LatePostOptions options)
    {
        if (options.RunsWithoutSession)
        {
            var posts = connection.LifePosts.Current;
            return connection.Lifecycle is { Life: LifePhase.Starting } or { IsRunning: true }
                ? posts.Start(delay, new PostItem<TMessage>(message, connection) { IsOwn = true, RunsWithoutSession = true })
                : throw ConnectionFailure.NotRunning(connection.Lifecycle).ToException(Name, LateDelivery.NotDelivered);
        }

        if (connection.Session is not { } session)
        {
            throw ConnectionFailure.NotReady(connection.Lifecycle, "A delayed post belongs to a session: start it in HandleConnect, or after WaitForReadyAsync.")
                .ToException(Name, LateDelivery.NotDelivered);
        }

        return session.DelayedPosts.Start(delay, new PostItem<TMessage>(message, connection) { IsOwn = true });
    }

    public Task<LateSubscription<TItem>> DispatchSubscribeAsync<TTopic, TItem>(TTopic topic, LateSubscribeOptions options, CancellationToken cancellationToken)
        where TTopic : ILateTopic<TTopic, TItem>
    {
        TimeoutCheck.Require(options.Timeout);
        SubscribeCheck.Options(options);
        if (CallbackScope.IsInside(connection))
        {
            return Task.FromException<LateSubscription<TItem>>(SubscribeToOneself<TTopic>());
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<LateSubscription<TItem>>(cancellationToken);
        }

        connection.StartWatch.NoteUse();
        return connection.Topics.SubscribeAsync<TTopic, TItem>(topic, options, cancellationToken);
    }

    public IAsyncEnumerable<TItem> DispatchStreamAsync<TRequest, TItem>(TRequest request, LateStreamOptions options, CancellationToken cancellationToken)
        where TRequest : ILateStreamRequest<TRequest, TItem>
    {
        TimeoutCheck.Require(options.FirstItemTimeout);
        TimeoutCheck.Require(options.ItemTimeout);
        StreamCheck.Options(options);
        return StreamReading.ReadAsync<TRequest, TItem>(connection, request, options, cancellationToken);
    }

    public ValueTask SendAsync(LateFrame frame, LateCallOptions options, CancellationToken cancellationToken)
    {
        if (frame.Kind == default)
        {
            throw new ArgumentException("default(LateFrame) cannot be sent. Make the frame with LateFrame.Text, Binary or Json.", nameof(frame));
        }

        if (options.WhenLost == LateWhenLost.Wait)
        {
            throw new ArgumentException(
                $"A frame that is sent on connection '{Name}' cannot wait for another session: it is for one, and never reaches the next. Leave WhenLost at Fail, or call the handler instead.", nameof(options));
        }

        frame = frame.ToSend();
        if (connection.Options.SendLimit.Problem(frame) is { } problem)
        {
            throw new ArgumentException(problem, nameof(frame));
        }

        TimeoutCheck.Require(options.Timeout);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if (CallbackScope.IsInside(connection))
        {
            return ValueTask.FromException(SendToOneself());
        }

        var item = SendItem.Create(frame, connection, options.WhenNotReady ?? connection.Options.WhenNotReady);
        connection.StartWatch.NoteUse();
        connection.Mailbox.Submit(item);
        return item.WaitAsync(options.Timeout, cancellationToken);
    }

    private InvalidOperationException CallToOneself<TRequest>() => new(
        $"A callback of connection '{Name}' calls its own connection with {TypeName.Of<TRequest>()}, and would wait for itself. " +
        "Use PostAsync, which is handled after this callback, or call a method of the handler.");

    private InvalidOperationException SubscribeToOneself<TTopic>() => new(
        $"A callback of connection '{Name}' subscribes to {TypeName.Of<TTopic>()} on its own connection, and would wait for itself. " +
        "Subscribe outside of the handler; in it, keep what the topic brings in the state.");

    private InvalidOperationException SendToOneself() => new(
        $"A callback of connection '{Name}' sends on its own connection, and would wait for itself. " +
        "Return the frame: LateResult.Send(state, frame).");
}
