using System;
using System.Globalization;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Output;

/// <summary>User names by /etc/passwd: a static program has no other directory of names.</summary>
internal static class UserNames
{
    private const int MaxPasswd = 1 << 20;

    /// <summary>The name of a user; <c>#</c> and the id where it has none.</summary>
    internal static string Of(uint id)
    {
        string number = id.ToString(CultureInfo.InvariantCulture);
        SyscallResult<ReadOnlyMemory<byte>> passwd = Files.ReadFileAt(OwnedFd.Cwd, "/etc/passwd", MaxPasswd);
        if (!passwd.Failed)
        {
            foreach (string line in Encoding.UTF8.GetString(passwd.Value.Span).Split('\n'))
            {
                string[] fields = line.Split(':');
                if (fields.Length > 2 && fields[2] == number)
                {
                    return fields[0];
                }
            }
        }

        return "#" + number;
    }
}
