namespace Late.Hosting.Connection.Callbacks;

/// <summary>A handler and what knows its state's type, without that type.</summary>
/// <param name="Handler">The handler.</param>
/// <param name="State">Its state.</param>
/// <param name="Life">The callbacks of its life.</param>
/// <param name="Frames">The callbacks of received frames.</param>
internal sealed record HandlerParts(ILateHandler Handler, IHandlerState State, ILifeCallbacks Life, IFrameLoop Frames);
