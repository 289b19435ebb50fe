using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Slots;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>The table of a request's phases, and its routes through them.</summary>
public sealed class SlotPhasesTests
{
    [Fact]
    public void Every_phase_has_a_rule_and_a_route_that_leads_through_it()
    {
        SlotPhase[] phases = Enum.GetValues<SlotPhase>();
        Assert.Equal(phases, SlotPhases.Rules.Select(rule => rule.Phase));
        Assert.Equal(phases, SlotPhases.Routes.SelectMany(route => route.Phases).Distinct().Order());
    }

    [Fact]
    public void Every_route_begins_when_the_request_is_taken_ends_with_its_answer_and_never_comes_back()
    {
        foreach (SlotRoute route in SlotPhases.Routes)
        {
            Assert.Equal(SlotPhase.Taken, route.Phases[0]);
            Assert.Equal(SlotPhase.Answered, route.Phases[^1]);
            Assert.Equal(route.Phases, route.Phases.Distinct());
            Assert.Equal(route.Phases, route.Phases.Select((_, index) => SlotPhases.Step(route.First + index).Phase));
        }
    }

    [Fact]
    public void What_copies_data_has_a_buffer_before()
    {
        foreach (SlotRoute route in SlotPhases.Routes)
        {
            List<SlotPhase> phases = [.. route.Phases];
            foreach (SlotPhase copy in phases.Where(phase => phase is SlotPhase.CopyingIn or SlotPhase.CopyingOut or SlotPhase.Reading))
                Assert.InRange(phases.IndexOf(SlotPhase.WaitingForBuffer), 1, phases.IndexOf(copy) - 1);
        }
    }

    [Fact]
    public void Only_the_disk_fails_a_request_and_only_the_disk_is_asked_for_something()
    {
        foreach (SlotPhaseRule rule in SlotPhases.Rules)
        {
            Assert.Equal(rule.Holder == SlotHolder.Disk, rule.OnFailure == SlotFate.Fails);
            Assert.Equal(rule.Holder == SlotHolder.Disk, rule.Operation is not null);
        }
    }

    [Fact]
    public void Only_what_waits_for_the_disk_or_for_others_is_given_up_when_the_ring_stops()
    {
        Assert.All(SlotPhases.Rules, rule =>
            Assert.Equal(rule.Holder is SlotHolder.Disk or SlotHolder.Barrier, rule.OnStop == SlotFate.IsGivenUp));
    }

    [Fact]
    public void A_successor_does_again_what_has_no_result_and_tells_what_has_one()
    {
        Assert.All(SlotPhases.Rules, rule =>
            Assert.Equal(rule.Phase == SlotPhase.Answered ? SlotPhase.Answered : SlotPhase.Taken, rule.OnAdoption));
        Assert.Equal(SlotPhase.Taken, SlotPhases.BeginningOf(ShadowState.Consumed));
        Assert.Equal(SlotPhase.Answered, SlotPhases.BeginningOf(ShadowState.Settled));
    }
}
