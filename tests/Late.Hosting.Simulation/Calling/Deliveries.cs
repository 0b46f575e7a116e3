using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Calling;

/// <summary>Holds what an exception reports about delivery against what the handler and the server saw (promise P6).</summary>
internal static class Deliveries
{
    /// <param name="subject">The connection.</param>
    /// <param name="errand">What failed.</param>
    /// <param name="exception">What its caller got.</param>
    /// <param name="isKnown">True where the world knows whether it was delivered, also where it was not.</param>
    public static void Check(Subject subject, Errand errand, Exception exception, bool isKnown)
    {
        LateDelivery delivery;
        switch (exception)
        {
            case LateException error:
                delivery = error.Delivery;
                break;
            case LateCallTimeoutException timeout:
                delivery = timeout.Delivery;
                break;
            case OperationCanceledException:
                subject.Verdict.Require(errand.CancelledAt is not null, "P5", $"{errand} was cancelled, and its caller did not cancel it");
                return;
            default:
                subject.Verdict.Fail("P5", $"{errand} ended with {exception.GetType().Name}: {exception.Message}");
                return;
        }

        subject.Verdict.Require(delivery == LateDelivery.Unknown || !errand.IsDelivered, "P6", $"{errand} is reported as NotDelivered, and was delivered");
        subject.Verdict.Require(delivery == LateDelivery.NotDelivered || errand.IsDelivered || !isKnown, "P6", $"{errand} is reported as Unknown, and was not delivered");
    }
}
