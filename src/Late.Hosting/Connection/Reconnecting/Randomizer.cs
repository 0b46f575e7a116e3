namespace Late.Hosting.Connection.Reconnecting;

/// <summary>Says what chance decides, from 0 to 1; in the container where chance shall be repeatable.</summary>
internal delegate double Randomizer();
