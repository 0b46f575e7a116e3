using System.Text.Json;
using System.Text.Json.Serialization;

namespace Late.Hosting.Dashboard.Sampling;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ConnectionDetails))]
internal sealed partial class DashboardJson : JsonSerializerContext;
