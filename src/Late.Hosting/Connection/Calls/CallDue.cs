namespace Late.Hosting.Connection.Calls;

/// <summary>A call's place in the <see cref="CallClock"/>: when it ends, as a timestamp, and the calls before and after it.</summary>
internal record struct CallDue(long At, TimedCall? Previous, TimedCall? Next);
