using Late.Hosting.Connection;
using Late.Hosting.Transport;

namespace Late.Hosting.Supervision;

/// <summary>Makes the transports of a supervisor's connections in place of HTTP; a keyed service under the supervisor's name.</summary>
internal interface ITransportFactory
{
    ITransport Create(string key, ConnectionContext connection);
}
