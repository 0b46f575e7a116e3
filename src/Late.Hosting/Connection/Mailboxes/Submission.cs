namespace Late.Hosting.Connection.Mailboxes;

/// <summary>What became of work that came from outside the connection.</summary>
internal enum Submission
{
    Admitted,
    Waiting,
    Refused,
}
