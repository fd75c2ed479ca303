using System;
using Runc.Sharp.Linux;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime;

namespace Runc.Sharp;

internal static class Program
{
    /// <summary>The only catch and the only exit code.</summary>
    private static int Main(string[] args)
    {
        var log = new LogFile();
        string verb = string.Empty;
        try
        {
            Signals.SetMask(default).OrThrow(); // held back until now: signals.x86_64.S
            Signals.Restore(Signals.Child).OrThrow(); // where a parent had it ignored, children could not be waited for
            return CommandLine.Run(args, log, ref verb);
        }
        catch (RuntimeException fault)
        {
            log.Error(Prefix(verb) + fault.Message);
        }
        catch (LinuxException fault)
        {
            log.Error(Prefix(verb) + fault.Message);
        }
        catch (UsageException fault)
        {
            log.Error(fault.Message);
            return fault.Code;
        }
        catch (OutOfMemoryException)
        {
            log.Error(Prefix(verb) + "the document needs more memory than csrunc allows itself");
        }

        return verb == "exec" ? 255 : 1;
    }

    /// <summary>As runc begins its messages; engines cut it off.</summary>
    private static string Prefix(string verb) => verb is "create" or "run" ? string.Concat("runc ", verb, " failed: ") : verb == "exec" ? "exec failed: " : string.Empty;
}
