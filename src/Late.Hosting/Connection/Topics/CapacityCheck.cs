namespace Late.Hosting.Connection.Topics;

/// <summary>Refuses a capacity of a reader that is out of range.</summary>
internal static class CapacityCheck
{
    private const int Largest = 1 << 20;

    /// <param name="capacity">How many items may wait; null for the default.</param>
    /// <param name="what">What has it, for the message.</param>
    /// <param name="parameter">The parameter that specifies it.</param>
    public static void Require(int? capacity, string what, string parameter)
    {
        if (capacity is < 1 or > Largest)
        {
            throw new ArgumentOutOfRangeException(parameter, capacity, $"The Capacity of a {what} is from 1 to 1,048,576 items.");
        }
    }
}
