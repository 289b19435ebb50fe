using System.Text.Json.Serialization;
using Tapvisor.Disks;

namespace Tapvisor.Supervisor.Journal;

/// <summary>How a record is written as JSON.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DiskRecord))]
internal sealed partial class DiskRecordJson : JsonSerializerContext;
