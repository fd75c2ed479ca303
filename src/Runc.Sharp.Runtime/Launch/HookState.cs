using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The state that hooks and seccomp agents get. runtime.md#state.</summary>
internal static class HookState
{
    /// <summary>More than the state document of the container can need.</summary>
    internal static int Room(RuntimeSpec spec, string id, string bundle) => Text(spec, id, bundle, "creating", int.MaxValue).Length + 64;

    internal static byte[] Text(RuntimeSpec spec, string id, string bundle, string status, int pid)
    {
        var json = new JsonText();
        Write(json, spec, id, bundle, status, pid);
        return json.ToUtf8();
    }

    internal static void Write(JsonText json, RuntimeSpec spec, string id, string bundle, string status, int pid)
    {
        json.BeginObject().String("ociVersion", spec.OciVersion).String("id", id).String("status", status);
        if (pid > 0)
        {
            json.Number("pid", (long)pid);
        }

        json.String("bundle", bundle);
        ContainerRecord.WriteAnnotations(json, spec.Annotations);
        json.EndObject();
    }
}
