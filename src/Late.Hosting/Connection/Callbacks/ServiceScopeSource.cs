using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>Makes the scopes of callbacks where the application's services are not those of the container, as in the test of a handler.</summary>
internal delegate IServiceScope ServiceScopeSource();
