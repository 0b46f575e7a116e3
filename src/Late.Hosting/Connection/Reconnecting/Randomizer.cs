namespace Late.Hosting.Connection.Reconnecting;

/// <summary>Returns a random number from 0 to 1; registered in the container where it must be repeatable.</summary>
internal delegate double Randomizer();
