using System;
using System.Diagnostics;
using System.IO;

namespace Runc.Sharp.Kernel.Tests.Linux;

/// <summary>Compiles a C program with gcc and gives what it prints.</summary>
internal static class CProgram
{
    internal static string[] Run(string source)
    {
        string directory = Directory.CreateTempSubdirectory("csrunc-c-").FullName;
        try
        {
            string file = Path.Combine(directory, "program.c");
            string program = Path.Combine(directory, "program");
            File.WriteAllText(file, source);
            Output("gcc", ["-w", "-o", program, file]);
            return Output(program, []).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Output(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed: {errors}");
    }
}
