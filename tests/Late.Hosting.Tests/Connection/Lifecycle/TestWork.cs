using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Tests.Connection.Lifecycle;

internal sealed class TestWork(int number) : MailboxItem
{
    public int Number { get; } = number;

    public override bool AwaitsAcceptance => true;

    public override void Refuse(ConnectionFailure failure)
    {
    }

    public override ValueTask HandleAsync(Runner runner) => default;
}
