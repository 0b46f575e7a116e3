namespace Late.Hosting.Simulation.Handling;

/// <summary>What a callback does beside its result.</summary>
internal enum Side
{
    Nothing,
    PostsToItself,
    PostsLater,
    CallsItself,
    SendsToItself,
    RepliesToAnother,
}
