using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Xunit;

namespace Runc.Sharp.Tests.Linux;

/// <summary>The sockets between host and shim. unix(7).</summary>
public sealed class ShimTalk
{
    [Fact]
    public void Last_words_are_heard_of_a_shim_that_left_a_message_unread()
    {
        (OwnedFd ours, OwnedFd theirs) = ShimChannel.Pair();
        using (ours)
        {
            using (theirs)
            {
                Assert.Equal(Errno.None, ShimChannel.Tell(ours, PlanStage.Placed, []));
                Assert.Equal(Errno.None, ShimChannel.Tell(theirs, PlanStage.Failed, []));
            }

            Assert.True(ShimChannel.Hear(ours, out PlanMessage message, out _));
            Assert.Equal(PlanStage.Failed, (PlanStage)message.Stage);
            Assert.False(ShimChannel.Hear(ours, out _, out _));
        }
    }
}
