namespace Late.Hosting.Simulation.Handling;

/// <summary>What a callback does in addition to its result.</summary>
internal enum Side
{
    Nothing,
    PostsToItself,
    PostsLater,
    CallsItself,
    SendsToItself,
    RepliesToAnother,
}
