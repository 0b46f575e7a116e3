namespace Late.Hosting.Mutations.Table;

/// <summary>Every mutation.</summary>
internal static class All
{
    public static IEnumerable<Mutation> Mutations =>
    [
        .. Receiving.Mutations, .. Requests.Mutations, .. Attempts.Mutations, .. Refusals.Mutations, .. Conversation.Mutations, .. Calls.Mutations, .. CallJudges.Mutations, .. Sending.Mutations, .. Lifecycle.Mutations, .. Callbacks.Mutations, .. Sessions.Mutations, .. Topics.Mutations, .. Streams.Mutations,
    ];
}
