namespace Late.Hosting;

/// <summary>Why a life of a connection ends.</summary>
/// <param name="Kind">What ended it.</param>
/// <param name="Description">The same in one sentence, without secrets.</param>
/// <param name="Exception">What was thrown, where something was.</param>
public sealed record LateTerminateReason(LateTerminateKind Kind, string Description, Exception? Exception = null);
