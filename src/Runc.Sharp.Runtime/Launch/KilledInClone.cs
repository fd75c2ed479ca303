using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>
/// Linux from 6.14 on kills what clone3 puts into a cgroup whose <c>cgroup.kill</c> was ever written, unless that of the parent's cgroup was as often.
/// Who goes in before it clones, or is moved there, stays alive: a second attempt goes that way.
/// </summary>
internal static class KilledInClone
{
    private const int KillSignal = 9;

    /// <summary>Whether an end looks so. One that had another reason is met again at the second attempt.</summary>
    /// <param name="intoCgroup">It was cloned into a cgroup, clone(2) CLONE_INTO_CGROUP.</param>
    /// <param name="spoke">It has sent a message of its own.</param>
    /// <param name="ended">How it ended.</param>
    internal static bool Is(bool intoCgroup, bool spoke, ChildStatus ended) => intoCgroup && !spoke && ended.Killed && ended.Value == KillSignal;
}
