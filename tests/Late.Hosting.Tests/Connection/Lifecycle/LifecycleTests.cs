using CsCheck;
using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>The lifecycle by itself: against a model, in sequence and from several threads at the same time.</summary>
public sealed class LifecycleTests(ITestOutputHelper output)
{
    // A prime that is not smaller than the number of kinds: whatever the stride, all of them are tried.
    private const int KindsPrime = 41;

    private static readonly Gen<int[]> s_sequences = Gen.Int[0, int.MaxValue].Array[1, 200];
    private static readonly StepKind[] s_kinds = Enum.GetValues<StepKind>();

    // What ends a session or the connection, and what is requested of either.
    private static readonly StepKind[] s_ends =
        [StepKind.Fault, StepKind.Stop, StepKind.RequestStop, StepKind.End, StepKind.Abandon, StepKind.BeginClosing, StepKind.Yield, StepKind.RequestReconnect];

    [Fact]
    public void Every_sequence_of_events_has_the_effects_and_leaves_the_phases_that_the_model_expects() => s_sequences.Sample(RunInSequence, iter: 500);

    [Fact]
    public void Events_from_several_threads_have_effects_that_some_order_of_them_has() => SampleThreads(mostBefore: 60, mostEach: 3, Draw);

    [Fact] // Among all events two ends come seldom at the same time.
    public void Ends_from_several_threads_have_effects_that_some_order_of_them_has() => SampleThreads(mostBefore: 30, mostEach: 2, DrawEnd);

    [Fact]
    public void An_event_that_is_illegal_changes_nothing_of_the_connection_that_follows()
    {
        var subject = new LifecycleSubject();
        foreach (var kind in (StepKind[])[StepKind.Start, StepKind.BeginAttempt, StepKind.Open, StepKind.HandlerConnected, StepKind.FramesWritten, StepKind.Detach, StepKind.Prepare, StepKind.TakeCandidate, StepKind.RequestReconnect])
        {
            subject.Do(new Step(kind, Session: 0, Variant: 2));
        }

        Assert.Equal("illegal", subject.Do(new Step(StepKind.Open, Session: 1, Variant: 0)));
        Assert.Equal("happened", subject.Do(new Step(StepKind.RequestReconnect, Session: 0, Variant: 2)));
    }

    [Fact]
    public void Every_pair_of_phase_and_event_of_the_table_is_drawn_many_times()
    {
        var counts = new PairCounts();
        Phases.Observer = counts;
        try
        {
            // The same draws in each run: how often a pair comes is a matter of the weights, not of luck.
            var random = new Random(12);
            for (var i = 0; i < 4_000; i++)
            {
                RunInSequence([.. Enumerable.Range(0, random.Next(1, 201)).Select(_ => random.Next())]);
            }
        }
        finally
        {
            Phases.Observer = null;
        }

        foreach (var (pair, count) in counts.All)
        {
            output.WriteLine($"{pair,-32}{count,8}");
        }

        Assert.DoesNotContain(counts.All, static pair => pair.Count < 10);
    }

    [Fact]
    public void An_event_that_cannot_come_throws_with_both_phases_and_the_event_and_changes_nothing()
    {
        var subject = new LifecycleSubject();
        subject.Lifecycle.Start();
        subject.Lifecycle.BeginAttempt("Attempt 1 is in progress.", 1);
        var session = new TestSession(0);
        subject.Lifecycle.Open(session, "Open.");

        var illegal = Assert.Throws<InvalidOperationException>(() => subject.Lifecycle.FramesWritten(session));

        Assert.Equal("Connection 'Test' is Running, with a session that is Opening, and cannot take FramesWritten. This is a bug of Late.Hosting.", illegal.Message);
        Assert.Equal((LifePhase.Running, SessionPhase.Opening), (subject.Lifecycle.Life, subject.Lifecycle.Phase));
    }

    private static void RunInSequence(int[] drawn)
    {
        var (model, subject) = (new LifecycleModel(), new LifecycleSubject());
        var steps = new List<Step>();
        foreach (var number in drawn)
        {
            var step = Draw(number, model, model.Opened);
            steps.Add(step);
            var (expected, actual) = (Sorted(model.Do(step, model.Items)), Sorted(subject.Do(step)));
            Assert.True(expected == actual, $"{string.Join(" ", steps)}: expected \"{expected}\", and it was \"{actual}\"");
            Assert.Equal(model.Describe(), subject.Describe(model.Opened));
        }
    }

    private static void SampleThreads(int mostBefore, int mostEach, Func<int, LifecycleModel, int, Step> draw)
    {
        Phases.Observer = new YieldingObserver();
        try
        {
            Gen.Select(Gen.Int[0, int.MaxValue].Array[0, mostBefore], Gen.Int[0, int.MaxValue].Array[1, mostEach].Array[2, 3])
                .Sample((before, threads) => RunConcurrently(before, threads, draw), iter: 1_000, threads: 1);
        }
        finally
        {
            Phases.Observer = null;
        }
    }

    private static void RunConcurrently(int[] before, int[][] threads, Func<int, LifecycleModel, int, Step> draw)
    {
        var (model, subject) = (new LifecycleModel(), new LifecycleSubject());
        foreach (var number in before)
        {
            var step = Draw(number, model, model.Opened);
            model.Do(step, model.Items);
            subject.Do(step);
        }

        // Each opens a session of its own, and submits items of its own.
        var next = model.Opened;
        var items = model.Items;
        (Step Step, int Item)[][] steps =
            [.. threads.Select(numbers => numbers.Select(number => (WithoutRenewal(draw(number, model, next++)), items++)).ToArray())];
        var results = steps.Select(static own => new string[own.Length]).ToArray();
        using var start = new Barrier(steps.Length);
        var running = steps.Select((own, index) => new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < own.Length; i++)
            {
                results[index][i] = Sorted(subject.Do(own[i].Step, own[i].Item));
            }
        })).ToArray();
        Array.ForEach(running, static thread => thread.Start());
        Array.ForEach(running, static thread => thread.Join());

        Assert.True(
            IsSomeOrder(model, steps, results, new int[steps.Length], subject.Describe),
            string.Join(" | ", steps.Select((own, index) => string.Join(" ", own.Select((one, i) => $"{one.Step}: {results[index][i]};")))));
    }

    // A token is cancelled outside the lock: whether it is when it is looked at, no order of the events determines.
    private static Step WithoutRenewal(Step step) => step.Kind == StepKind.RenewInterruption ? step with { Kind = StepKind.Take } : step;

    private static bool IsSomeOrder(LifecycleModel model, (Step Step, int Item)[][] steps, string[][] results, int[] done, Func<int, string> describe)
    {
        var isOver = true;
        for (var thread = 0; thread < steps.Length; thread++)
        {
            if (done[thread] == steps[thread].Length)
            {
                continue;
            }

            isOver = false;
            var (step, item) = steps[thread][done[thread]];
            var after = new LifecycleModel(model);
            if (Sorted(after.Do(step, item)) == results[thread][done[thread]])
            {
                done[thread]++;
                if (IsSomeOrder(after, steps, results, done, describe))
                {
                    return true;
                }

                done[thread]--;
            }
        }

        return isOver && model.Describe() == describe(model.Opened);
    }

    /// <summary>What a number stands for: mostly something that may come now, sometimes anything.</summary>
    private static Step Draw(int number, LifecycleModel model, int nextSession)
    {
        var (variant, older) = (number % 4, number / 4 % 8 == 0 ? number / 32 % 3 : 0);
        var (isWild, rarity, kind) = (number / 128 % 12 == 0, number / 1_536 % 60, number / 92_160 % s_kinds.Length);
        var step = Make(s_kinds[kind]);
        while (!isWild && (RarityOf(step.Kind) > rarity || new LifecycleModel(model).Do(step) == "illegal"))
        {
            do
            {
                kind = (kind + 1 + (number % (KindsPrime - 1))) % KindsPrime;
            }
            while (kind >= s_kinds.Length);
            step = Make(s_kinds[kind]);
        }

        return step;

        Step Make(StepKind kind) => new(kind, kind == StepKind.Open ? nextSession : Math.Max(0, model.Opened - 1 - older), variant);
    }

    private static Step DrawEnd(int number, LifecycleModel model, int nextSession) =>
        new(s_ends[number / 4 % s_ends.Length], Math.Max(0, model.Opened - 1), number % 4);

    // What ends a session comes seldom, and what ends the connection more seldom: a life should get far.
    private static int RarityOf(StepKind kind) => kind switch
    {
        StepKind.Stop or StepKind.RequestStop or StepKind.Fault or StepKind.Retire or StepKind.EndLives or StepKind.Yield => 55,
        StepKind.End or StepKind.Abandon or StepKind.ReadyTimeout or StepKind.BeginClosing or StepKind.RequestReconnect or StepKind.Submit or StepKind.FailAttempt => 40,
        StepKind.Drain or StepKind.Detach or StepKind.Prepare or StepKind.RefuseCandidate or StepKind.Take or StepKind.TakeCandidate or StepKind.RenewInterruption or StepKind.Logged or StepKind.EndLife => 30,
        StepKind.StandBy => 10,
        _ => 0,
    };

    private static string Sorted(string words) => string.Join(" ", words.Split(' ').Order(StringComparer.Ordinal));
}
