namespace Tapvisor.VhdUtil;

/// <summary>
/// Environment variables that make a command end at a point, so that storage managers can test their recovery (libvhd.c, ENV_VAR_FAIL).
/// </summary>
internal static class FailurePoints
{
    public const string ReparentBegin = "VHD_UTIL_TEST_FAIL_REPARENT_BEGIN";
    public const string ReparentLocator = "VHD_UTIL_TEST_FAIL_REPARENT_LOCATOR";
    public const string ReparentEnd = "VHD_UTIL_TEST_FAIL_REPARENT_END";
    public const string ResizeBegin = "VHD_UTIL_TEST_FAIL_RESIZE_BEGIN";
    public const string ResizeDataMoved = "VHD_UTIL_TEST_FAIL_RESIZE_DATA_MOVED";
    public const string ResizeMetadataMoved = "VHD_UTIL_TEST_FAIL_RESIZE_METADATA_MOVED";
    public const string ResizeEnd = "VHD_UTIL_TEST_FAIL_RESIZE_END";
}
