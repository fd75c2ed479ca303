namespace Runc.Sharp.Runtime.Store;

/// <summary>What an id may look like: runc's rule, which keeps it a plain file name.</summary>
public static class ContainerId
{
    private const int MaxLength = 255;

    /// <summary>Refuses what is no id.</summary>
    public static void Check(string id)
    {
        if (!IsValid(id))
        {
            throw new RuntimeException("invalid container ID format: " + Show(id));
        }
    }

    /// <summary>Whether <paramref name="id"/> is of letters, digits and <c>_ + . -</c>, and neither <c>.</c> nor <c>..</c>.</summary>
    public static bool IsValid(string id)
    {
        if (id.Length is 0 or > MaxLength || id is "." or "..")
        {
            return false;
        }

        foreach (char letter in id)
        {
            if (!IsValid(letter))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether an id may hold <paramref name="letter"/>.</summary>
    public static bool IsValid(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '+' or '.' or '-';

    private static string Show(string id) => new JsonText().String(null, id.Length > 80 ? id[..80] + "…" : id).ToString();
}
