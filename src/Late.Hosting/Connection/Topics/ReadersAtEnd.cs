namespace Late.Hosting.Connection.Topics;

/// <summary>What confirmed readers do where their connection ends; those that are not confirmed fail.</summary>
internal enum ReadersAtEnd
{
    /// <summary>They stay: the session is still open, or a new life follows by itself.</summary>
    Stay,

    /// <summary>They receive the fault, and continue where a new life is requested.</summary>
    Wait,

    /// <summary>They fail.</summary>
    Fail,
}
